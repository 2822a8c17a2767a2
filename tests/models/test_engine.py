"""The engine gives every text its own logits, whatever stands beside it."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.models import engine
from hubbub.models.engine import Engine, in_batches
from tests.models import tiny

TEXTS = [text for text, _, _ in tiny.POSTS]


@pytest.fixture(scope="module")
def fp32(trained: Path) -> Engine:
    return Engine(trained / "fp32" / "model.onnx", trained / "fp32" / "tokenizer.json", max_tokens=128)


def test_one_row_a_text_in_order(fp32: Engine):
    together = fp32.logits(TEXTS)
    assert together.shape == (len(TEXTS), 3)
    assert together.dtype == np.float32
    alone = np.concatenate([fp32.logits([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(fp32.logits(TEXTS[::-1]), together[::-1], atol=1e-4)


def test_int8_rows_move_little_with_their_neighbours(trained: Path):
    small = Engine(trained / "weights" / "model.onnx", trained / "weights" / "tokenizer.json", max_tokens=128)
    alone = np.concatenate([small.logits([text]) for text in TEXTS])
    assert np.abs(small.logits(TEXTS) - alone).mean() < 0.1 * np.abs(alone).mean()


def test_the_same_text_is_judged_once(fp32: Engine, monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []
    run = fp32._run
    monkeypatch.setattr(fp32, "_run", lambda encodings: seen.append(len(encodings)) or run(encodings))
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
    assert fp32.logits([]).shape == (0, 3)


@settings(deadline=None)
@given(st.lists(st.integers(2, 128)))
def test_batches_hold_every_row_once_and_keep_the_budget(lengths: list[int]):
    batches = list(in_batches(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) * max(lengths[row] for row in batch) <= engine.BUDGET
    longest = [max(lengths[row] for row in batch) for batch in batches]
    assert longest == sorted(longest)


def _seconds(work) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
