"""The classifier back from its int8 graph, for processors that have no int8 kernels of ONNX Runtime."""

import json
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from transformers import AutoConfig, AutoModel

from hubbub.models.classifier import Classifier

Constants = dict[str, Tensor]
WORDS = "encoder.embeddings.word_embeddings"


def load_classifier(graph: Path) -> Classifier:
    """Builds the classifier from the int8 graph that `hubbub train` wrote, its matrices multiplied out to fp32."""
    model = onnx.load(graph)
    settings = json.loads(next(entry.value for entry in model.metadata_props if entry.key == "encoder"))
    constants = {entry.name: torch.from_numpy(numpy_helper.to_array(entry).copy()) for entry in model.graph.initializer}
    words = constants[f"{WORDS}.codes"].float() * constants[f"{WORDS}.scale"]
    settings["vocab_size"] = len(words)  # the vocabulary was trimmed
    classifier = Classifier(AutoModel.from_config(AutoConfig.for_model(**settings), dtype=torch.float32))
    found = constants | dict(_matrices(model, constants)) | {f"{WORDS}.weight": words}
    state = classifier.state_dict()  # the pooler stays as it is: it is no part of the graph
    classifier.load_state_dict({name: found.get(name, value) for name, value in state.items()})
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
