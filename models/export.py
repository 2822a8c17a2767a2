"""From a trained classifier to a folder that serves: an int8 ONNX graph, a tokenizer, their settings and a card."""

import json
import logging
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from torch import Tensor, nn

from hubbub.core.verdict import Verdict
from hubbub.models.card import Run, card
from hubbub.models.classifier import Classifier
from hubbub.models.engine import Engine
from hubbub.models.evaluate import ALL, grade
from hubbub.models.labelled import Labelled
from hubbub.models.sentiment import LABELS, Settings, fingerprint, softmax, verdicts
from hubbub.models.text import clean

NAME = "hubbub-sentiment"
MAX_TOKENS = 128
THRESHOLD = 0.5  # below it the label is more probably wrong than right
PASSED = 0.5  # macro recall on the validation posts that a language must reach; guessing gives a third
OPSET = 18


def export(classifier: Classifier, tokenizer: Tokenizer, val: Sequence[Labelled], run: Run, out: Path) -> Path:
    """Writes `out/weights`, which ships, and `out/fp32`, the same model before it was quantised, to compare with.

    Each folder appears whole or not at all. The temperature is fitted on `val`, and the card gives the figures on it.

    Returns:
        the folder `out/weights`.
    """
    work = out / "export"  # left there by a run that was killed, never read
    shutil.rmtree(work, ignore_errors=True)
    full, small = work / "fp32", work / "weights"
    for folder in (full, small):
        folder.mkdir(parents=True)
        (folder / "tokenizer.json").write_text(_plain(tokenizer), encoding="utf-8")
    write_fp32(classifier, full / "model.onnx")
    write_int8(classifier, small / "model.onnx")
    width = classifier.encoder.config.hidden_size
    before, _ = _calibrate(full, f"{NAME}-fp32", val, width)
    after, settings = _calibrate(small, NAME, val, width)
    changed = sum(a.label is not b.label for a, b in zip(before, after, strict=True)) / len(val)
    text = card(settings, run, grade(after, val), grade(before, val)[ALL], changed, PASSED)
    (small / "README.md").write_text(text, encoding="utf-8")
    for folder in (full, small):
        shutil.rmtree(out / folder.name, ignore_errors=True)
        folder.rename(out / folder.name)
    work.rmdir()
    return out / "weights"


def fit_temperature(logits: NDArray[np.float32], truth: NDArray[np.int_]) -> float:
    """Returns what to divide logits (posts, labels) by for the least negative log-likelihood of `truth` (posts,): Guo
    et al. 2017, https://arxiv.org/abs/1706.04599. It has one minimum, found by golden section between 1/10 and 10."""

    def loss(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(truth)), truth]).mean())

    low, high, golden = -np.log(10), np.log(10), (5**0.5 - 1) / 2
    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))


def write_fp32(classifier: Classifier, file: Path) -> None:
    """Writes the graph with attention, layer norm and GELU fused."""
    config = classifier.eval().encoder.config
    classifier.encoder.set_attn_implementation("eager")
    ids = torch.randint(5, config.vocab_size if config.vocab_size < 50 else 50, (2, 7))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings():  # the fusions know only the graph of the exporter that torch has deprecated
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Logits(classifier),
            (ids, mask),
            str(file),
            dynamo=False,
            opset_version=OPSET,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}},
        )
    heads, width = config.num_attention_heads, config.hidden_size
    fused = optimize_model(str(file), model_type="bert", num_heads=heads, hidden_size=width, opt_level=0)
    fused.save_model_to_file(str(file))


def write_int8(classifier: Classifier, file: Path) -> None:
    """Writes the fused graph with int8 weights: a scale for each row of the embeddings and each column of a matrix.

    Matrices use 7 of the 8 bits: processors without VNNI add two products in 16 bits, which full int8 overflows.
    """
    words = classifier.encoder.get_input_embeddings()
    classifier.encoder.set_input_embeddings(_RowQuantised(words))
    unquantised = file.with_suffix(".fused")
    write_fp32(classifier, unquantised)
    classifier.encoder.set_input_embeddings(words)
    logging.getLogger().addFilter(_no_preprocessing_advice)
    quantize_dynamic(
        str(unquantised),
        str(file),
        op_types_to_quantize=["MatMul", "Attention"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    logging.getLogger().removeFilter(_no_preprocessing_advice)
    unquantised.unlink()


class _RowQuantised(nn.Module):
    """An embedding table in int8: a quarter of the size, and only the rows that are looked up are unpacked."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        weight = table.weight.detach()  # (rows, width)
        self.scale = nn.Buffer(weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127)  # (rows, 1)
        self.codes = nn.Buffer(torch.round(weight / self.scale).to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.codes[ids].to(self.scale.dtype) * self.scale[ids]


class _Logits(nn.Module):
    """The classifier as ONNX wants it: tensors in, one tensor out."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return self.classifier(input_ids, attention_mask)["logits"]


def _calibrate(folder: Path, name: str, val: Sequence[Labelled], width: int) -> tuple[list[Verdict], Settings]:
    """Fits the temperature, writes the settings, and returns them after the verdicts on `val`."""
    cleaned = [clean(post.text) for post in val]
    logits = Engine(folder / "model.onnx", folder / "tokenizer.json", MAX_TOKENS).logits(cleaned)  # (posts, labels)
    truth = np.array([LABELS.index(post.label) for post in val])
    temperature = round(fit_temperature(logits, truth), 4)
    chances = softmax(logits / temperature)
    scores = grade(verdicts(name, cleaned, chances, [True] * len(val), THRESHOLD), val)
    passed = [language for language, s in scores.items() if language != ALL and s.macro_recall >= PASSED]
    settings = Settings(
        name=name,
        version=fingerprint(folder),
        labels=[label.value for label in LABELS],
        max_tokens=MAX_TOKENS,
        temperature=temperature,
        threshold=THRESHOLD,
        languages=passed,
        width=width,
    )
    (folder / "config.json").write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")
    return verdicts(name, cleaned, chances, [post.language in passed for post in val], THRESHOLD), settings


def _plain(tokenizer: Tokenizer) -> str:
    """The tokenizer as compact JSON, without the truncation and padding that training had set."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))


def _no_preprocessing_advice(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()
