"""Sums exchanges up: how many were answered, how soon, and how they ended."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.thread import Thread

ALL = "all"


@dataclass
class Sum:
    """What is counted of some threads, each by the customer who opened it."""

    threads: int = 0
    open: int = 0
    within: int = 0
    at_first: int = 0
    seconds: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, exchange: Exchange) -> None:
        self.threads += 1
        self.open += exchange.waiting is not None
        if exchange.first_response is None:
            return
        self.seconds.append(int(exchange.first_response.total_seconds()))
        self.within += exchange.within
        self.at_first += exchange.resolved_at_first
        if exchange.outcome:
            self.outcomes[exchange.outcome] += 1

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
        for first in _firsts(thread):
            if brand is None or first.brand == brand:
                hour = f"{first.opening.at.astimezone(zone):%H}"
                places = ((ALL, ""), ("brand", first.brand), ("platform", first.opening.source), ("hour", hour))
                for place in places:
                    sums.setdefault(place, Sum()).add(first)
    order = (ALL, "brand", "platform", "hour")
    ordered = sorted(sums.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    return [{"by": by, "name": name, **found.row()} for (by, name), found in ordered]


def percentile(numbers: Sequence[int], part: float) -> float | None:
    """Between the two nearest numbers in proportion, so that half of an even count is the mean of the middle two."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    place = (len(ordered) - 1) * part
    lower = int(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower)


def _firsts(thread: Thread) -> list[Exchange]:
    """The exchange that opened the thread, for each brand."""
    firsts: dict[str, Exchange] = {}
    for exchange in thread.exchanges:
        firsts.setdefault(exchange.brand, exchange)
    return list(firsts.values())


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _share(some: int, whole: int) -> float | None:
    return round(some / whole, 3) if whole else None
