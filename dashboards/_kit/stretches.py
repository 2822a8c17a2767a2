"""Even stretches of time: how a question asks for them, and how a reply is read."""

from datetime import datetime, timedelta

from hubbub.core.moments import from_milliseconds
from hubbub.dashboards._kit.answers import Row
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.sentiment import SPLIT, counts


def asked(period: Period, most: int, *, split: bool) -> Json:
    """The aggregation that counts mentions in at most `most` stretches, each of them by sentiment where it splits."""
    width = period.width(most)
    steps = {"fixed_interval": _span(width), "offset": _span(period.offset(width)), "min_doc_count": 0}
    histogram = {"date_histogram": {"field": "@timestamp", **steps}}
    return {"time": {**histogram, "aggs": SPLIT} if split else histogram}


def read(reply: Json, period: Period, most: int) -> list[Row]:
    """A row for every stretch of the period, those without mentions too."""
    width = period.width(most)
    found = {from_milliseconds(bucket["key"]): bucket for bucket in reply["aggregations"]["time"]["buckets"]}
    return [
        Row(said(start, start + width), bucket["doc_count"], counts(bucket), start, start + width)
        for start in period.starts(width)
        for bucket in [found.get(start, {"doc_count": 0})]
    ]


def said(start: datetime, end: datetime) -> str:
    """A stretch of time in words: `Sat 21 Nov 2026, 06:00-12:00`."""
    if end - start < timedelta(days=1):
        return f"{start:%a} {start.day} {start:%b %Y, %H:%M}\u2013{end:%H:%M}"
    if end - start == timedelta(days=1):
        return f"{start:%a} {start.day} {start:%b %Y}"
    last = end - timedelta(days=1)
    return f"{start.day} {start:%b %Y} \u2013 {last.day} {last:%b %Y}"


def _span(length: timedelta) -> str:
    return f"{length // timedelta(seconds=1)}s"
