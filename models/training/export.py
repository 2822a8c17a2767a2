"""From a trained classifier to a folder that serves: int8 graphs, a tokenizer, their settings and a card."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from hubbub.models.classifier import Classifier
from hubbub.models.embedded import MAX_TOKENS, EmbeddedJudge, fingerprint
from hubbub.models.engine import Engine, OnnxGraph
from hubbub.models.text import clean
from hubbub.models.training.calibrate import calibrate
from hubbub.models.training.card import CURVES, Run, card
from hubbub.models.training.curves import draw
from hubbub.models.training.dressed import try_dresses
from hubbub.models.training.graphs import write_fp32, write_int8, write_words
from hubbub.models.training.labelled import Labelled
from hubbub.models.training.words import Words

NAME = "hubbub-sentiment"
SAMPLES = 64  # texts that the scales of the int8 graph are measured on


def export(
    classifier: Classifier,
    words: Words,
    tokenizer: Tokenizer,
    near: NDArray[np.float16],
    posts: Sequence[Labelled],
    val: Sequence[Labelled],
    run: Run,
    out: Path,
) -> Path:
    """Writes `out/weights`, which ships, and `out/fp32`, the same model before it was quantised, to compare with.

    Each folder appears whole or not at all. The settings are fitted on `val`, the scales of the int8 graph on some of
    `posts`, and the card gives the figures of the judge on `val`.

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
        write_words(words, folder / "words.onnx")
    write_fp32(classifier, full / "model.onnx")
    chosen = np.random.default_rng(0).permutation(len(posts))[:SAMPLES]
    write_int8(classifier, small / "model.onnx", _inputs(tokenizer, [posts[at].text for at in chosen]))

    engine, texts = Engine(small / "tokenizer.json", MAX_TOKENS), [clean(post.text) for post in val]
    logits, embeddings = engine.ask(texts, OnnxGraph(small / "model.onnx"))
    (said,) = engine.ask(texts, OnnxGraph(small / "words.onnx"))
    settings = calibrate(NAME, fingerprint(small), val, logits, said)
    settings.write(small)
    replace(settings, name=f"{NAME}-fp32", version=fingerprint(full)).write(full)

    after, before = (
        EmbeddedJudge(folder).judge([post.text for post in val], [post.language for post in val])
        for folder in (small, full)
    )
    closeness = float((embeddings * near).sum(axis=1).mean())
    text = card(settings, run, val, after, before, closeness, try_dresses(EmbeddedJudge(small), val))
    (small / "README.md").write_text(text, encoding="utf-8")
    (small / CURVES).write_text(draw(after, val), encoding="utf-8")
    for folder in (full, small):
        shutil.rmtree(out / folder.name, ignore_errors=True)
        folder.rename(out / folder.name)
    work.rmdir()
    return out / "weights"


def _inputs(tokenizer: Tokenizer, texts: Sequence[str]) -> list[dict[str, NDArray[np.int64]]]:
    """Each text by itself, as the graph takes it: {input_ids, attention_mask}, both (1, tokens)."""
    tokenizer.enable_truncation(MAX_TOKENS)
    rows = [np.array([encoding.ids], dtype=np.int64) for encoding in tokenizer.encode_batch([clean(t) for t in texts])]
    return [{"input_ids": ids, "attention_mask": np.ones_like(ids)} for ids in rows]


def _plain(tokenizer: Tokenizer) -> str:
    """The tokenizer as compact JSON, without the truncation and padding that training had set."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
