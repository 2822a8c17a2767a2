"""How much the report can know: which sources spoke, what their runs read, and what is not counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hubbub.core.records import Run
from hubbub.dashboards.answers import Period, Search, iso, moment
from hubbub.dashboards.panel import CUSTOMERS


@dataclass(frozen=True)
class SourceState:
    """Attributes:
    mentions: by anyone, in the period.
    last: its newest mention up to the period's end, whenever that was.
    """

    name: str
    mentions: int
    last: datetime


@dataclass(frozen=True)
class EntryState:
    """All given runs of one `sources:` entry together.

    Attributes:
        missed: records that could not be read; None when the source cannot tell.
        error: the line that ended the last run early.
        finished: the last run came to its end.
    """

    name: str
    runs: int
    last: datetime
    finished: bool
    fetched: int
    new: int
    dropped: int
    dead_lettered: int
    missed: int | None
    error: str | None


@dataclass(frozen=True)
class Coverage:
    """Attributes:
    brands: customers' mentions in the period by brand, most first; one about two brands counts for both.
    uncertain: customers' mentions in the period of whose sentiment the model is not sure.
    uncounted: mentions in the period by the brands themselves, or about competitors alone.
    """

    brands: dict[str, int]
    sources: list[SourceState]
    entries: list[EntryState]
    uncertain: int
    uncounted: int

    @property
    def silent(self) -> list[SourceState]:
        return [source for source in self.sources if not source.mentions]


def look(search: Search, period: Period, runs: Sequence[Run]) -> Coverage:
    """Raises what `search` raises."""
    ever = search(
        {
            "query": {"range": {"@timestamp": {"lte": iso(period.end)}}},
            "size": 0,
            "aggs": {
                "source": {
                    "terms": {"field": "source", "size": 100},
                    "aggs": {"last": {"max": {"field": "@timestamp"}}, "period": {"filter": period.within}},
                },
            },
        }
    )["aggregations"]
    now = search(
        {
            "query": period.within,
            "size": 0,
            "track_total_hits": True,
            "aggs": {
                "customers": {
                    "filter": CUSTOMERS,
                    "aggs": {
                        "brand": {"terms": {"field": "brand", "size": 1000}},
                        "uncertain": {"filter": {"term": {"sentiment.uncertain": True}}},
                    },
                },
            },
        }
    )
    customers = now["aggregations"]["customers"]
    return Coverage(
        brands={bucket["key"]: bucket["doc_count"] for bucket in customers["brand"]["buckets"]},
        sources=sorted(
            (
                SourceState(bucket["key"], bucket["period"]["doc_count"], moment(bucket["last"]["value"]))
                for bucket in ever["source"]["buckets"]
            ),
            key=lambda source: (-source.mentions, source.name),
        ),
        entries=[_entry(name, runs) for name in sorted({run.entry for run in runs})],
        uncertain=customers["uncertain"]["doc_count"],
        uncounted=int(now["hits"]["total"]["value"]) - customers["doc_count"],
    )


def _entry(name: str, runs: Sequence[Run]) -> EntryState:
    own = sorted((run for run in runs if run.entry == name), key=lambda run: run.started)
    missed = [run.missed for run in own]
    last = own[-1]
    return EntryState(
        name=name,
        runs=len(own),
        last=last.finished or last.started,
        finished=last.finished is not None,
        fetched=sum(run.fetched for run in own),
        new=sum(run.new for run in own),
        dropped=sum(run.dropped for run in own),
        dead_lettered=sum(run.dead_lettered for run in own),
        missed=None if None in missed else sum(count for count in missed if count is not None),
        error=last.error,
    )
