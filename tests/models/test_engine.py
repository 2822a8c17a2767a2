"""The engine gives every text its own answer, whatever stands beside it."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.models import engine as engines
from hubbub.models.engine import Engine, OnnxGraph, in_batches
from tests.models import tiny

TEXTS = [text for text, _, _ in tiny.POSTS]


@pytest.fixture(scope="module")
def engine(trained: Path) -> Engine:
    return Engine(trained / "weights" / "tokenizer.json", max_tokens=128)


@pytest.fixture(scope="module")
def int8(trained: Path) -> OnnxGraph:
    return OnnxGraph(trained / "weights" / "model.onnx")


def test_one_row_a_text_in_order(engine: Engine, int8: OnnxGraph):
    logits, embeddings = engine.ask(TEXTS, int8)
    assert (logits.shape, embeddings.shape) == ((len(TEXTS), 3), (len(TEXTS), 32))
    assert logits.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(engine.ask(TEXTS[::-1], int8)[0], logits[::-1], atol=1e-5)


@pytest.mark.parametrize("graph", ["model.onnx", "words.onnx"])
def test_a_text_has_its_own_answer_whatever_stands_beside_it(trained: Path, engine: Engine, graph: str):
    asked = OnnxGraph(trained / "weights" / graph)
    alone = [engine.ask([text], asked) for text in TEXTS]
    for together, apart in zip(engine.ask(TEXTS, asked), zip(*alone, strict=True), strict=True):
        np.testing.assert_allclose(together, np.concatenate(apart), atol=1e-5)


def test_the_same_text_is_judged_once(engine: Engine, int8: OnnxGraph):
    seen: list[int] = []
    logits, _ = engine.ask(TEXTS[:5] * 200, lambda ids, mask: seen.append(len(ids)) or int8(ids, mask))
    assert sum(seen) == 5
    np.testing.assert_array_equal(logits[:5], logits[-5:])


def test_windows_join(engine: Engine, int8: OnnxGraph, monkeypatch: pytest.MonkeyPatch):
    whole, _ = engine.ask(TEXTS, int8)
    monkeypatch.setattr(engines, "WINDOW", 7)
    np.testing.assert_allclose(engine.ask(TEXTS, int8)[0], whole, atol=1e-5)


def test_a_long_text_costs_no_more_than_the_longest_allowed(engine: Engine, int8: OnnxGraph):
    text = " ".join(TEXTS * 100)
    assert len(text) > 50_000
    long, short = (lambda: engine.ask([text], int8)[0]), (lambda: engine.ask([text[:10_000]], int8)[0])
    np.testing.assert_array_equal(long(), short())
    assert _seconds(long) < 5 * _seconds(short) + 0.05


def test_no_texts(engine: Engine, int8: OnnxGraph):
    logits, embeddings = engine.ask([], int8)
    assert (logits.shape, embeddings.shape) == ((0, 3), (0, 32))


@settings(deadline=None)
@given(st.lists(st.integers(2, 128)), st.integers(1, 16))
def test_batches_hold_every_row_once_and_keep_the_budget(lengths: list[int], workers: int):
    batches = list(in_batches(lengths, workers))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) * max(lengths[row] for row in batch) <= engines.BUDGET
    longest = [max(lengths[row] for row in batch) for batch in batches]
    assert longest == sorted(longest, reverse=True)


@settings(deadline=None)
@given(st.integers(2, 128), st.integers(1, 200), st.integers(1, 16))
def test_no_worker_is_idle_while_another_has_several_texts(length: int, texts: int, workers: int):
    assert len(list(in_batches([length] * texts, workers))) >= min(texts, workers)


def _seconds(work) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
