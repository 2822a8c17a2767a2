"""Everybody is told once, and later where it could not be at once."""

import pytest

from hubbub.alerts import ledger
from hubbub.alerts.outcome import Decision
from hubbub.core.alert import Alert
from hubbub.core.errors import Fatal, HubbubError, Retryable
from hubbub.core.records import AlertRecord
from tests.alerts.made import NOW, finding
from tests.alerts.shift import Room, Shift, decisions, some


def test_the_record_is_pending_while_the_message_is_under_way(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def send(_: Alert) -> dict[str, str]:
        seen.extend(record.state for record in shift.records())
        return {}

    monkeypatch.setattr(shift.room, "send", send)
    shift.run(finding())
    assert seen == ["pending"]


@pytest.mark.parametrize("trouble", [Retryable("the room is locked"), Fatal("no such room")])
def test_what_could_not_be_sent_is_sent_by_a_later_run_though_the_trouble_is_over(
    shift: Shift, trouble: HubbubError
) -> None:
    shift.room.trouble = trouble
    (outcome,) = shift.run(finding())
    assert outcome.decision is Decision.failed
    assert outcome.reason == f"{trouble}; it waits for the next run"
    assert shift.records()[0].state == "pending"
    assert decisions(shift.run(at=60)) == [Decision.failed]
    shift.room.trouble = None
    assert decisions(shift.run(at=120)) == [Decision.sent]
    assert shift.run(at=125) == []
    assert [alert.findings[0].end for alert in shift.room.heard] == [NOW]


def test_what_arrived_without_an_answer_is_not_sent_again(shift: Shift) -> None:
    shift.room.deaf = Retryable("the line was cut")
    assert decisions(shift.run(finding())) == [Decision.failed]
    (outcome,) = shift.run(at=5)
    assert (outcome.decision, outcome.reason) == (
        Decision.already_sent,
        "an earlier try had arrived, only its answer was lost",
    )
    assert len(shift.room.heard) == 1
    assert shift.records()[0].receipts == {"room": {"at": "found"}}


def test_the_claim_of_another_worker_is_respected_for_a_minute(shift: Shift) -> None:
    """A worker that was killed leaves its claim behind."""
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding())
    shift.room.trouble = None
    key = shift.records()[0].key
    assert ledger.claim(shift.state, key, lambda: NOW) is not None
    (outcome,) = shift.run(at=0.9)
    assert (outcome.decision, outcome.reason) == (Decision.already_sent, "another worker is sending it just now")
    assert shift.room.heard == []
    assert decisions(shift.run(at=1)) == [Decision.sent]
    assert shift.records()[0].claimed is None


def test_a_notifier_that_fails_is_tried_again_alone(shift: Shift) -> None:
    other = Room("other")
    shift.rooms = [shift.room, other]
    shift.room.trouble = Retryable("the room is locked")
    (outcome,) = shift.run(finding())
    assert (outcome.decision, outcome.reason) == (Decision.failed, "the room is locked; it waits for the next run")
    (record,) = shift.records()
    assert (record.state, record.receipts) == ("pending", {"other": {"at": "1"}})
    assert decisions(shift.run(finding(5), at=5)) == [Decision.grouped, Decision.failed]
    shift.room.trouble = None
    assert decisions(shift.run(at=10)) == [Decision.sent]
    assert (len(shift.room.heard), len(other.heard)) == (1, 1)
    assert (shift.records()[0].state, set(shift.records()[0].receipts)) == ("sent", {"room", "other"})


def test_every_notifier_that_fails_is_named(shift: Shift) -> None:
    shift.rooms = [shift.room, Room("other")]
    for room, trouble in zip(shift.rooms, (Retryable("the room is locked"), Fatal("no such room")), strict=True):
        room.trouble = trouble
    (outcome,) = shift.run(finding())
    assert outcome.reason == "the room is locked; no such room; it waits for the next run"


def test_what_is_sent_later_quotes_what_is_left_then(shift: Shift) -> None:
    shift.mentions = some(1, 2)
    shift.room.trouble = Retryable("the room is locked")
    shift.run(finding())
    shift.mentions, shift.room.trouble = some(2), None
    assert decisions(shift.run(at=5)) == [Decision.sent]
    assert [post.text for post in shift.room.heard[0].evidence] == ["angry 2"]


def test_what_was_deleted_while_nobody_knew_that_the_message_had_arrived_is_taken_out(shift: Shift) -> None:
    shift.mentions = some(1, 2)
    shift.room.deaf = Retryable("the line was cut")
    shift.run(finding())
    shift.mentions = some(2)
    assert decisions(shift.run(at=5)) == [Decision.already_sent]
    (shown,) = shift.room.shown.values()
    assert [post.text for post in shown.evidence] == ["angry 2"]


def test_the_claim_lasts_anew_for_the_next_notifier(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Room("other")
    shift.rooms = [shift.room, other]
    claims: list[AlertRecord] = []

    def send(_: Alert) -> dict[str, str]:
        claims.extend(shift.records())
        return {}

    monkeypatch.setattr(other, "send", send)
    shift.run(finding())
    assert [record.claimed for record in claims] == [NOW]
    assert [record.claimed for record in shift.records()] == [None]
