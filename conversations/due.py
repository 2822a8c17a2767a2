"""Until when somebody is to be answered."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from hubbub.core.service import WEEKDAYS, Hours, ServiceLevel


def due(level: ServiceLevel, asked: datetime, zone: tzinfo) -> datetime:
    """When the minutes of the level have passed since `asked`; of business hours only minutes within them count.

    Args:
        zone: of the business hours that name none.
    """
    return _later(asked, level.minutes, level.hours, zone)


def warned(level: ServiceLevel, asked: datetime, zone: tzinfo) -> datetime:
    """When to tell that it will soon be due."""
    return _later(asked, level.minutes - level.warning, level.hours, zone)


def _later(asked: datetime, minutes: int, hours: Hours | None, zone: tzinfo) -> datetime:
    left = timedelta(minutes=minutes)
    if hours is None:
        return asked + left
    for opens, closes in _shifts(hours, asked, hours.timezone or zone):
        begin = max(opens, asked)
        if begin + left <= closes:
            return begin + left
        left -= max(closes - begin, timedelta())
    raise OverflowError("business hours without an end of their holidays")


def _shifts(hours: Hours, asked: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The shifts from the day of `asked` on, in UTC."""
    day = asked.astimezone(zone).date()
    while day < date.max:
        if WEEKDAYS[day.weekday()] in hours.days and day not in hours.holidays:
            yield _at(day, hours.opens, zone), _at(day, hours.closes, zone)
        day += timedelta(days=1)


def _at(day: date, minutes: int, zone: tzinfo) -> datetime:
    days, minutes = divmod(minutes, 24 * 60)
    local = datetime.combine(day + timedelta(days=days), time(*divmod(minutes, 60)), zone)
    return local.astimezone(UTC)
