"""How well a judge agrees with people, by language and by dataset, and several judges side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from hubbub.core.verdict import Label, Verdict
from hubbub.models.embedded import ALL
from hubbub.models.judge import LABELS, Judge
from hubbub.models.training.datasets import dataset
from hubbub.models.training.dressed import Outcome
from hubbub.models.training.labelled import Labelled

BINS = 15
DATASET_FIGURES = (
    "accu-\nracy",
    "macro\nF1",
    "macro\nrecall",
    "weigh-\nted F1",
    "neg.\nfound",
    "pos.\nfound",
    "called\nneutral",
    "ECE",
)


@dataclass(frozen=True)
class Scores:
    """How right a judge was on some posts.

    Attributes:
        n: posts.
        accuracy, macro_recall, macro_f1, weighted_f1: 0..1; the macro figures are means over the labels that the posts
            have, the weighted one over all posts.
        recall_negative, recall_positive: 0..1; None where no post is so.
        called_neutral: share of the posts, 0..1.
        ece: expected calibration error, 15 bins of equal width (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
        coverage: share of the posts of which the judge was not uncertain, 0..1.
        accuracy_covered: accuracy on these; None where it was uncertain of all.
        confusion: counts, one row a true label and one column a given one, in the order of `Label`.
    """

    n: int
    accuracy: float
    macro_recall: float
    macro_f1: float
    weighted_f1: float
    recall_negative: float | None
    recall_positive: float | None
    called_neutral: float
    ece: float
    coverage: float
    accuracy_covered: float | None
    confusion: list[list[int]]


@dataclass(frozen=True)
class Report:
    """One judge on some posts.

    Attributes:
        languages: the scores by language, in alphabetical order, and those of all posts together under `all`.
        datasets: the scores by the name of the file.
    """

    languages: dict[str, Scores]
    datasets: dict[str, Scores]


def evaluate(judge: Judge, posts: Sequence[Labelled]) -> Report:
    """Lets the judge judge the posts."""
    return report(judge.judge([post.text for post in posts], [post.language for post in posts]), posts)


def report(answers: Sequence[Verdict], posts: Sequence[Labelled]) -> Report:
    """The same for verdicts that are there already, one a post."""
    by_language = grade(answers, posts, [post.language for post in posts])
    return Report(
        by_language | grade(answers, posts, [ALL] * len(posts)), grade(answers, posts, [p.dataset for p in posts])
    )


def grade(answers: Sequence[Verdict], posts: Sequence[Labelled], parts: Sequence[str]) -> dict[str, Scores]:
    """The scores of each part of the posts, in alphabetical order.

    Args:
        parts: the one that each post belongs to.
    """
    truth = np.array([LABELS.index(post.label) for post in posts], dtype=int)
    given = np.array([LABELS.index(verdict.label) for verdict in answers], dtype=int)
    confidence = np.array([verdict.confidence for verdict in answers])
    sure = np.array([not verdict.uncertain for verdict in answers], dtype=bool)
    belongs = np.array(parts)
    chosen = {part: belongs == part for part in sorted(set(parts))}
    return {part: score(truth[of], given[of], confidence[of], sure[of]) for part, of in chosen.items()}


def score(
    truth: NDArray[np.int_], given: NDArray[np.int_], confidence: NDArray[np.float64], sure: NDArray[np.bool_]
) -> Scores:
    """Scores one judge on at least one post.

    Args:
        truth, given: indices of `Label` as people and as the judge said; each argument is (posts,).
        sure: where it was not uncertain.
    """
    confusion = np.zeros((len(LABELS), len(LABELS)), dtype=int)
    np.add.at(confusion, (truth, given), 1)
    right = confusion.diagonal()
    true, said = confusion.sum(axis=1), confusion.sum(axis=0)
    there = true > 0
    f1 = 2 * right / (true + said).clip(min=1)
    recall = dict(zip(LABELS, (right / true.clip(min=1)).tolist(), strict=True))
    negative, _, positive = there
    return Scores(
        n=len(truth),
        accuracy=float((truth == given).mean()),
        macro_recall=float((right[there] / true[there]).mean()),
        macro_f1=float(f1[there].mean()),
        weighted_f1=float((f1 * true).sum() / true.sum()),
        recall_negative=recall[Label.negative] if negative else None,
        recall_positive=recall[Label.positive] if positive else None,
        called_neutral=float(said[LABELS.index(Label.neutral)] / true.sum()),
        ece=calibration_error(confidence, truth == given),
        coverage=float(sure.mean()),
        accuracy_covered=float((truth == given)[sure].mean()) if sure.any() else None,
        confusion=confusion.tolist(),
    )


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The mean distance between confidence and accuracy over bins of confidence, weighted by their posts."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(float(confidence[bins == b].sum() - right[bins == b].sum())) for b in range(BINS)]
    return sum(gaps) / len(confidence)


def comparison(results: Mapping[str, Report]) -> Table:
    """A table of models side by side: one row a language and model."""
    table = _table(
        "lang", "posts", "model", "accu-\nracy", "macro\nrecall", "macro\nF1", "ECE", "confi-\ndent", "right\nthen"
    )
    table.columns[2].justify, table.columns[2].overflow = "left", "fold"
    for language in next(iter(results.values())).languages:
        for number, (model, found) in enumerate(results.items()):
            s = found.languages[language]
            table.add_row(*((language, f"{s.n:,}") if number == 0 else ("", "")), model, *language_figures(s))
    return table


def language_figures(s: Scores) -> list[str]:
    """The figures of a row of that table, and of the card's."""
    return _said(s.accuracy, s.macro_recall, s.macro_f1, s.ece, s.coverage, s.accuracy_covered)


def by_dataset(model: str, datasets: Mapping[str, Scores]) -> Table:
    """A table of one model's figures on each dataset; of one that knows no neutral, none over three classes."""
    table = _table("set", "posts", *DATASET_FIGURES, title=f"\n{model}")
    for name, s in datasets.items():
        table.add_row(name, f"{s.n:,}", *dataset_figures(name, s))
    return table


def dataset_figures(name: str, s: Scores) -> list[str]:
    """The figures of a row of that table, and of the card's, in the order of `DATASET_FIGURES`."""
    macro = (s.macro_f1, s.macro_recall, s.weighted_f1) if dataset(name).neutral else (None, None, None)
    return _said(s.accuracy, *macro, s.recall_negative, s.recall_positive, s.called_neutral, s.ece)


def coverage_table(model: str, found: Report) -> Table:
    """A table of how much one model is confident of, and how right it is then, by language and by dataset."""
    table = _table("part", "posts", "confident", "right then", "right in all", title=f"\n{model}")
    for name, s in (found.languages | found.datasets).items():
        table.add_row(name, f"{s.n:,}", *coverage_figures(s))
    return table


def coverage_figures(s: Scores) -> list[str]:
    """The figures of a row of that table, and of the card's."""
    return _said(s.coverage, s.accuracy_covered, s.accuracy)


def _said(*figures: float | None) -> list[str]:
    return ["" if figure is None else f"{figure:.3f}" for figure in figures]


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


def as_json(
    results: Mapping[str, Report], dressed: Mapping[str, Sequence[Outcome]] = MappingProxyType({})
) -> dict[str, Any]:
    """The same as plain values: model, language, scores; the datasets under `datasets`, the dresses under `dresses`."""
    return {
        model: _plain(found.languages)
        | {"datasets": _plain(found.datasets)}
        | ({"dresses": [outcome.as_json() for outcome in dressed[model]]} if dressed.get(model) else {})
        for model, found in results.items()
    }


def _plain(scores: Mapping[str, Scores]) -> dict[str, Any]:
    return {name: asdict(s) for name, s in scores.items()}
