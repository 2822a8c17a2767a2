"""Times as the program takes, keeps and shows them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from hubbub.core.errors import Misconfigured

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def _of_our_time(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 2100:
        raise ValueError("lies outside the years 1970 to 2099; are seconds and milliseconds mixed up?")
    return moment


Utc = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Moment = Annotated[Utc, AfterValidator(_of_our_time)]
"""When something was said or seen: UTC, 1970 to 2099."""


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    past = moment - EPOCH
    return (past.days * 86_400 + past.seconds) * 1000 + past.microseconds // 1000


def from_milliseconds(number: float) -> datetime:
    """The time so many milliseconds after 1970 began, in UTC."""
    return EPOCH + timedelta(milliseconds=number)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond, as both indexes keep it: `2026-11-01T00:00:00.000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def ahead(text: str, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The time to come that somebody names: so long after `now` (`30m`, `12h`, `7d`, `2w`), or an ISO time.

    Args:
        zone: of an ISO time that names none.

    Raises:
        Misconfigured: it is neither, or not after `now`.
    """
    moment = _moment(text, now, zone, 1)
    if moment <= now:
        raise Misconfigured(f"{text.strip()[:40]!r} is past; name a time to come")
    return moment


def since(text: str, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The time that `--since` names: so long before `now` (`30m`, `12h`, `7d`, `2w`), or an ISO time.

    Args:
        zone: of an ISO time that names none.

    Raises:
        Misconfigured: it is neither.
    """
    return _moment(text, now, zone, -1)


def _moment(text: str, now: datetime, zone: tzinfo, sign: int) -> datetime:
    said = text.strip()
    try:
        if span := re.fullmatch(r"(\d{1,6})([mhdw])", said):
            return now + sign * timedelta(**{_UNITS[span[2]]: int(span[1])})
        moment = datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misconfigured(f"{said[:40]!r} is no time: write 30m, 12h, 7d, 2w or 2026-11-24T09:00") from None


def shown(moment: datetime, zone: tzinfo = UTC) -> str:
    """To the minute, in the zone, with its name: `2026-11-01 07:00 +07`, `2026-11-01 00:00 UTC`."""
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local:%Z}"
