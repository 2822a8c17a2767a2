"""The time that is looked at, and the even stretches that charts divide it into."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from hubbub.core.moments import EPOCH, from_milliseconds, iso
from hubbub.dashboards._kit.questions import Query, Search

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
    def within(self) -> Query:
        """The query that finds what was posted in the period."""
        return {"range": {"@timestamp": {"gte": iso(self.start), "lte": iso(self.end)}}}


def whole(search: Search) -> Period | None:
    """The period that holds all mentions; None when there are none."""
    bounds = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
    found = search({"query": {"match_all": {}}, "size": 0, "aggs": bounds})["aggregations"]
    if found["first"]["value"] is None:
        return None
    return Period(from_milliseconds(found["first"]["value"]), from_milliseconds(found["last"]["value"]))
