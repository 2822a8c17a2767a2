"""Learns the linear model on words: TF-IDF, and a logistic regression on it."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from hubbub.models.training.words import PAIRS, Words, pair

SEEN = 2  # posts in which a feature has to occur, to count
STRENGTH = 20.0  # inverse of the regularisation


def fit_words(
    tokenizer: Tokenizer, rows: Sequence[Sequence[int]], labels: NDArray[np.int_], counts: NDArray[np.float32]
) -> Words:
    """Learns from texts as pieces.

    Args:
        rows: the ids of each text.
        labels: the class of each, (texts,); a negative one is passed over. All three classes occur.
        counts: how much each text counts, (texts,).
    """
    lower = lower_case(tokenizer)
    size = len(lower) + PAIRS
    used = np.flatnonzero(labels >= 0).tolist()
    features = [_features(lower, rows[at]) for at in used]
    ends = np.cumsum([0, *map(len, features)])
    occurrences = csr_matrix((np.ones(ends[-1]), np.concatenate(features), ends), shape=(len(used), size))
    occurrences.sum_duplicates()
    posts = np.bincount(occurrences.indices, minlength=size)
    idf = np.where(posts >= SEEN, np.log((1 + len(used)) / (1 + posts)) + 1, 0.0)
    length = np.sqrt((occurrences @ idf**2).clip(min=1e-6))
    matrix = occurrences.multiply(idf).multiply(1 / length[:, None]).tocsr()
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit(matrix, labels[used], sample_weight=counts[used])
    table = model.coef_.T * idf[:, None]  # (features, 3)
    return Words(lower, *(array.astype(np.float32) for array in (table, idf**2, model.intercept_)))


def lower_case(tokenizer: Tokenizer) -> NDArray[np.int64]:
    """The id of each piece in lower case, where there is such a piece, else its own: (pieces,)."""
    ids = tokenizer.get_vocab()
    lower = np.arange(len(ids))
    for piece, at in ids.items():
        lower[at] = ids.get(piece.lower(), at)
    return lower


def _features(lower: NDArray[np.int64], ids: Sequence[int]) -> NDArray[np.int64]:
    small = torch.from_numpy(lower[np.array(ids, dtype=np.int64)])
    return torch.cat([small, pair(small[:-1], small[1:]) + len(lower)]).numpy()
