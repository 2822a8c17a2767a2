"""The linear model on pieces and their pairs."""

from itertools import pairwise

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.models.judge import LABELS
from hubbub.models.training.dresses import bare
from hubbub.models.training.fit_words import fit_words, lower_case
from hubbub.models.training.words import PAIRS, Words
from tests.models import tiny

TOKENIZER = tiny.tokenizer()
ROWS = [TOKENIZER.encode(text).ids for text, _, _ in tiny.POSTS]
TRUTH = np.array([[label.value for label in LABELS].index(label) for _, label, _ in tiny.POSTS])


def logits(words: Words, ids: list[int]) -> np.ndarray:
    return words(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.long))[0].numpy()


def test_it_learns_what_words_say():
    words = fit_words(TOKENIZER, ROWS, TRUTH, np.ones(len(ROWS), dtype=np.float32))
    assert [int(logits(words, ids).argmax()) for ids in ROWS] == TRUTH.tolist()


def test_where_no_word_is_known_the_most_frequent_class_is_said():
    labels = np.array([1, 1, 1, 1, 2, 2, 0] * len(ROWS))[: len(ROWS)]
    words = fit_words(TOKENIZER, ROWS, labels, np.ones(len(ROWS), dtype=np.float32))
    unknown = min(set(range(5, TOKENIZER.get_vocab_size())) - set(lower_case(TOKENIZER)[np.concatenate(ROWS)]))
    assert logits(words, [unknown]).argsort().tolist() == [0, 2, 1]


def test_folded_pieces_are_the_same_with_and_without_accents():
    ids = TOKENIZER.get_vocab()
    letters = [(piece, bare(piece)) for piece in ids if bare(piece) != piece and bare(piece) in ids]
    assert letters
    lower, folded = lower_case(TOKENIZER), lower_case(TOKENIZER, folded=True)
    assert all(folded[ids[accented]] == folded[ids[plain]] for accented, plain in letters if plain.islower())
    assert any(lower[ids[accented]] != lower[ids[plain]] for accented, plain in letters)


def test_padding_and_case_change_nothing():
    words = fit_words(TOKENIZER, ROWS, TRUTH, np.ones(len(ROWS), dtype=np.float32))
    padded = torch.full((1, 40), 1)
    padded[0, : len(ROWS[0])] = torch.tensor(ROWS[0])
    mask = (padded != 1).long()
    np.testing.assert_allclose(words(padded, mask)[0].numpy(), logits(words, ROWS[0]), atol=1e-6)
    upper = [TOKENIZER.token_to_id("I"), *ROWS[0]]
    assert lower_case(TOKENIZER)[upper[0]] == TOKENIZER.token_to_id("i") != upper[0]
    np.testing.assert_array_equal(logits(words, upper), logits(words, [TOKENIZER.token_to_id("i"), *ROWS[0]]))


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=12))
def test_a_logit_is_what_the_features_say_over_how_rare_they_are(ids: list[int]):
    dice = np.random.default_rng(3)
    table = dice.normal(size=(10 + PAIRS, 3)).astype(np.float32)
    bias = dice.normal(size=3).astype(np.float32)
    squares = dice.uniform(0.5, 9, size=10 + PAIRS).astype(np.float32)
    words = Words(np.arange(10), table, squares, bias)
    places = ids + [10 + (a * 1_000_003 + b * 7_919) % PAIRS for a, b in pairwise(ids)]
    wanted = table[places].sum(axis=0) / np.sqrt(squares[places].sum()) + bias
    np.testing.assert_allclose(logits(words, ids), wanted, atol=0.1)
