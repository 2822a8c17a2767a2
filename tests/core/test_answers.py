"""What answers ask of us."""

from datetime import UTC, datetime

import pytest

from hubbub.core.answers import retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        (" 7 ", 7),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sun, 22 Nov 2026 19:01:30 +0700", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 12:01:30", 90),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("²", None),
        ("nan", None),
        ("9" * 400, None),
        ("Sun, 99 Nov 9999 99:99:99 GMT", None),
    ],
)
@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
def test_seconds_and_dates_are_read_and_nothing_else(name: str, said: str, seconds: float | None) -> None:
    assert retry_after({"Server": "x", name: said}, NOW) == seconds


def test_a_date_is_counted_from_a_time_alone() -> None:
    assert retry_after({"Retry-After": "Sun, 22 Nov 2026 12:01:30 GMT"}) is None
    assert retry_after({"Retry-After": "7"}) == 7
    assert retry_after({}, NOW) is None
