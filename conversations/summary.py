"""Sums exchanges up: how many were answered, how soon, and how they ended."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

import numpy as np

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.thread import Thread

ALL = "all"


@dataclass
class Sum:
    """What is counted of some threads: of each the exchange that opened it, and whether anybody waits."""

    threads: int = 0
    open: int = 0
    within: int = 0
    at_first: int = 0
    seconds: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, asked: Sequence[Exchange]) -> None:
        first = asked[0]
        self.threads += 1
        self.open += any(exchange.waiting for exchange in asked)
        if first.first_response is None:
            return
        self.seconds.append(int(first.first_response.total_seconds()))
        self.within += bool(first.in_time)
        self.at_first += first.resolved_at_first
        if first.outcome:
            self.outcomes[first.outcome] += 1

    def row(self) -> dict[str, Any]:
        """Times in minutes, shares of the answered threads; None where none was answered."""
        answered = len(self.seconds)
        return {
            "threads": self.threads,
            "answered": answered,
            "open": self.open,
            "median_minutes": _minutes(percentile(self.seconds, 0.5)),
            "p90_minutes": _minutes(percentile(self.seconds, 0.9)),
            "within_level": _share(self.within, answered),
            "first_contact": _share(self.at_first, answered),
            "outcome": dict(self.outcomes.most_common()),
        }


def summary(threads: Iterable[Thread], zone: tzinfo, brand: str | None = None) -> list[dict[str, Any]]:
    """A row over all threads, then one for each brand, each platform and each hour of the day at which they opened.

    Args:
        zone: of the hours.
        brand: only what customers asked of it.
    """
    sums: dict[tuple[str, str], Sum] = {(ALL, ""): Sum()}
    for thread in threads:
        asked = thread.of(brand)
        if not asked:
            continue
        opening = asked[0].opening
        hour = f"{opening.at.astimezone(zone):%H}"
        for place in ((ALL, ""), ("platform", opening.source), ("hour", hour)):
            sums.setdefault(place, Sum()).add(asked)
        for name in {exchange.brand for exchange in asked}:
            sums.setdefault(("brand", name), Sum()).add(thread.of(name))
    order = (ALL, "brand", "platform", "hour")
    ordered = sorted(sums.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    return [{"by": by, "name": name, **found.row()} for (by, name), found in ordered]


def percentile(numbers: Sequence[int], part: float) -> float | None:
    """Between the two nearest numbers in proportion, so that half of an even count is the mean of the middle two."""
    return float(np.quantile(numbers, part)) if numbers else None


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _share(some: int, whole: int) -> float | None:
    return round(some / whole, 3) if whole else None
