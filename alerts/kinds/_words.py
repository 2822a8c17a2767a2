"""Numbers and times as an alert's message says them."""

from datetime import datetime, timedelta, tzinfo

from hubbub.core.moments import shown


def number(value: float) -> str:
    """Whole from ten on, below that with one digit where it is not zero: 0.4, 3, 57."""
    if 0 < value < 0.05:
        return "less than 0.1"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def span(length: timedelta) -> str:
    """`30 minutes`, `one hour`, `26 hours`, `5 days`."""
    minutes = round(length.total_seconds() / 60)
    if minutes == 60:
        return "one hour"
    if minutes % 60 and minutes < 120:
        return f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 72 else f"{round(hours / 24)} days"


def period(start: datetime, end: datetime, zone: tzinfo) -> str:
    """In the zone; the day is said once where it is the same."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() != last.date():
        return f"{first:%Y-%m-%d %H:%M} to {shown(end, zone)}"
    return f"{first:%Y-%m-%d %H:%M} to {last:%H:%M %Z}"
