"""From an fp32 graph to one that multiplies in int8, with every scale fixed beforehand.

Fixed scales make a text's answer its own: scales drawn from each batch, as ONNX Runtime's dynamic quantisation draws
them, let the texts beside it move its logits. What a matrix reads is first divided by a factor for each channel, which
the matrix takes back, so that single large channels do not cost the others their precision (SmoothQuant: Xiao et al.
2023, https://arxiv.org/abs/2211.10438).
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Array = NDArray[np.floating[Any]]

LARGEST = 63  # 7 of 8 bits: processors without VNNI add two products in 16 bits, which full int8 overflows


def quantise(model: onnx.ModelProto, samples: Sequence[Mapping[str, NDArray[np.int64]]]) -> onnx.ModelProto:
    """Returns the graph with every MatMul by a constant matrix, and every fused attention, in int8.

    The two small heads are Gemm, and stay in fp32.

    Args:
        samples: inputs of the graph, without padding, from which the scales are measured.
    """
    graph = onnx.ModelProto()
    graph.CopyFrom(model)
    constants = {constant.name: constant for constant in graph.graph.initializer}
    found = [
        node for node in graph.graph.node if node.op_type in ("MatMul", "Attention") and node.input[1] in constants
    ]
    read = _observe(model, [node.input[0] for node in found], samples)
    biased = _biased(graph.graph, found, constants)
    nodes, fresh, done = [], [], {add.output[0] for add in biased.values()}
    for node in graph.graph.node:
        if node in found:
            matrix = numpy_helper.to_array(constants.pop(node.input[1]))  # (in, out)
            replaced, added = _in_int8(node, biased.get(node.output[0]), matrix, read[node.input[0]])
            nodes += replaced
            fresh += added
        elif node.output[0] not in done:
            nodes.append(node)
    del graph.graph.node[:], graph.graph.initializer[:]
    graph.graph.node.extend(nodes)
    graph.graph.initializer.extend([*constants.values(), *fresh])
    if not any(opset.domain == "com.microsoft" for opset in graph.opset_import):
        graph.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return graph


def _observe(
    model: onnx.ModelProto, tensors: Sequence[str], samples: Sequence[Mapping[str, NDArray[np.int64]]]
) -> dict[str, Array]:
    """What flows through the tensors: {name: (rows, channels)}."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    del watched.graph.output[:]
    watched.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in tensors)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    answers = [session.run(list(tensors), dict(sample)) for sample in samples]
    return {
        name: np.concatenate([answer[at].reshape(-1, answer[at].shape[-1]) for answer in answers])
        for at, name in enumerate(tensors)
    }


def _biased(
    graph: onnx.GraphProto, products: Sequence[onnx.NodeProto], constants: Container[str]
) -> dict[str, onnx.NodeProto]:
    """What adds a constant to a product, which int8 does in the same pass: {output of the product: node}."""
    outputs = {node.output[0] for node in products if node.op_type == "MatMul"}
    adds = [node for node in graph.node if node.op_type == "Add" and any(name in constants for name in node.input)]
    return {name: node for node in adds for name in node.input if name in outputs}


def _in_int8(
    node: onnx.NodeProto, add: onnx.NodeProto | None, matrix: Array, rows: Array
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The nodes that take the place of a product and of what adds a constant to it, and their constants."""
    output = (add or node).output
    name = output[0]
    product = rows @ matrix
    channel, clip = min(_candidates(rows, matrix), key=lambda candidate: _spoilt(rows, matrix, product, *candidate))
    rows, matrix = rows / channel, matrix * channel[:, None]
    column, (scale, zero) = _columns(matrix), _affine(rows, clip)
    constants = {
        "channel": (1 / channel).astype(np.float32),
        "scale": np.float32(scale),
        "zero": np.uint8(zero),
        "matrix": np.round(matrix / column).astype(np.int8),
        "columns": column.astype(np.float32),
        "none": np.zeros(len(column), dtype=np.int8),
    }
    of = {what: f"{name}/{what}" for what in (*constants, "smooth", "codes")}
    nodes = [
        helper.make_node("Mul", [node.input[0], of["channel"]], [of["smooth"]]),
        helper.make_node("QuantizeLinear", [of["smooth"], of["scale"], of["zero"]], [of["codes"]]),
    ]
    if node.op_type == "Attention":
        kept = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        inputs = [of["codes"], of["matrix"], node.input[2], of["scale"], of["columns"], node.input[3]]
        inputs += [of["zero"], of["none"]]
        nodes.append(helper.make_node("QAttention", inputs, output, domain="com.microsoft", **kept))
    else:
        inputs = [of[what] for what in ("codes", "matrix", "scale", "columns", "zero")]
        if add:
            inputs += ["", *(bias for bias in add.input if bias != node.output[0])]
        nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, output, domain="com.microsoft"))
        del constants["none"]
    return nodes, [numpy_helper.from_array(np.asarray(value), of[what]) for what, value in constants.items()]


def _candidates(rows: Array, matrix: Array) -> Iterator[tuple[Array, float]]:
    """Factors for the channels, with how much of the range to keep: from no factors, over some for the largest channels
    alone, to SmoothQuant's for all."""
    largest = np.maximum(np.abs(rows).max(axis=0), 1e-5)  # (in,)
    smooth = np.sqrt(largest / np.maximum(np.abs(matrix).max(axis=1), 1e-5))
    few = [np.maximum(1.0, largest / np.quantile(largest, q)) for q in (0.9, 0.99, 0.998)]
    for channel in (np.ones_like(largest), *few, smooth):
        for clip in (1.0, 0.9, 0.8, 0.65, 0.5):
            yield channel, clip


def _spoilt(rows: Array, matrix: Array, product: Array, channel: Array, clip: float) -> float:
    """The squared error of the product in int8."""
    rows, matrix = rows / channel, matrix * channel[:, None]
    column, (scale, zero) = _columns(matrix), _affine(rows, clip)
    codes = np.clip(np.round(rows / scale) + zero, 0, 255) - zero
    return float(np.square(codes @ np.round(matrix / column) * (scale * column) - product).sum())


def _columns(matrix: Array) -> Array:
    """The scale of each column."""
    scale: Array = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / LARGEST
    return scale


def _affine(rows: Array, clip: float) -> tuple[float, int]:
    """Scale and zero of unsigned 8-bit codes for this part of the rows' range."""
    low, high = min(clip * float(rows.min()), 0.0), max(clip * float(rows.max()), 0.0)
    scale = max(high - low, 1e-12) / 255
    return scale, round(-low / scale)
