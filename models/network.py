"""What serves: the classifier and the n-grams in one pass, and how to get it back from an int8 graph."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from hubbub.models.classifier import Classifier
from hubbub.models.ngrams import Ngrams

Constants = dict[str, Tensor]


class Network(nn.Module):
    """One pass over a text, two answers; the n-grams have a share in the first."""

    def __init__(self, classifier: Classifier, ngrams: Ngrams, share: float) -> None:
        super().__init__()
        self.classifier, self.ngrams = classifier, ngrams
        self.share = nn.Buffer(torch.tensor(share))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Takes ids and mask, (batch, tokens).

        Returns:
            logits (batch, 3), embeddings of length 1 (batch, width), and the logits of the words alone (batch, 3).
        """
        words = self.ngrams(input_ids, attention_mask)
        answers = self.classifier(input_ids, attention_mask)
        return answers["logits"].float() + self.share * words, answers["embedding"].float(), words


def load_network(graph: Path) -> Network:
    """Builds the network from the int8 graph that `hubbub train` wrote, its matrices multiplied out to fp32."""
    model = onnx.load(graph)
    settings = json.loads(next(entry.value for entry in model.metadata_props if entry.key == "encoder"))
    constants = {entry.name: torch.from_numpy(numpy_helper.to_array(entry).copy()) for entry in model.graph.initializer}
    state = dict(_matrices(model, constants)) | {
        name.removeprefix("classifier."): value for name, value in constants.items() if name.startswith("classifier.")
    }
    words = "encoder.embeddings.word_embeddings"
    state[f"{words}.weight"] = state.pop(f"{words}.codes").float() * state.pop(f"{words}.scale")
    settings["vocab_size"] = len(state[f"{words}.weight"])  # the vocabulary was trimmed
    classifier = Classifier(AutoModel.from_config(AutoConfig.for_model(**settings), dtype=torch.float32))
    classifier.load_state_dict(state | _unused(classifier))
    part = {name.removeprefix("ngrams."): value for name, value in constants.items() if name.startswith("ngrams.")}
    size = len(part["codes"])
    ngrams = Ngrams(part["lower"].numpy(), np.ones((size, 3), dtype=np.float32), np.ones(size, dtype=np.float32))
    ngrams.load_state_dict(part)
    return Network(classifier, ngrams, float(constants["share"])).eval()


def _unused(classifier: Classifier) -> Constants:
    """The pooler, which is no part of the graph."""
    return {name: value for name, value in classifier.state_dict().items() if ".pooler." in name}


def _matrices(model: onnx.ModelProto, constants: Constants) -> Iterator[tuple[str, Tensor]]:
    """The parameters that the graph holds under other names: {name in the classifier: value}."""
    for node in model.graph.node:
        if node.op_type not in ("MatMulIntegerToFloat", "QAttention"):
            continue
        of = node.output[0]
        weight = constants[f"{of}/matrix"].float() * constants[f"{of}/columns"]  # (in, out)
        weight = (weight * constants[f"{of}/channel"][:, None]).T
        module = ".".join(of.removeprefix("/classifier/").split("/")[:-1])
        if node.op_type == "MatMulIntegerToFloat":
            yield f"{module}.weight", weight
            continue
        for name, matrix, bias in zip(
            ("query", "key", "value"), weight.chunk(3), constants[node.input[2]].chunk(3), strict=True
        ):
            yield f"{module}.{name}.weight", matrix
            yield f"{module}.{name}.bias", bias
