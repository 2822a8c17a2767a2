"""What an author of a panel writes, and what its form makes of it.

A form is a class of `forms/`; a panel is one object of it. One definition gives Kibana and the report the same numbers:
the question names no period, and whoever asks adds it (Kibana by its time picker, the report by the days it covers).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from hubbub.core.customers import CUSTOMERS
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import Card, Frame
from hubbub.dashboards._kit.lens import Lens, SavedSearch
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json, Query, Search

A = TypeVar("A", bound=Answer)
"""What the form's question finds."""


@dataclass(frozen=True, kw_only=True)
class Panel(ABC, Generic[A]):
    """A panel of any form.

    Attributes:
        title: what is shown, in a few words.
        reading: one sentence that tells a newcomer how to read it.
        query: whose mentions it counts.
        width: its place on a board of 48 columns, before a row is filled up.
        height: in rows of about 20 pixels.
    """

    width: ClassVar[int]
    height: ClassVar[int]

    title: str
    reading: str
    query: Query = field(default_factory=lambda: CUSTOMERS)

    def ask(self, search: Search, period: Period) -> A:
        """What an index finds over the period. Raises what `search` raises."""
        return self.read(search(self.question(period)), period)

    def question(self, period: Period) -> Json:
        """The search body, as it is sent to the index."""
        query = {"bool": {"filter": [self.query, period.within]}}
        return {"query": query, "size": 0, "track_total_hits": True, **self.asked(period)}

    def asked(self, period: Period) -> Json:
        """What is asked of the mentions beyond how many they are, as parts of a search body."""
        return {}

    @abstractmethod
    def read(self, reply: Json, period: Period) -> A:
        """What the index's reply says."""

    @abstractmethod
    def kibana(self) -> Lens | SavedSearch:
        """What Kibana shows."""

    @abstractmethod
    def card(self, answer: A, frame: Frame) -> Card:
        """What a page shows."""
