"""How urgent a post is: an open formula, each part of it 0..1, as `docs/queue.md` explains it."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hubbub.core.service import Severity

SEVERITIES = {
    "safety": Severity.high,
    "health": Severity.high,
    "fraud": Severity.high,
    "legal": Severity.high,
    "vulnerable": Severity.high,
    "data_leak": Severity.high,
    "money_taken": Severity.medium,
}
"""By the name of a signal, how severe what it tells of is."""

LEAVING = frozenset({"leaving"})
"""Signals of a customer who goes."""

_SEVERE = {Severity.low: 0.0, Severity.medium: 0.5, Severity.high: 1.0}
_MANY = 3  # contacts after the first, that are as bad as any more
_MILLION = 6  # powers of ten, that reach is measured against
_DIGITS = 4

Weight = Annotated[float, Field(ge=0, le=1)]


class Weights(BaseModel):
    """How much each part counts, 0..1, together at most 1.

    Attributes:
        severity: safety, health, fraud, money taken, legal steps, vulnerable people, leaked data.
        sentiment: how negative it is.
        repeated: the customer wrote before.
        leaving: the customer goes, or threatens to.
        reach: how many follow the author.
        wait: how much of the time within which an answer is due has passed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Weight = 0.35
    sentiment: Weight = 0.15
    repeated: Weight = 0.15
    leaving: Weight = 0.1
    reach: Weight = 0.1
    wait: Weight = 0.15

    @model_validator(mode="after")
    def _make_one_at_most(self) -> Self:
        whole = math.fsum(self.model_dump().values())
        if whole > 1 + 1e-9:
            raise ValueError(f"the weights should make 1 at most; they make {whole:.4g}")
        return self


def parts(
    signals: Iterable[str], score: float, followers: int | None = None, contacts: int = 1, wait: float = 0.0
) -> dict[str, float]:
    """The parts of the urgency of one post, 0..1, by the name of their weight.

    Args:
        signals: the names of what was found in it.
        score: its sentiment, -1..1.
        followers: of its author; None where nobody knows.
        contacts: how many posts the customer wrote in the conversation so far, this one included.
        wait: see `waited`.
    """
    names = set(signals)
    found = {
        "severity": _SEVERE[severity(names)],
        "sentiment": -score,
        "repeated": (contacts - 1) / _MANY,
        "leaving": float(not LEAVING.isdisjoint(names)),
        "reach": math.log10(1 + max(followers or 0, 0)) / _MILLION,
        "wait": wait,
    }
    return {name: round(min(max(part, 0.0), 1.0), _DIGITS) for name, part in found.items()}


def urgency(found: Mapping[str, float], weights: Weights) -> float:
    """The sum of the parts, each times its weight: 0..1."""
    whole = math.fsum(part * getattr(weights, name) for name, part in found.items())
    return round(min(whole, 1.0), _DIGITS)


def severity(signals: Iterable[str]) -> Severity:
    """That of the most severe signal; low where none is."""
    return max((SEVERITIES.get(name, Severity.low) for name in signals), key=_SEVERE.__getitem__, default=Severity.low)


def waited(asked: datetime, due: datetime, now: datetime) -> float:
    """The share of the time between question and due answer that has passed, 0..1."""
    return min(max((now - asked) / (due - asked), 0.0), 1.0) if due > asked else 1.0
