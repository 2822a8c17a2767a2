"""What an author of a panel writes: its title, how to read it, its place, and its question.

A question is a search body in the part of Elasticsearch's JSON that every Hubbub index speaks. It names no period,
and its `date_histogram` no interval: whoever asks adds both (Kibana by its time picker, the report by the days it
covers), so that one definition gives both their numbers. The form of the panel (its class) says how the answer is
drawn.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hubbub.core.verdict import Label
from hubbub.dashboards import panels as folder

Question = Mapping[str, Any]

CUSTOMERS: Question = {
    "bool": {"filter": [{"exists": {"field": "brand"}}], "must_not": [{"term": {"user.is_brand": True}}]},
}
"""Posts about the watched brands by anyone but the brands themselves; every panel counts these alone."""

NEGATIVE: Question = {"bool": {"filter": [CUSTOMERS, {"term": {"sentiment.label": Label.negative.value}}]}}

SENTIMENT: Question = {
    "filters": {"filters": {label.value: {"term": {"sentiment.label": label.value}} for label in Label}},
}
"""The split by sentiment: always three buckets in one order, whether there are such mentions or not."""

COLOURS: Mapping[str, str] = {"negative": "#c8501e", "neutral": "#a9b1ba", "positive": "#2f6fb3"}
"""Orange, grey and blue differ for every kind of colour vision, which red and green do not."""


FIELD_NAMES: Mapping[str, str] = {
    "source": "Platform",
    "event.dataset": "Source",
    "message": "Post",
    "url.full": "Link",
}
"""What screens call a field whose name says something else."""


@dataclass(frozen=True)
class Grid:
    """A place on a dashboard of 48 columns; a row is about 20 pixels high."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Panel:
    """Attributes:
    title: what is shown, in a few words.
    reading: one sentence that tells a newcomer how to read it.
    question: a search body without period and interval.
    """

    title: str
    reading: str
    grid: Grid
    question: Question

    most_buckets: ClassVar[int] = 60
    """Bars or points along time that can still be told apart."""


class Number(Panel):
    """How many mentions the question's query finds."""


class Net(Panel):
    """Share of positive minus share of negative mentions, -1..1, as one number. Question: `sentiment`."""


class OverTime(Panel):
    """Bars along time: `time`, a date_histogram, split by `sentiment` where the question does."""


class NetOverTime(Panel):
    """Net sentiment along time: `time`, a date_histogram, split by `sentiment`."""

    most_buckets: ClassVar[int] = 20


class Ranking(Panel):
    """Horizontal bars, longest first: `values`, a terms aggregation, split by `sentiment`."""


class Posts(Panel):
    """The posts that the question's query finds, in its order."""


def panels() -> dict[str, Panel]:
    """Every panel of the folder `panels/` by its file's name, in the order in which one reads the dashboard."""
    names = [module.name for module in pkgutil.iter_modules(folder.__path__) if not module.name.startswith("_")]
    found = {name: importlib.import_module(f"{folder.__name__}.{name}").PANEL for name in names}
    return dict(sorted(found.items(), key=lambda item: (item[1].grid.y, item[1].grid.x)))
