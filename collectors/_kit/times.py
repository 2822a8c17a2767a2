"""Reads the times of exports: ISO 8601, days written in another order, Excel's serial numbers, the Buddhist era.

A time that names no zone is read in the source's. Where the clocks there went forward over it, it is that long after
the change; where they went back and it came twice, it is the first. A year from 2400 on is of the Buddhist era.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

from hubbub.core.errors import Skippable
from hubbub.core.moments import EPOCH

DateFormat = Literal["dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd", "excel"]

_EXCEL = datetime(1899, 12, 30)  # since 1 March 1900: Excel's calendar has a 29 February before it, which never was
_EXCEL_FIRST = 61
_BUDDHIST = 543  # years
_CLOCK = (
    r"(?:[ T,]+(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?: ?(?:(?P<half>[AaPp])\.?[Mm]\.?|น\.?))?)?"
)
_ORDERS = {
    "dd/mm/yyyy": re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4})" + _CLOCK),
    "mm/dd/yyyy": re.compile(r"(?P<month>\d{1,2})([/.-])(?P<day>\d{1,2})\2(?P<year>\d{4})" + _CLOCK),
    "yyyy-mm-dd": re.compile(r"(?P<year>\d{4})([/.-])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _CLOCK),
}
_SHORT_YEAR = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}(?!\d).*", re.DOTALL)
_OTHER_ORDER = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{2,4}(?!\d).*", re.DOTALL)
_SINCE_1970 = re.compile(r"[0-9]{9,14}(\.[0-9]+)?")
_NUMBER = re.compile(r"[0-9]{1,7}([.,][0-9]+)?")


@dataclass(frozen=True)
class Times:
    """How a source writes its times.

    Attributes:
        zone: of a time that names none.
        date_format: the order of a date's parts, whether `/`, `-` or `.` stands between them and with or without a time
            behind (`9:15`, `09:15:00`, `9:15 PM`, `09.15 น.`), or Excel's serial numbers. None reads ISO 8601, and
            seconds or milliseconds since 1970.
    """

    zone: tzinfo = UTC
    date_format: DateFormat | None = None

    def moment(self, value: Any) -> datetime:
        """The time in UTC.

        Raises:
            Skippable: it is none, or can be read in more than one way; the reason says what to set.
        """
        value = value.strip() if isinstance(value, str) else value
        if value is None or value == "":
            raise Skippable("has no time")
        try:
            said = self._read(value)
            return (said if said.tzinfo else said.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Skippable(self._reason(value)) from None

    def _read(self, value: Any) -> datetime:
        """The time, in no zone where it names none.

        Raises:
            ValueError, OverflowError: it is no time.
        """
        number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        if self.date_format == "excel":
            return from_excel(float(value.replace(",", ".")) if _matches(_NUMBER, value) else number)
        if self.date_format is not None:
            return _in_order(_ORDERS[self.date_format], value)
        if number is None and _matches(_SINCE_1970, value):
            number = float(value)
        return _since_1970(number) if number is not None else _iso(value)

    def _reason(self, value: Any) -> str:
        if self.date_format is not None:
            if self.date_format != "excel" and _matches(_SHORT_YEAR, value):
                return "has a year of two digits, which can be of two eras; export it with four"
            return f"has a time that is not {self.date_format}, as `date_format` says"
        if _matches(_OTHER_ORDER, value):
            return "has a time that can be read in more than one way; say `date_format: dd/mm/yyyy` or mm/dd/yyyy"
        if _matches(_NUMBER, str(value)):
            return "has a small number for a time; if it is Excel's, say `date_format: excel`"
        return "has no time that can be read"


def from_excel(serial: float | None) -> datetime:
    """The local time of a serial number: days since 1900 in Excel's counting, the time of day behind the point; to the
    millisecond.

    Raises:
        ValueError, OverflowError: it is none, or before March 1900, from when on Excel counts as everybody does.
    """
    if serial is None or not math.isfinite(serial) or serial < _EXCEL_FIRST:
        raise ValueError("no serial number")
    return _of_our_era(_EXCEL + timedelta(milliseconds=round(serial * 86_400_000)))


def _in_order(order: re.Pattern[str], value: Any) -> datetime:
    found = order.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("another format")
    year, month, day = (int(found[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour")
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    return datetime(_our_year(year), month, day, hour, minute, second)


def _iso(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("no text")
    year = re.match(r"[0-9]{4}", value)
    return datetime.fromisoformat(f"{_our_year(int(year[0])):04}{value[4:]}" if year else value)


def _since_1970(number: float) -> datetime:
    """Seconds or milliseconds; what would be before March 1973 is something else (Excel's days, a year)."""
    if abs(number) < 1e8:
        raise ValueError("too small")
    return EPOCH + timedelta(seconds=number / 1000 if abs(number) >= 1e11 else number)


def _of_our_era(moment: datetime) -> datetime:
    return moment.replace(year=_our_year(moment.year))


def _our_year(year: int) -> int:
    return year - _BUDDHIST if year >= 2400 else year


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
