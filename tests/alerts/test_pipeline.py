"""What is told, what is remembered of it, and what is counted."""

from datetime import timedelta

from hubbub.alerts.outcome import Decision, Outcome
from hubbub.core.alert import Mute, Subject
from hubbub.core.errors import Retryable
from tests.alerts.made import NOW, broken, finding
from tests.alerts.shift import Shift


def test_a_finding_is_told(shift: Shift) -> None:
    (outcome,) = shift.run(finding())
    assert outcome == Outcome(
        rule="negative_surge",
        subject=Subject(kind="brand", name="Mekara"),
        brand="Mekara",
        decision=Decision.sent,
        reason="Mekara: 57 negative mentions in one hour, usual is 3",
        key=shift.room.heard[0].key,
    )
    (record,) = shift.records()
    assert (record.state, record.receipts, record.claimed) == ("sent", {"room": {"at": "1"}}, None)
    assert record.mentions == ("x:1",)


def test_nothing_found_is_nothing_told(shift: Shift) -> None:
    assert shift.run() == []


def test_times_are_said_in_the_teams_zone(shift: Shift) -> None:
    shift.run(finding(), zone="Asia/Bangkok")
    assert "18:00 to 19:00 +07" in shift.room.heard[0].summary
    (outcome,) = shift.run(finding(5), at=5, zone="Asia/Bangkok")
    assert outcome.reason == "the trouble told at 2026-11-20 19:00 +07 goes on"
    (outcome,) = shift.run(finding(7), at=7, mutes=[Mute(until=NOW + timedelta(hours=1))], zone="Asia/Bangkok")
    assert outcome.reason == "muted until 2026-11-20 20:00 +07"


def test_no_record_and_no_event_holds_anybodys_words_or_name(shift: Shift) -> None:
    for trouble in (Retryable("the room is locked"), None):
        shift.room.trouble = trouble
        shift.run(finding(), at=0 if trouble else 5)
        kept = str([record.body for record in shift.state.records.values()]) + str(shift.events)
        assert "x:1" in kept
        for words in ("declined", "joe", "x.example"):
            assert words not in kept
    shift.mentions = []
    shift.run(at=10)
    assert "x:1" not in str([record.body for record in shift.state.records.values()])


def test_every_change_of_an_alert_is_an_event(shift: Shift) -> None:
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding(), broken())
    shift.run(finding(5), at=5)
    shift.room.trouble = None
    shift.run(at=10)
    shift.mentions = []
    shift.run(at=15)
    surge, stall = (record.key for record in sorted(shift.records(), key=lambda record: record.findings[0].kind))
    assert set(shift.events) == {f"alert:{surge}:{o}" for o in ("failed", "sent", "edited")} | {
        f"alert:{stall}:{o}" for o in ("failed", "sent")
    }
    failed, sent = shift.events[f"alert:{surge}:failed"], shift.events[f"alert:{surge}:sent"]
    assert (failed.at, failed.fields["event.reason"]) == (NOW + timedelta(minutes=5), "the room is locked")
    assert failed.fields["event.end"] == NOW + timedelta(minutes=5)
    assert sent.at == NOW + timedelta(minutes=10)
    assert sent.fields == {
        "event.outcome": "sent",
        "event.start": NOW - timedelta(hours=1),
        "event.end": NOW + timedelta(minutes=5),
        "brand": "Mekara",
        "rule.name": "negative_surge",
        "rule.kind": "negative_surge",
        "alert.key": surge,
        "alert.severity": "warning",
        "alert.subject": "Mekara",
        "alert.observed": 57,
        "alert.expected": 3,
    }
    assert shift.events[f"alert:{stall}:sent"].fields["event.dataset"] == "reddit"
