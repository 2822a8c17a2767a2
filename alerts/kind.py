"""What every kind of rule answers: a question, what stands out in the answer, and the words for it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Literal, Protocol

from hubbub.alerts.rule import AnyRule
from hubbub.core.alert import Counted, Finding, Wanted
from hubbub.core.ports import Over

By = Literal["brand", "competitor", "event.dataset"]
"""Fields whose names are told apart: our brands, competitors, and sources (the entries of `sources:`)."""


class Kind(Protocol):
    """A module of `kinds/`; all of it is pure.

    Attributes:
        Rule: the model of its rules' files.
        BY, OVER: what its rules count: for each name of this field by itself, and in which index.
    """

    Rule: type[AnyRule]
    BY: By
    OVER: Over

    def wanted(self, rule: AnyRule, now: datetime) -> Sequence[Wanted]:
        """What the rule wants counted."""
        ...

    def find(self, rule: AnyRule, name: str, counted: Sequence[Sequence[Counted]]) -> Finding | None:
        """What stands out, told from the answers to `wanted` alone, in their order."""
        ...

    def headline(self, finding: Finding) -> str:
        """What was found, in a few words behind the name of what it is about."""
        ...

    def details(self, finding: Finding, zone: tzinfo) -> str:
        """The same at more length, with its times."""
        ...
