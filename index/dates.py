"""Dates as queries write them: ISO 8601 in whole or in part, milliseconds since 1970, and date math.

`now-24h`, `now/d`, `2026-11-01||+1d`:

https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options#date-math
"""

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.moments import from_milliseconds, milliseconds

_PARTS = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<hour>\d\d)?(?::(?P<minute>\d\d)(?::(?P<second>\d\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?)?)?"
)
_STEP = re.compile(r"(?P<sign>[+-])(?P<count>\d*)(?P<unit>[yMwdhHms])|/(?P<round>[yMwdhHms])")
_FIXED = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_LENGTH = re.compile(r"(?P<sign>[+-]?)(?P<count>\d+)(?P<unit>ms|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_LAST = timedelta(milliseconds=1)


def written(epoch: float, zone: timedelta = timedelta()) -> str:
    """Milliseconds since 1970 as Elasticsearch writes dates: `2026-11-01T00:00:00.000Z`."""
    moment = from_milliseconds(int(epoch)) + zone
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + (_offset(zone) or "Z")


def moment(asked: Any, now: datetime, up: bool = False) -> int:
    """Milliseconds since 1970. `up`: what is left out or rounded off stands for its last moment, not its first.

    Raises:
        Misconfigured: not a date.
    """
    if isinstance(asked, int) and abs(asked) < 10**18:
        return asked
    text = str(asked)
    try:
        if text.startswith("now"):
            return milliseconds(_steps(now, text[3:], up))
        anchor, bars, steps = text.partition("||")
        if bars:
            return milliseconds(_steps(_date(anchor, up=False), steps, up))
        if re.fullmatch(r"-?\d{5,18}", text):
            return int(text)
        return milliseconds(_date(text, up))
    except (ValueError, OverflowError):
        raise Misconfigured(
            f"not a date: {text!r}; write it like 2026-11-01T10:00:00Z, 2026-11-01 or now-24h"
        ) from None


def length(asked: Any) -> int:
    """A fixed span like `1d` or `-30m`, in milliseconds.

    Raises:
        Misconfigured: not a span of ms, s, m, h or d.
    """
    match = _LENGTH.fullmatch(str(asked))
    if not match:
        raise Misconfigured(f"not a fixed span of time: {asked!r}; write it like 30m, 12h or 1d")
    return int(match["sign"] + match["count"]) * _MILLISECONDS[match["unit"]]


def zone(asked: Any) -> timedelta:
    """An offset from UTC like `+07:00`.

    Raises:
        Misconfigured: anything else; zones with summer time are not known here.
    """
    if asked in ("Z", "UTC"):
        return timedelta()
    match = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(asked))
    if not match:
        raise Misconfigured(f"the embedded index takes a time zone as an offset like +07:00, not {asked!r}")
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -span if match[1] == "-" else span


def _offset(zone: timedelta) -> str:
    minutes = int(zone.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else ""


def _date(text: str, up: bool) -> datetime:
    match = _PARTS.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    hour, minute, second = (
        int(match[part] or high * up) for part, high in (("hour", 23), ("minute", 59), ("second", 59))
    )
    fraction = match["fraction"] or "9" * up
    micros = int(((fraction[:1] * 6 if not match["fraction"] else fraction) + "000000")[:6]) if fraction else 0
    offset = match["zone"] or "Z"
    shift = (
        timedelta()
        if offset == "Z"
        else datetime.strptime(offset.ljust(5, "0") if ":" not in offset else offset, "%z").utcoffset()
    )
    return datetime(year, month, day, hour, minute, second, micros, tzinfo=UTC) - (shift or timedelta())


def _steps(start: datetime, steps: str, up: bool) -> datetime:
    at, moved = 0, start
    while at < len(steps):
        match = _STEP.match(steps, at)
        if not match:
            raise ValueError(steps)
        at = match.end()
        if match["round"]:
            moved = _floor(moved, match["round"])
            moved = _add(moved, match["round"], 1) - _LAST if up else moved
        else:
            moved = _add(moved, match["unit"], int(match["sign"] + (match["count"] or "1")))
    return moved


def _add(start: datetime, unit: str, count: int) -> datetime:
    if unit in "yM":
        months = start.year * 12 + start.month - 1 + count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return start.replace(year=year, month=month + 1, day=day)
    return start + count * _FIXED[unit.lower()]


def _floor(start: datetime, unit: str) -> datetime:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "y":
            return midnight.replace(month=1, day=1)
        case "M":
            return midnight.replace(day=1)
        case "w":
            return midnight - timedelta(days=start.weekday())
    return start - (start - midnight) % _FIXED[unit.lower()]
