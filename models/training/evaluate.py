"""How well a judge agrees with people, language by language, and several judges side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from hubbub.core.verdict import Label, Verdict
from hubbub.models.embedded import ALL
from hubbub.models.judge import LABELS, Judge
from hubbub.models.training.labelled import Labelled

BINS = 15


@dataclass(frozen=True)
class Scores:
    """Attributes:
    n: posts.
    accuracy, macro_recall, macro_f1: 0..1; the macro figures are means over the labels that the posts have.
    ece: expected calibration error, 15 bins of equal width (Guo et al. 2017, https://arxiv.org/abs/1706.04599), 0..1.
    uncertain: share of the posts on which the judge abstained, 0..1.
    confusion: counts, one row a true label and one column a given one, in the order of `Label`.
    """

    n: int
    accuracy: float
    macro_recall: float
    macro_f1: float
    ece: float
    uncertain: float
    confusion: list[list[int]]


def evaluate(judge: Judge, posts: Sequence[Labelled]) -> dict[str, Scores]:
    """Returns the scores by language, in alphabetical order, and those of all posts together under `all`."""
    return grade(judge.judge([post.text for post in posts], [post.language for post in posts]), posts)


def grade(answers: Sequence[Verdict], posts: Sequence[Labelled]) -> dict[str, Scores]:
    """Returns the same for verdicts that are there already, one a post."""
    truth = np.array([LABELS.index(post.label) for post in posts], dtype=int)
    given = np.array([LABELS.index(verdict.label) for verdict in answers], dtype=int)
    confidence = np.array([verdict.confidence for verdict in answers])
    uncertain = np.array([verdict.uncertain for verdict in answers])
    languages = np.array([post.language for post in posts])
    parts = {language: languages == language for language in sorted(set(languages.tolist()))}
    parts[ALL] = np.ones(len(posts), dtype=bool)
    return {name: score(truth[p], given[p], confidence[p], uncertain[p]) for name, p in parts.items() if p.any()}


def score(
    truth: NDArray[np.int_], given: NDArray[np.int_], confidence: NDArray[np.float64], uncertain: NDArray[np.bool_]
) -> Scores:
    """Scores one judge on at least one post.

    Args:
        truth, given: indices of `Label` as people and as the judge said; each argument is (posts,).
    """
    confusion = np.zeros((len(LABELS), len(LABELS)), dtype=int)
    np.add.at(confusion, (truth, given), 1)
    right = confusion.diagonal()
    true, said = confusion.sum(axis=1), confusion.sum(axis=0)
    there = true > 0
    return Scores(
        n=len(truth),
        accuracy=float((truth == given).mean()),
        macro_recall=float((right[there] / true[there]).mean()),
        macro_f1=float((2 * right[there] / (true + said)[there]).mean()),
        ece=calibration_error(confidence, truth == given),
        uncertain=float(uncertain.mean()),
        confusion=confusion.tolist(),
    )


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The mean distance between confidence and accuracy over bins of confidence, weighted by their posts."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(float(confidence[bins == b].sum() - right[bins == b].sum())) for b in range(BINS)]
    return sum(gaps) / len(confidence)


def comparison(results: Mapping[str, Mapping[str, Scores]]) -> Table:
    """A table of models side by side: one row a language and model."""
    table = _table("lang", "posts", "model", "accuracy", "macro\nrecall", "macro\nF1", "ECE", "uncertain")
    table.columns[2].justify, table.columns[2].overflow = "left", "fold"
    for language in dict.fromkeys(language for scores in results.values() for language in scores):
        for number, (model, scores) in enumerate(results.items()):
            s = scores[language]
            figures = [f"{value:.3f}" for value in (s.accuracy, s.macro_recall, s.macro_f1, s.ece, s.uncertain)]
            table.add_row(*((language, f"{s.n:,}") if number == 0 else ("", "")), model, *figures)
    return table


def confusion_table(model: str, scores: Mapping[str, Scores]) -> Table:
    """A table of one model's confusion: one row a language and true label, one column a given label."""
    table = _table("lang", "people say", *(f"judged {label}" for label in Label), title=f"\n{model}")
    table.columns[1].justify = "left"
    for language, s in scores.items():
        for number, (label, row) in enumerate(zip(LABELS, s.confusion, strict=True)):
            table.add_row(language if number == 0 else "", label.value, *(f"{count:,}" for count in row))
    return table


def _table(first: str, *others: str, title: str | None = None) -> Table:
    """Narrow, with figures to the right, so that it fits 80 columns."""
    table = Table(first, title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.padding = (0, 1, 0, 0)
    for name in others:
        table.add_column(name, justify="right")
    return table


def as_json(results: Mapping[str, Mapping[str, Scores]]) -> dict[str, Any]:
    """The same as plain values: model, language, scores."""
    return {model: {language: asdict(s) for language, s in scores.items()} for model, scores in results.items()}
