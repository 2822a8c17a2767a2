"""Asks the panels' questions over a period and reads the answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import singledispatch
from typing import Any

from hubbub.core.moments import EPOCH, from_milliseconds, iso
from hubbub.core.verdict import Label
from hubbub.dashboards.panel import Net, NetOverTime, OverTime, Panel, Question, Ranking

Json = dict[str, Any]
Search = Callable[[Mapping[str, Any]], Json]

_MONDAY = timedelta(days=4)
_WIDTHS = tuple(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24, 7 * 24, 14 * 24, 28 * 24, 91 * 24, 364 * 24))


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both within.

    Attributes:
        zone: whose midnights days and weeks begin at. All of the period is seen with the offset from UTC that the zone
            has at the end, also where its clocks were changed before.
        drawn: charts along time begin at the stretch that holds this time; None: at that which holds `start`.
    """

    start: datetime
    end: datetime
    zone: tzinfo = UTC
    drawn: datetime | None = None

    @property
    def clock(self) -> timezone:
        """The zone with the one offset that it has at the end."""
        return timezone(self.end.astimezone(self.zone).utcoffset() or timedelta())

    @property
    def clocks_changed(self) -> bool:
        """Whether the zone had another offset within the period than at its end, looked at week by week."""
        weeks = (self.end - self.start) // timedelta(weeks=1)
        looked_at = [self.start, *(self.end - timedelta(weeks=week) for week in range(weeks + 1))]
        return any(when.astimezone(self.zone).utcoffset() != self.clock.utcoffset(None) for when in looked_at)

    def since_first(self, first: datetime) -> "Period":
        """The same period, drawn from the very first mention on where it began before that."""
        return replace(self, drawn=first) if self.start < first <= self.end else self

    def width(self, most: int) -> timedelta:
        """The narrowest even stretch of time of which `most` cover the period; the widest, if none does."""
        return next((width for width in _WIDTHS if len(self.starts(width)) <= most), _WIDTHS[-1])

    def starts(self, width: timedelta) -> list[datetime]:
        """Where the stretches begin that cover what is drawn: on the hour, at midnight, or on a Monday of the zone."""
        zero = (EPOCH + self.offset(width)).astimezone(self.clock)
        first = ((self.drawn or self.start) - zero) // width
        last = (self.end - zero) // width
        return [zero + number * width for number in range(first, last + 1)]

    def offset(self, width: timedelta) -> timedelta:
        """How long after 1 January 1970, a Thursday, 00:00 UTC a stretch of that width begins; less than the width."""
        monday = _MONDAY if width % timedelta(days=7) == timedelta() else timedelta()
        return (monday - self.clock.utcoffset(None)) % width

    @property
    def within(self) -> Question:
        return {"range": {"@timestamp": {"gte": iso(self.start), "lte": iso(self.end)}}}


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
    """Attributes:
    total: all mentions that the panel's query finds in the period.
    hits: the documents, where the question asks for them.
    left_out: mentions of values that did not make it into the ranking.
    """

    total: int
    rows: list[Row] = field(default_factory=list)
    hits: list[Json] = field(default_factory=list)
    left_out: int = 0


def ask(panel: Panel, search: Search, period: Period) -> Answer:
    """Raises what `search` raises."""
    return _read(panel, search(body(panel, period)), period)


def body(panel: Panel, period: Period) -> Json:
    """The panel's question over the period, as it is sent to the index."""
    asked: Json = {**panel.question, "track_total_hits": True}
    asked["query"] = {"bool": {"filter": [panel.question["query"], period.within]}}
    time = panel.question.get("aggs", {}).get("time")
    if time:
        width = period.width(panel.most_buckets)
        steps = {"fixed_interval": _span(width), "offset": _span(period.offset(width)), "min_doc_count": 0}
        asked["aggs"] = {"time": {**time, "date_histogram": {**time["date_histogram"], **steps}}}
    return asked


def whole(search: Search) -> Period | None:
    """The period that holds all mentions; None when there are none."""
    bounds = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
    found = search({"query": {"match_all": {}}, "size": 0, "aggs": bounds})["aggregations"]
    if found["first"]["value"] is None:
        return None
    return Period(from_milliseconds(found["first"]["value"]), from_milliseconds(found["last"]["value"]))


@singledispatch
def _read(panel: Panel, reply: Json, period: Period) -> Answer:
    return Answer(total=_total(reply), hits=reply["hits"]["hits"])


@_read.register
def _(panel: Net, reply: Json, period: Period) -> Answer:
    row = Row("all", _total(reply), _counts(reply["aggregations"]))
    return Answer(total=row.total, rows=[row])


@_read.register(OverTime)
@_read.register(NetOverTime)
def _(panel: OverTime | NetOverTime, reply: Json, period: Period) -> Answer:
    width = period.width(panel.most_buckets)
    found = {from_milliseconds(bucket["key"]): bucket for bucket in reply["aggregations"]["time"]["buckets"]}
    rows = [
        Row(stretch(start, start + width), bucket["doc_count"], _counts(bucket), start, start + width)
        for start in period.starts(width)
        for bucket in [found.get(start, {"doc_count": 0})]
    ]
    return Answer(total=_total(reply), rows=rows)


@_read.register
def _(panel: Ranking, reply: Json, period: Period) -> Answer:
    values = reply["aggregations"]["values"]
    rows = [Row(str(bucket["key"]), bucket["doc_count"], _counts(bucket)) for bucket in values["buckets"]]
    return Answer(total=_total(reply), rows=rows, left_out=values.get("sum_other_doc_count", 0))


def stretch(start: datetime, end: datetime) -> str:
    """A stretch of time in words: `Sat 21 Nov 2026, 06:00-12:00`."""
    if end - start < timedelta(days=1):
        return f"{start:%a} {start.day} {start:%b %Y, %H:%M}\u2013{end:%H:%M}"
    if end - start == timedelta(days=1):
        return f"{start:%a} {start.day} {start:%b %Y}"
    last = end - timedelta(days=1)
    return f"{start.day} {start:%b %Y} \u2013 {last.day} {last:%b %Y}"


def _counts(bucket: Mapping[str, Any]) -> dict[str, int]:
    split = bucket.get("sentiment", {}).get("buckets", {})
    return {label.value: split.get(label.value, {}).get("doc_count", 0) for label in Label}


def _total(reply: Json) -> int:
    return int(reply["hits"]["total"]["value"])


def _span(length: timedelta) -> str:
    return f"{length // timedelta(seconds=1)}s"
