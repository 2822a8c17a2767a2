"""What a panel's question found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hubbub.dashboards._kit.questions import Json


@dataclass(frozen=True)
class Row:
    """One bar, one point, one value.

    Attributes:
        total: mentions in it.
        counts: of them by sentiment, where the question splits.
        start, end: the stretch of time, where it is one; end excluded.
    """

    label: str
    total: int
    counts: Mapping[str, int]
    start: datetime | None = None
    end: datetime | None = None

    @property
    def net(self) -> float | None:
        """Share of positive minus share of negative, -1..1; None without mentions."""
        return (self.counts["positive"] - self.counts["negative"]) / self.total if self.total else None


@dataclass(frozen=True)
class Answer:
    """What a panel's question found in a period; a form that finds more has an answer of its own.

    Attributes:
        total: all mentions that the panel's query finds in the period.
    """

    total: int
    rows: Sequence[Row] = ()


def total(reply: Json) -> int:
    """All mentions that the reply is about."""
    return int(reply["hits"]["total"]["value"])
