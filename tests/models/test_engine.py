"""The engine gives every text its own logits, whatever stands beside it."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.models import engine
from hubbub.models.engine import Engine, OnnxNetwork, in_batches
from tests.models import tiny

TEXTS = [text for text, _, _ in tiny.POSTS]


@pytest.fixture(scope="module")
def fp32(trained: Path) -> Engine:
    return engine_of(trained / "fp32")


def test_one_row_a_text_in_order(fp32: Engine):
    together = fp32.logits(TEXTS)
    assert together.shape == (len(TEXTS), 3)
    assert together.dtype == np.float32
    alone = np.concatenate([fp32.logits([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(fp32.logits(TEXTS[::-1]), together[::-1], atol=1e-4)


def test_a_text_has_its_own_answer_whatever_stands_beside_it(trained: Path):
    small = engine_of(trained / "weights")
    logits, embeddings = small.read(TEXTS)
    alone = [small.read([text]) for text in TEXTS]
    np.testing.assert_allclose(logits, np.concatenate([one for one, _ in alone]), atol=1e-5)
    np.testing.assert_allclose(embeddings, np.concatenate([one for _, one in alone]), atol=1e-5)


def test_one_pass_two_answers(fp32: Engine):
    logits, embeddings = fp32.read(TEXTS)
    np.testing.assert_array_equal(logits, fp32.logits(TEXTS))
    assert embeddings.shape == (len(TEXTS), 32)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_the_same_text_is_judged_once(fp32: Engine, monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []
    read = fp32._network.read
    monkeypatch.setattr(fp32._network, "read", lambda ids, mask: seen.append(len(ids)) or read(ids, mask))
    logits = fp32.logits(TEXTS[:5] * 200)
    assert sum(seen) == 5
    np.testing.assert_array_equal(logits[:5], logits[-5:])


def test_windows_join(fp32: Engine, monkeypatch: pytest.MonkeyPatch):
    whole = fp32.logits(TEXTS)
    monkeypatch.setattr(engine, "WINDOW", 7)
    np.testing.assert_allclose(fp32.logits(TEXTS), whole, atol=1e-4)


def test_a_long_text_costs_no_more_than_the_longest_allowed(fp32: Engine):
    text = " ".join(TEXTS * 100)
    assert len(text) > 50_000
    np.testing.assert_array_equal(fp32.logits([text]), fp32.logits([text[:10_000]]))
    fp32.logits([text[:10_000]])
    assert _seconds(lambda: fp32.logits([text])) < 5 * _seconds(lambda: fp32.logits([text[:10_000]])) + 0.05


def test_no_texts(fp32: Engine):
    logits, embeddings = fp32.read([])
    assert (logits.shape, embeddings.shape) == ((0, 3), (0, 32))


@settings(deadline=None)
@given(st.lists(st.integers(2, 128)))
def test_batches_hold_every_row_once_and_keep_the_budget(lengths: list[int]):
    batches = list(in_batches(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) * max(lengths[row] for row in batch) <= engine.BUDGET
    longest = [max(lengths[row] for row in batch) for batch in batches]
    assert longest == sorted(longest)


def engine_of(folder: Path) -> Engine:
    return Engine(OnnxNetwork(folder / "model.onnx"), folder / "tokenizer.json", max_tokens=128)


def _seconds(work) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
