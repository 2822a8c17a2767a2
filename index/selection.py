"""Which mentions are meant: the one place that turns words such as a brand, a label and a time into a query.

Every number that a screen shows is the count of a selection, and `hubbub mentions` shows what it counts.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hubbub.core.customers import ANSWERED, CUSTOMERS, IN_TIME, LATE, WAITING
from hubbub.core.moments import iso
from hubbub.core.ports import Index, Json
from hubbub.core.verdict import Label

_TEXTS = ("message", "title", "message.th", "title.th")


class Answer(StrEnum):
    """What became of a customer's first post to a brand within a conversation."""

    waiting = "waiting"
    answered = "answered"
    in_time = "in-time"
    late = "late"


_ANSWERS: dict[Answer, Json] = {
    Answer.waiting: WAITING,
    Answer.answered: ANSWERED,
    Answer.in_time: IN_TIME,
    Answer.late: LATE,
}


@dataclass(frozen=True)
class Selection:
    """What is None is not asked for.

    Attributes:
        brand: one of ours, or a competitor with `everyone` or `uncounted`.
        source: name of the `sources:` entry that brought the mention first.
        platform: where it was said (`x`, `reddit`, ...).
        term: of the watch list, as it is written there.
        language: ISO 639-1, or `und`.
        answer: the first posts of customers who wait, or were answered, in time or late.
        hour: 0..23, at which it was posted, in the team's zone.
        since, until: when it was posted; `until` itself is left out.
        text: words that are all in its message or all in its title.
        uncertain: only where the model was not sure of the sentiment.
        everyone: also what brands say themselves, and what is about competitors alone; screens count customers only.
        uncounted: only what they leave out.
    """

    brand: str | None = None
    source: str | None = None
    platform: str | None = None
    label: Label | None = None
    term: str | None = None
    language: str | None = None
    answer: Answer | None = None
    hour: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    uncertain: bool = False
    everyone: bool = False
    uncounted: bool = False

    def query(self) -> Json:
        """The query that finds these mentions, on both indexes."""
        wanted: list[Json] = [] if self.everyone else [CUSTOMERS]
        if self.uncounted:
            wanted = [{"bool": {"must_not": [CUSTOMERS]}}]
        if self.brand is not None:
            brands: list[Json] = [{"term": {"brand": self.brand}}]
            if self.everyone or self.uncounted:
                brands.append({"term": {"competitor": self.brand}})
            wanted.append({"bool": {"should": brands, "minimum_should_match": 1}})
        terms = {
            "event.dataset": self.source,
            "source": self.platform,
            "sentiment.label": self.label and self.label.value,
            "match.term": self.term,
            "language": self.language,
            "sentiment.uncertain": self.uncertain or None,
            "posted.hour": self.hour,
        }
        wanted += [{"term": {field: value}} for field, value in terms.items() if value is not None]
        if self.answer is not None:
            wanted.append(_ANSWERS[self.answer])
        span = {"gte": self.since and iso(self.since), "lt": self.until and iso(self.until)}
        if any(span.values()):
            wanted.append({"range": {"@timestamp": {side: bound for side, bound in span.items() if bound}}})
        if self.text is not None:
            found = [{"match": {field: {"query": self.text, "operator": "and"}}} for field in _TEXTS]
            wanted.append({"bool": {"should": found, "minimum_should_match": 1}})
        return {"bool": {"filter": wanted}}


def count(index: Index, selection: Selection) -> int:
    """How many mentions are selected."""
    return total(index.search({"query": selection.query(), "size": 0, "track_total_hits": True}))


def select(index: Index, selection: Selection, limit: int) -> tuple[int, list[tuple[str, Json]]]:
    """How many mentions are selected, and of these the newest, at most `limit`: id and document without `raw`."""
    body: Json = {
        "query": selection.query(),
        "size": limit,
        "track_total_hits": True,
        "sort": [{"@timestamp": "desc"}],
        "_source": {"excludes": ["raw"]},
    }
    answer = index.search(body)
    return total(answer), [(hit["_id"], hit["_source"]) for hit in answer["hits"]["hits"]]


def total(answer: Json) -> int:
    """All that the query of an answer found."""
    return int(answer["hits"]["total"]["value"])
