"""Learns the linear model on words: TF-IDF, and a logistic regression on it."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from hubbub.models.training.dresses import bare
from hubbub.models.training.words import PAIRS, Words, pair

SEEN = 2  # posts in which a feature has to occur, to count
STRENGTH = 20.0  # inverse of the regularisation


def fit_words(
    tokenizer: Tokenizer,
    rows: Sequence[Sequence[int] | NDArray[np.int32]],
    labels: NDArray[np.int_],
    counts: NDArray[np.float32],
    folded: bool = False,
) -> Words:
    """Learns from texts as pieces.

    Args:
        rows: the ids of each text.
        labels: the class of each, (texts,). All three classes occur.
        counts: how much each text counts, (texts,).
        folded: whether pieces that differ in accents are the same.
    """
    lower = lower_case(tokenizer, folded)
    size = len(lower) + PAIRS
    features = [_features(lower, ids) for ids in rows]
    ends = np.cumsum([0, *map(len, features)])
    occurrences = csr_matrix((np.ones(ends[-1]), np.concatenate(features), ends), shape=(len(rows), size))
    occurrences.sum_duplicates()
    posts = np.bincount(occurrences.indices, minlength=size)
    idf = np.where(posts >= SEEN, np.log((1 + len(rows)) / (1 + posts)) + 1, 0.0)
    length = np.sqrt((occurrences @ idf**2).clip(min=1e-6))
    matrix = occurrences.multiply(idf).multiply(1 / length[:, None]).tocsr()
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit(matrix, labels, sample_weight=counts)
    table = model.coef_.T * idf[:, None]  # (features, 3)
    return Words(lower, *(array.astype(np.float32) for array in (table, idf**2, model.intercept_)))


def lower_case(tokenizer: Tokenizer, folded: bool = False) -> NDArray[np.int64]:
    """The id of each piece in lower case, and without accents if `folded`, where there is such a piece, else its own:
    (pieces,)."""
    ids = tokenizer.get_vocab()
    lower = np.arange(len(ids))
    for piece, at in ids.items():
        small = piece.lower()
        lower[at] = ids.get(bare(small) if folded else small, ids.get(small, at))
    return lower


def _features(lower: NDArray[np.int64], ids: Sequence[int] | NDArray[np.int32]) -> NDArray[np.int64]:
    small = torch.from_numpy(lower[np.array(ids, dtype=np.int64)])
    return torch.cat([small, pair(small[:-1], small[1:]) + len(lower)]).numpy()
