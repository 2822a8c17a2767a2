"""From a trained classifier to a folder that serves: an int8 ONNX graph, a tokenizer, their settings and a card."""

import json
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from torch import Tensor, nn

from hubbub.core.verdict import Verdict
from hubbub.models.card import Run, card
from hubbub.models.engine import Engine, OnnxNetwork
from hubbub.models.evaluate import ALL, grade
from hubbub.models.labelled import Labelled
from hubbub.models.network import Network
from hubbub.models.quantise import quantise
from hubbub.models.sentiment import LABELS, MAX_TOKENS, Settings, fingerprint, softmax, temperatures_of, verdicts
from hubbub.models.text import clean

NAME = "hubbub-sentiment"
THRESHOLD = 0.5  # below it the label is more probably wrong than right
PASSED = 0.5  # macro recall on the validation posts that a language must reach; guessing gives a third
IN_HASTE = 0.5  # of the validation posts, the share that the fast judge judges by their words alone
OPSET = 18
SAMPLES = 64  # texts that the scales of the int8 graph are measured on

Floats = NDArray[np.floating[Any]]


def export(
    network: Network,
    tokenizer: Tokenizer,
    near: Floats,
    posts: Sequence[Labelled],
    val: Sequence[Labelled],
    run: Run,
    out: Path,
) -> Path:
    """Writes `out/weights`, which ships, and `out/fp32`, the same model before it was quantised, to compare with.

    Each folder appears whole or not at all. The temperature and the share of the n-grams are fitted on `val`, the
    scales of the int8 graph on some of `posts`, and the card gives the figures on `val`.

    Args:
        near: the base encoder's embeddings of `val`, (posts, width).

    Returns:
        the folder `out/weights`.
    """
    work = out / "export"  # left there by a run that was killed, never read
    shutil.rmtree(work, ignore_errors=True)
    full, small = work / "fp32", work / "weights"
    for folder in (full, small):
        folder.mkdir(parents=True)
        (folder / "tokenizer.json").write_text(_plain(tokenizer), encoding="utf-8")
    write_fp32(network, full / "model.onnx")
    alone, _ = _read(full, val)
    beside = _engine(full).words([clean(post.text) for post in val])
    share = fit_share(alone, beside, truth_of(val))
    network.share.fill_(share)
    write_fp32(network, full / "model.onnx")
    chosen = np.random.default_rng(0).permutation(len(posts))[:SAMPLES]
    write_int8(network, small / "model.onnx", inputs(small / "tokenizer.json", [posts[at].text for at in chosen]))
    logits, embeddings = _read(small, val)
    before, _ = _calibrate(full, f"{NAME}-fp32", val, alone + share * beside, beside)
    after, settings = _calibrate(small, NAME, val, logits, beside)
    changed = sum(a.label is not b.label for a, b in zip(before, after, strict=True)) / len(val)
    closeness = float((embeddings * near).sum(axis=1).mean())
    text = card(settings, run, grade(after, val), grade(before, val)[ALL], changed, closeness, PASSED)
    (small / "README.md").write_text(text, encoding="utf-8")
    for folder in (full, small):
        shutil.rmtree(out / folder.name, ignore_errors=True)
        folder.rename(out / folder.name)
    work.rmdir()
    return out / "weights"


def fit_share(alone: Floats, beside: Floats, truth: NDArray[np.int_]) -> float:
    """Returns how many times to add logits `beside` (posts, labels) to `alone` for the least loss after calibration."""

    def loss(share: float) -> float:
        logits = alone + share * beside
        return entropy(logits / fit_temperature(logits, truth), truth)

    return float(min(np.arange(0, 2.05, 0.05), key=loss))


def entropy(logits: Floats, truth: NDArray[np.int_]) -> float:
    """The mean negative log-likelihood of `truth` (posts,) by logits (posts, labels)."""
    scaled = logits.astype(np.float64)
    scaled -= scaled.max(axis=1, keepdims=True)
    return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(truth)), truth]).mean())


def fit_temperature(logits: Floats, truth: NDArray[np.int_]) -> float:
    """Returns what to divide logits (posts, labels) by for the least negative log-likelihood of `truth` (posts,): Guo
    et al. 2017, https://arxiv.org/abs/1706.04599. It has one minimum, found by golden section between 1/10 and 10."""

    def loss(log_temperature: float) -> float:
        return entropy(logits / np.exp(log_temperature), truth)

    low, high, golden = -np.log(10), np.log(10), (5**0.5 - 1) / 2
    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))


def write_fp32(network: Network, file: Path) -> None:
    """Writes the graph with attention, layer norm and GELU fused."""
    encoder = network.eval().classifier.encoder
    config = encoder.config
    encoder.set_attn_implementation("eager")
    ids = torch.randint(5, min(config.vocab_size, 50), (2, 7))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    axes, rows = {0: "batch", 1: "tokens"}, {0: "batch"}
    with warnings.catch_warnings():  # the fusions know only the graph of the exporter that torch has deprecated
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, mask),
            str(file),
            dynamo=False,
            opset_version=OPSET,
            input_names=["input_ids", "attention_mask"],
            output_names=["logits", "embedding", "words"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": rows, "embedding": rows, "words": rows},
        )
    heads, width = config.num_attention_heads, config.hidden_size
    fused = optimize_model(str(file), model_type="bert", num_heads=heads, hidden_size=width, opt_level=0)
    onnx.helper.set_model_props(fused.model, {"encoder": json.dumps(config.to_diff_dict())})
    onnx.save(fused.model, file)


def write_int8(network: Network, file: Path, samples: Sequence[dict[str, NDArray[np.int64]]]) -> None:
    """Writes the fused graph in int8, the word embeddings with a scale for each row."""
    encoder = network.classifier.encoder
    words = encoder.get_input_embeddings()
    encoder.set_input_embeddings(_RowQuantised(words))
    write_fp32(network, file)
    encoder.set_input_embeddings(words)
    onnx.save(quantise(onnx.load(file), samples), file)


class _RowQuantised(nn.Module):
    """An embedding table in int8: a quarter of the size, and only the rows that are looked up are unpacked."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        weight = table.weight.detach()  # (rows, width)
        self.scale = nn.Buffer(weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127)  # (rows, 1)
        self.codes = nn.Buffer(torch.round(weight / self.scale).to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.codes[ids].to(self.scale.dtype) * self.scale[ids]


def _read(folder: Path, posts: Sequence[Labelled]) -> tuple[Floats, Floats]:
    return _engine(folder).read([clean(post.text) for post in posts])


def _engine(folder: Path) -> Engine:
    return Engine(OnnxNetwork(folder / "model.onnx"), folder / "tokenizer.json", MAX_TOKENS)


def inputs(tokenizer: Path, texts: Sequence[str]) -> list[dict[str, NDArray[np.int64]]]:
    """Each text by itself, as the graph takes it: {input_ids, attention_mask}, both (1, tokens)."""
    loaded = Tokenizer.from_file(str(tokenizer))
    loaded.enable_truncation(MAX_TOKENS)
    rows = [np.array([encoding.ids], dtype=np.int64) for encoding in loaded.encode_batch([clean(t) for t in texts])]
    return [{"input_ids": ids, "attention_mask": np.ones_like(ids)} for ids in rows]


def truth_of(posts: Sequence[Labelled]) -> NDArray[np.int_]:
    """The index of each post's label: (posts,)."""
    return np.array([LABELS.index(post.label) for post in posts])


def _calibrate(
    folder: Path, name: str, val: Sequence[Labelled], logits: Floats, words: Floats
) -> tuple[list[Verdict], Settings]:
    """Fits the temperatures, writes the settings, and returns them after the verdicts on `val`."""
    cleaned = [clean(post.text) for post in val]
    truth = truth_of(val)
    languages = [post.language for post in val]
    temperatures = {ALL: fit_temperature(logits, truth)}
    for language in sorted(set(languages)):
        of = np.array(languages) == language
        temperatures[language] = fit_temperature(logits[of], truth[of])
    temperatures = {language: round(temperature, 4) for language, temperature in temperatures.items()}
    words_temperature = round(fit_temperature(words, truth), 4)
    clear = softmax(words / words_temperature).max(axis=1)  # (posts,)
    chances = softmax(logits / temperatures_of(temperatures, languages))
    scores = grade(verdicts(name, cleaned, chances, [True] * len(val), THRESHOLD), val)
    passed = [language for language, s in scores.items() if language != ALL and s.macro_recall >= PASSED]
    settings = Settings(
        name=name,
        version=fingerprint(folder),
        labels=[label.value for label in LABELS],
        max_tokens=MAX_TOKENS,
        temperatures=temperatures,
        threshold=THRESHOLD,
        words_temperature=words_temperature,
        words_enough=round(float(np.quantile(clear, 1 - IN_HASTE)), 4),
        languages=passed,
    )
    (folder / "config.json").write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")
    return verdicts(name, cleaned, chances, [post.language in passed for post in val], THRESHOLD), settings


def _plain(tokenizer: Tokenizer) -> str:
    """The tokenizer as compact JSON, without the truncation and padding that training had set."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
