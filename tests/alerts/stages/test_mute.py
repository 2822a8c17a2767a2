"""What somebody silenced is not told."""

import pytest

from hubbub.alerts.outcome import Decision
from hubbub.core.alert import Mute
from hubbub.core.errors import Retryable
from tests.alerts.made import NOW, broken, finding
from tests.alerts.shift import Shift, decisions


@pytest.mark.parametrize(
    "mute",
    [
        Mute(until=NOW),
        Mute(until=NOW, brand="Mekara"),
        Mute(until=NOW, rule="negative_surge"),
        Mute(until=NOW, rule="negative_surge", brand="Mekara"),
    ],
)
def test_a_mute_silences_until_its_end(shift: Shift, mute: Mute) -> None:
    (outcome,) = shift.run(finding(), mutes=[mute])
    assert (outcome.decision, outcome.reason) == (Decision.muted, "muted until 2026-11-20 12:00 UTC")
    assert shift.room.heard == shift.records() == []
    assert decisions(shift.run(finding(5), at=5, mutes=[mute])) == [Decision.sent]


@pytest.mark.parametrize("mute", [Mute(until=NOW, brand="Other"), Mute(until=NOW, rule="other")])
def test_a_mute_silences_nothing_else(shift: Shift, mute: Mute) -> None:
    assert decisions(shift.run(finding(), mutes=[mute])) == [Decision.sent]


def test_a_mute_of_a_source_silences_it_alone(shift: Shift) -> None:
    outcomes = shift.run(finding(), broken(), broken(source="x"), mutes=[Mute(until=NOW, source="reddit")])
    assert sorted((o.subject.name, o.decision) for o in outcomes) == [
        ("Mekara", Decision.sent),
        ("reddit", Decision.muted),
        ("x", Decision.sent),
    ]


def test_a_waiting_alert_that_is_muted_goes_on_waiting(shift: Shift) -> None:
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding())
    shift.room.trouble = None
    assert decisions(shift.run(at=5, mutes=[Mute(until=NOW)])) == [Decision.muted]
    assert shift.room.heard == []
    assert decisions(shift.run(finding(10), at=10, mutes=[Mute(until=NOW)])) == [
        Decision.muted,
        Decision.grouped,
        Decision.sent,
    ]


@pytest.mark.parametrize("rule", ["a_rule", "b_rule"])
def test_a_waiting_alert_of_two_rules_is_muted_when_both_are(shift: Shift, rule: str) -> None:
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding(rule="a_rule", count=60), finding(rule="b_rule"))
    shift.room.trouble = None
    assert decisions(shift.run(at=5, mutes=[Mute(until=NOW)])) == [Decision.muted]
    assert decisions(shift.run(at=5, mutes=[Mute(until=NOW, rule=rule)])) == [Decision.sent]
