"""Times in and out."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.moments import EPOCH, from_milliseconds, iso, milliseconds

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones())


@given(MOMENTS)
def test_a_time_comes_back_from_its_milliseconds(moment: datetime) -> None:
    back = from_milliseconds(milliseconds(moment))
    assert back.tzinfo is UTC
    assert 0 <= (moment - back).total_seconds() < 0.001


@given(MOMENTS)
def test_iso_says_what_the_milliseconds_are(moment: datetime) -> None:
    assert milliseconds(datetime.fromisoformat(iso(moment))) == milliseconds(moment)


def test_milliseconds_count_from_1970() -> None:
    assert milliseconds(EPOCH) == 0
    assert milliseconds(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == -1
