"""Fits a head (`models/head.py`): logistic regression on the words, the verdict and the embedding."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from hubbub.core.verdict import Verdict
from hubbub.models.grams import PLACES, grams
from hubbub.models.head import SCALE, Head
from hubbub.models.hints import WIDTH, hints
from hubbub.models.judge import Floats

STRENGTH = 1.0  # inverse of the regularisation
TOLERANCE = 3e-3  # of the gradient; a finer one changes nothing that is decided
FOLDS = 5


def features(
    texts: Sequence[str], verdicts: Sequence[Verdict], languages: Sequence[str], embeddings: Floats | None
) -> csr_matrix:
    """The columns of a head: table, hints, and embedding where there is one."""
    rows, places = grams(texts)
    counts = np.bincount(rows, minlength=len(texts)).clip(min=1)
    table = csr_matrix((1 / np.sqrt(counts[rows]), (rows, places)), shape=(len(texts), PLACES))
    dense = [hints(texts, verdicts, languages)]
    if embeddings is not None:
        dense.append(SCALE * embeddings)
    return hstack([table, *map(csr_matrix, dense)]).tocsr()


def fit(
    judge: str,
    columns: tuple[csr_matrix, csr_matrix],
    answers: NDArray[np.bool_],
    counts: Floats,
) -> Head:
    """Learns a head.

    Args:
        columns: `features` without the embedding, and with it.
        answers: yes or no, (texts,).
        counts: how much each text counts.
    """
    words, both = (_regression().fit(part, answers, sample_weight=counts) for part in columns)
    coefficients = [model.coef_[0].astype(np.float32) for model in (words, both)]
    return Head(
        judge,
        table=np.stack([found[:PLACES] for found in coefficients]),
        hints=np.stack([found[PLACES : PLACES + WIDTH] for found in coefficients]),
        bias=np.array([model.intercept_[0] for model in (words, both)], dtype=np.float32),
        embedding=coefficients[1][PLACES + WIDTH :],
    )


def held_out(columns: csr_matrix, answers: NDArray[np.bool_], counts: Floats, groups: Sequence[str]) -> Floats:
    """The log-odds of each text by a model that has not seen its group: (texts,)."""
    odds = np.zeros(len(answers), dtype=np.float32)
    for seen, unseen in GroupKFold(FOLDS).split(columns, answers, groups):
        model = _regression().fit(columns[seen], answers[seen], sample_weight=counts[seen])
        odds[unseen] = model.decision_function(columns[unseen])
    return odds


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=1000)
