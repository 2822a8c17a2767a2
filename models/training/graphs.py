"""From torch modules to the ONNX graphs that serve."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

from hubbub.models.classifier import Classifier
from hubbub.models.training.quantise import quantise
from hubbub.models.training.words import Words

OPSET = 20  # the first that has GELU


def write_fp32(classifier: Classifier, file: Path) -> None:
    """Writes the network's graph with attention, layer norm and GELU fused; outputs `logits` and `embedding`.

    The sum before a layer norm stays a node of its own, since ONNX Runtime takes seven times as long for both in one;
    the bias before GELU does too, for `quantise` to add in the product. The classifier is left with eager attention,
    the one that the fusions know.
    """
    config = classifier.config
    classifier.encoder.set_attn_implementation("eager")
    _write(classifier, file, ["logits", "embedding"])
    heads, width = config.num_attention_heads, config.hidden_size
    fusions = FusionOptions("bert")
    fusions.enable_skip_layer_norm = fusions.enable_bias_gelu = False
    fused = optimize_model(
        str(file), model_type="bert", num_heads=heads, hidden_size=width, optimization_options=fusions, opt_level=0
    )
    onnx.helper.set_model_props(fused.model, {"encoder": json.dumps(config.to_diff_dict())})
    onnx.save(fused.model, file)


def write_int8(classifier: Classifier, file: Path, samples: Sequence[dict[str, NDArray[np.int64]]]) -> None:
    """Writes the same in int8, the word embeddings with a scale for each row."""
    encoder = classifier.encoder
    table = encoder.get_input_embeddings()
    assert isinstance(table, nn.Embedding)
    encoder.set_input_embeddings(_RowQuantised(table))
    write_fp32(classifier, file)
    encoder.set_input_embeddings(table)
    onnx.save(quantise(onnx.load(file), samples), file)


def write_words(words: Words, file: Path) -> None:
    """Writes the graph of the words; output `words`."""
    _write(words, file, ["words"])


def _write(module: nn.Module, file: Path, outputs: Sequence[str]) -> None:
    ids = torch.randint(5, 50, (2, 7))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    axes = {name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    with warnings.catch_warnings():  # the fusions know only the graph of the exporter that torch has deprecated
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            (ids, mask),
            str(file),
            dynamo=False,
            opset_version=OPSET,
            input_names=list(axes),
            output_names=list(outputs),
            dynamic_axes=axes | {name: {0: "batch"} for name in outputs},
        )


class _RowQuantised(nn.Module):
    """An embedding table in int8: a quarter of the size, and only the rows that are looked up are unpacked."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        weight = table.weight.detach()  # (rows, width)
        self.scale = nn.Buffer(weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127)  # (rows, 1)
        self.codes = nn.Buffer(torch.round(weight / self.scale).to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.codes[ids].to(self.scale.dtype) * self.scale[ids]
