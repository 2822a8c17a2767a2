"""The classifier back from its int8 graph, for processors that have no int8 kernels of ONNX Runtime."""

import json
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from transformers import AutoConfig, AutoModel

from hubbub.core.errors import Misconfigured
from hubbub.models.classifier import Classifier

Constants = dict[str, Tensor]
WORDS = "encoder.embeddings.word_embeddings"


def load_classifier(graph: Path) -> Classifier:
    """Builds the classifier from the int8 graph that `hubbub train` wrote, its matrices multiplied out to fp32.

    Raises:
        Misconfigured: it is another graph.
    """
    model = onnx.load(graph)
    properties = {entry.key: entry.value for entry in model.metadata_props}
    constants = {entry.name: torch.from_numpy(numpy_helper.to_array(entry).copy()) for entry in model.graph.initializer}
    if "encoder" not in properties or f"{WORDS}.codes" not in constants:
        raise Misconfigured(f"{graph}: is not an int8 graph of hubbub train")
    words = constants[f"{WORDS}.codes"].float() * constants[f"{WORDS}.scale"]
    settings = json.loads(properties["encoder"]) | {"vocab_size": len(words)}  # the vocabulary was trimmed
    classifier = Classifier(AutoModel.from_config(AutoConfig.for_model(**settings), dtype=torch.float32))
    found = constants | dict(_matrices(model, constants)) | {f"{WORDS}.weight": words}
    pooler = {name: value for name, value in classifier.state_dict().items() if ".pooler." in name}  # not in the graph
    classifier.load_state_dict({name: (found | pooler)[name] for name in classifier.state_dict()})
    return classifier.eval()


def _matrices(model: onnx.ModelProto, constants: Constants) -> Iterator[tuple[str, Tensor]]:
    """The parameters that the graph holds under other names: {name in the classifier: value}."""
    for node in model.graph.node:
        if node.op_type not in ("MatMulIntegerToFloat", "QAttention"):
            continue
        of = node.output[0]
        weight = constants[f"{of}/matrix"].float() * constants[f"{of}/columns"]  # (in, out)
        weight = (weight * constants[f"{of}/channel"][:, None]).T
        module = ".".join(of.removeprefix("/").split("/")[:-1])
        if node.op_type == "MatMulIntegerToFloat":
            yield f"{module}.weight", weight
            continue
        for name, matrix, bias in zip(
            ("query", "key", "value"), weight.chunk(3), constants[node.input[2]].chunk(3), strict=True
        ):
            yield f"{module}.{name}.weight", matrix
            yield f"{module}.{name}.bias", bias
