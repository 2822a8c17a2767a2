"""How much the report can know: which platforms spoke, what the runs of the sources read, and what is not counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hubbub.core.customers import CUSTOMERS
from hubbub.core.moments import from_milliseconds, iso
from hubbub.core.records import Run
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Search


@dataclass(frozen=True)
class PlatformState:
    """When a platform spoke.

    Attributes:
        mentions: by anyone, in the period.
        last: its newest mention up to the period's end, whenever that was.
    """

    name: str
    mentions: int
    last: datetime


@dataclass(frozen=True)
class SourceState:
    """All given runs of one source together. `fetched` is the sum of the five counts that follow it.

    Attributes:
        known: records of mentions that were here already, updated or not.
        deleted: records of mentions that the source says are gone.
        missed: records that could not be read, as far as the runs can tell.
        all_told: every run can tell how many it missed.
        error: the line that ended the last run early.
        failures: so many runs in a row ended early, up to the last one.
        finished: the last run came to its end.
        brand_unknown: records that name a brand that the watch list does not have.
    """

    name: str
    runs: int
    last: datetime
    finished: bool
    fetched: int
    new: int
    known: int
    dropped: int
    deleted: int
    dead_lettered: int
    missed: int
    all_told: bool
    error: str | None
    failures: int
    brand_unknown: int


@dataclass(frozen=True)
class Coverage:
    """What the numbers of a period rest on.

    Attributes:
        customers: their mentions in the period.
        brands: customers' mentions in the period by brand, most first; one about two brands counts for both.
        uncertain: customers' mentions in the period of whose sentiment the model is not sure.
        uncounted: mentions in the period by the brands themselves, or about competitors alone.
    """

    customers: int
    brands: dict[str, int]
    platforms: list[PlatformState]
    sources: list[SourceState]
    uncertain: int
    uncounted: int

    @property
    def silent(self) -> list[PlatformState]:
        """The platforms that spoke before, and not in the period."""
        return [platform for platform in self.platforms if not platform.mentions]


def look(search: Search, period: Period, runs: Sequence[Run]) -> Coverage:
    """Asks twice: what the platforms said up to the period's end, and whose mentions there are within it.

    Raises what `search` raises.
    """
    ever = search(
        {
            "query": {"range": {"@timestamp": {"lte": iso(period.end)}}},
            "size": 0,
            "aggs": {
                "platform": {
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
        customers=customers["doc_count"],
        brands={bucket["key"]: bucket["doc_count"] for bucket in customers["brand"]["buckets"]},
        platforms=sorted(
            (
                PlatformState(bucket["key"], bucket["period"]["doc_count"], from_milliseconds(bucket["last"]["value"]))
                for bucket in ever["platform"]["buckets"]
            ),
            key=lambda platform: (-platform.mentions, platform.name),
        ),
        sources=[_source(name, runs) for name in sorted({run.entry for run in runs})],
        uncertain=customers["uncertain"]["doc_count"],
        uncounted=int(now["hits"]["total"]["value"]) - customers["doc_count"],
    )


def _source(name: str, runs: Sequence[Run]) -> SourceState:
    own = sorted((run for run in runs if run.entry == name), key=lambda run: run.started)
    last = own[-1]
    return SourceState(
        name=name,
        runs=len(own),
        last=last.finished or last.started,
        finished=last.finished is not None,
        fetched=sum(run.fetched for run in own),
        new=sum(run.new for run in own),
        known=sum(run.updated + run.unchanged for run in own),
        dropped=sum(run.dropped for run in own),
        deleted=sum(run.deleted + run.gone_unknown for run in own),
        dead_lettered=sum(run.dead_lettered for run in own),
        missed=sum(run.missed or 0 for run in own),
        all_told=all(run.missed is not None for run in own),
        error=last.error,
        failures=last.failures,
        brand_unknown=sum(run.brand_unknown for run in own if run.since is None),
    )
