"""What the answers of HTTP servers ask of us."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that the answer asks to wait, by `Retry-After` (RFC 9110: seconds or a date); None where it says nothing
    that is understood.

    Args:
        headers: their names in any case.
        now: what a date is counted from; without it, a date is not understood.
    """
    said = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if re.fullmatch(r"[0-9]{1,18}", said):
        return float(said)
    if now is None:
        return None
    try:
        date = parsedate_to_datetime(said)
        return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
