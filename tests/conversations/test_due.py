"""Until when somebody is to be answered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.conversations.due import due, warned
from hubbub.core.service import Hours, ServiceLevel, Severity, level_of
from tests.conversations.made import BANGKOK

OFFICE = Hours.model_validate({"opens": "09:00", "closes": "18:00", "holidays": ["2026-12-10"]})


def office(minutes: int, **more: object) -> ServiceLevel:
    return ServiceLevel.model_validate({"minutes": minutes, "hours": OFFICE, **more})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("asked", "minutes", "until"),
    [
        ("2026-12-07T10:00", 60, "2026-12-07T11:00"),
        ("2026-12-07T17:30", 60, "2026-12-08T09:30"),
        ("2026-12-07T17:00", 60, "2026-12-07T18:00"),
        ("2026-12-07T03:00", 60, "2026-12-07T10:00"),
        ("2026-12-09T17:30", 60, "2026-12-11T09:30"),  # over a holiday
        ("2026-12-11T17:30", 60, "2026-12-14T09:30"),  # over a weekend
        ("2026-12-12T12:00", 60, "2026-12-14T10:00"),
        ("2026-12-07T09:00", 9 * 60 * 2, "2026-12-08T18:00"),
    ],
)
def test_business_hours_alone_count(asked, minutes, until):
    assert due(office(minutes), local(asked), BANGKOK) == local(until)


def test_day_and_night():
    asked = local("2026-12-12T23:50")
    assert due(ServiceLevel(minutes=30), asked, BANGKOK) == asked + timedelta(minutes=30)


def test_the_hours_have_a_zone_of_their_own():
    hours = Hours.model_validate({"opens": "00:00", "closes": "24:00", "timezone": "UTC", "days": ["mon"]})
    level = ServiceLevel(minutes=60, hours=hours)
    assert due(level, local("2026-12-07T06:30"), BANGKOK) == local("2026-12-07T08:00")


def test_it_warns_before_the_breach_in_business_hours_too():
    assert warned(office(60, warning_minutes=45), local("2026-12-07T17:50"), BANGKOK) == local("2026-12-08T09:05")
    assert warned(ServiceLevel(minutes=30), local("2026-12-07T17:50"), BANGKOK) == local("2026-12-07T18:10")


def test_the_first_level_that_fits_counts():
    levels = (
        ServiceLevel(severity=Severity.high, minutes=5),
        ServiceLevel(brand="Lumo", platform="reddit", minutes=240),
        ServiceLevel(brand="Lumo", minutes=15),
    )
    asked = [("Lumo", "x", None), ("Lumo", "reddit", None), ("Lumo", "reddit", Severity.high), ("Acme", "x", None)]
    assert [level_of(levels, *each).minutes for each in asked] == [15, 240, 5, 30]


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@given(MOMENTS, st.integers(1, 3000), st.integers(0, 3000))
def test_who_asks_later_or_may_wait_longer_is_due_no_earlier(asked, minutes, more):
    first = due(office(minutes), asked, BANGKOK)
    assert first >= asked + timedelta(minutes=minutes)
    assert due(office(minutes), asked + timedelta(minutes=more), BANGKOK) >= first
    assert due(office(minutes + more), asked, BANGKOK) >= first
    shift = first.astimezone(BANGKOK)
    assert 9 * 60 <= shift.hour * 60 + shift.minute <= 18 * 60
    assert shift.weekday() < 5
