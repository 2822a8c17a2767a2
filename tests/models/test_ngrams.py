"""The linear model on pieces and their pairs."""

from itertools import pairwise

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.models.fit_ngrams import fit_ngrams, lower_case
from hubbub.models.lesson import UNLABELLED
from hubbub.models.ngrams import PAIRS, Ngrams
from hubbub.models.sentiment import LABELS
from tests.models import tiny

TOKENIZER = tiny.tokenizer()
ROWS = [TOKENIZER.encode(text).ids for text, _, _ in tiny.POSTS]
TRUTH = np.array([[label.value for label in LABELS].index(label) for _, label, _ in tiny.POSTS])


def logits(ngrams: Ngrams, ids: list[int]) -> np.ndarray:
    return ngrams(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.long))[0].numpy()


def test_it_learns_what_words_say():
    ngrams = fit_ngrams(TOKENIZER, ROWS, TRUTH, np.ones(len(ROWS), dtype=np.float32))
    assert [int(logits(ngrams, ids).argmax()) for ids in ROWS] == TRUTH.tolist()


def test_a_post_without_a_label_teaches_nothing():
    ones = np.ones(2 * len(ROWS), dtype=np.float32)
    one = fit_ngrams(TOKENIZER, ROWS, TRUTH, ones[: len(ROWS)])
    both = fit_ngrams(TOKENIZER, ROWS + ROWS[::-1], np.append(TRUTH, np.full(len(ROWS), UNLABELLED)), ones)
    torch.testing.assert_close(one.codes, both.codes)


def test_padding_and_case_change_nothing():
    ngrams = fit_ngrams(TOKENIZER, ROWS, TRUTH, np.ones(len(ROWS), dtype=np.float32))
    padded = torch.full((1, 40), 1)
    padded[0, : len(ROWS[0])] = torch.tensor(ROWS[0])
    mask = (padded != 1).long()
    np.testing.assert_allclose(ngrams(padded, mask)[0].numpy(), logits(ngrams, ROWS[0]), atol=1e-6)
    lower = lower_case(TOKENIZER)
    assert lower[TOKENIZER.token_to_id("I")] == TOKENIZER.token_to_id("i")


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=12))
def test_a_logit_is_what_the_features_say_over_how_rare_they_are(ids: list[int]):
    dice = np.random.default_rng(3)
    table = dice.normal(size=(10 + PAIRS, 3)).astype(np.float32)
    squares = dice.uniform(0.5, 9, size=10 + PAIRS).astype(np.float32)
    ngrams = Ngrams(np.arange(10), table, squares)
    places = ids + [10 + (a * 1_000_003 + b * 7_919) % PAIRS for a, b in pairwise(ids)]
    wanted = table[places].sum(axis=0) / np.sqrt(squares[places].sum())
    np.testing.assert_allclose(logits(ngrams, ids), wanted, atol=0.1)
