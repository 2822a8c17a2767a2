"""A trouble is told once."""

from datetime import timedelta
from typing import Literal

import pytest

from hubbub.alerts.outcome import Decision
from hubbub.alerts.stages.dedup import Standing, standing
from hubbub.core.errors import Retryable
from hubbub.core.records import AlertRecord
from tests.alerts.made import NOW, broken, finding
from tests.alerts.shift import Shift, decisions


def test_two_hours_of_trouble_looked_at_every_five_minutes_are_one_alert_and_tomorrows_another(shift: Shift) -> None:
    for day in (0, 1440):
        for minutes in range(day, day + 180, 5):
            shift.run(finding(minutes), at=minutes)
    assert [alert.findings[0].end for alert in shift.room.heard] == [NOW, NOW + timedelta(days=1)]
    assert [alert.key.rpartition("-")[2] for alert in shift.room.heard] == ["1", "2"]


def test_a_whole_day_of_trouble_is_one_alert(shift: Shift) -> None:
    for minutes in range(0, 1440, 30):
        shift.run(finding(minutes), at=minutes)
    assert len(shift.room.heard) == 1


@pytest.mark.parametrize(("pause", "alerts"), [(120, 1), (121, 2)])
def test_trouble_within_an_hour_after_the_last_window_is_the_same(shift: Shift, pause: int, alerts: int) -> None:
    shift.run(finding(0))
    shift.run(finding(pause), at=pause)
    assert len(shift.room.heard) == alerts


def test_what_was_told_is_said_to_be_told(shift: Shift) -> None:
    shift.run(finding(0))
    (outcome,) = shift.run(finding(5), at=5)
    assert outcome.decision is Decision.already_sent
    assert outcome.reason == "the trouble told at 2026-11-20 12:00 UTC goes on"


def test_a_source_that_stays_broken_is_told_once(shift: Shift) -> None:
    for minutes in range(0, 3 * 1440, 60):
        shift.run(broken(minutes), at=minutes)
    assert len(shift.room.heard) == 1


def test_trouble_that_goes_on_while_nothing_can_be_sent_is_one_alert(shift: Shift) -> None:
    shift.room.trouble = Retryable("the room is locked")
    for minutes in range(0, 600, 5):
        shift.run(finding(minutes), at=minutes)
    shift.room.trouble = None
    shift.run(finding(600), at=600)
    shift.run(finding(605), at=605)
    assert len(shift.room.heard) == len(shift.records()) == 1


def test_what_goes_on_of_two_rules_is_told_to_its_latest_end(shift: Shift) -> None:
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding(rule="a_rule", count=60), finding(rule="b_rule"))
    shift.room.trouble = None
    shift.run(finding(10, rule="a_rule", count=60), finding(5, rule="b_rule"), at=10)
    assert [record.until for record in shift.records()] == [NOW + timedelta(minutes=10)]


def test_an_alert_that_nobody_can_use_any_more_is_dropped_and_ongoing_trouble_told_anew(shift: Shift) -> None:
    shift.room.trouble = Retryable("the room is locked")
    for minutes in range(0, 1441, 60):
        shift.run(finding(minutes), at=minutes)
    shift.room.trouble = None
    outcomes = shift.run(finding(1441), at=1441)
    assert decisions(outcomes) == [Decision.dropped, Decision.sent]
    assert outcomes[0].reason == "could not be sent for 24 hours"
    assert [alert.findings[0].end for alert in shift.room.heard] == [NOW + timedelta(minutes=1441)]


def test_an_alert_that_is_dropped_is_an_event(shift: Shift) -> None:
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding())
    shift.run(at=1441)
    assert [event.fields["event.outcome"] for event in shift.events.values()] == ["failed", "dropped"]


@pytest.mark.parametrize(
    ("state", "minutes", "answer"),
    [
        (None, 0, Standing.new),
        ("sent", 0, Standing.told),
        ("sent", 1441, Standing.told),
        ("pending", 1440, Standing.waiting),
        ("pending", 1441, Standing.too_old),
    ],
)
def test_how_a_trouble_stands_is_told_by_its_record_and_the_clock(
    state: Literal["pending", "sent"] | None, minutes: float, answer: Standing
) -> None:
    record = state and AlertRecord(key="k-1", findings=(finding(),), state=state, since=NOW, until=NOW)
    assert standing(record, lambda: NOW + timedelta(minutes=minutes)) is answer
