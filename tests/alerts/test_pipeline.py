"""What is told, what is not, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from hubbub.alerts.pipeline import Decision, Outcome, raise_alerts
from hubbub.core.alert import Alert, Finding, Mute
from hubbub.core.errors import Fatal, HubbubError, Retryable
from hubbub.core.records import AlertRecord, RecordKind
from tests.alerts.made import NOW, MemoryState, evidence, finding


class Room:
    """A notifier that remembers; `trouble` is raised instead, `deaf` after the message arrived."""

    name = "room"

    def __init__(self) -> None:
        self.heard: list[Alert] = []
        self.trouble: HubbubError | None = None
        self.deaf: HubbubError | None = None

    def send(self, alert: Alert) -> dict[str, str]:
        if self.trouble:
            raise self.trouble
        self.heard.append(alert)
        if self.deaf:
            raise self.deaf
        return {"at": str(len(self.heard))}

    def find(self, alert: Alert) -> dict[str, str] | None:
        if self.trouble:
            raise self.trouble
        return {"at": "found"} if alert.key in [heard.key for heard in self.heard] else None


class Desk:
    """A state and a room, run after run."""

    def __init__(self) -> None:
        self.state, self.room = MemoryState(), Room()

    def run(self, *findings: Finding, at: float = 0, mutes: Sequence[Mute] = ()) -> list[Outcome]:
        return raise_alerts(
            findings,
            evidence=evidence,
            state=self.state,
            notifier=self.room,
            mutes=mutes,
            clock=lambda: NOW + timedelta(minutes=at),
        )

    def records(self) -> list[AlertRecord]:
        return [AlertRecord.model_validate(body) for _, body in self.state.list(RecordKind.alert)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def decisions(outcomes: Sequence[Outcome]) -> list[Decision]:
    return [outcome.decision for outcome in outcomes]


def test_a_finding_is_told(desk: Desk) -> None:
    (outcome,) = desk.run(finding())
    assert outcome == Outcome(
        rule="negative_surge",
        brand="Mekara",
        decision=Decision.sent,
        reason="Mekara: 57 negative mentions in one hour, usual is 3",
        key=desk.room.heard[0].key,
    )
    (record,) = desk.records()
    assert (record.state, record.receipt, record.notifier) == ("sent", {"at": "1"}, "room")
    assert desk.state.list(RecordKind.claim) == []


def test_nothing_found_is_nothing_told(desk: Desk) -> None:
    assert desk.run() == []


def test_the_record_is_pending_while_the_message_is_under_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def send(_: Alert) -> dict[str, str]:
        seen.extend(record.state for record in desk.records())
        return {}

    monkeypatch.setattr(desk.room, "send", send)
    desk.run(finding())
    assert seen == ["pending"]


def test_two_hours_of_trouble_looked_at_every_five_minutes_are_one_alert_and_tomorrows_another(desk: Desk) -> None:
    for day in (0, 1440):
        for minutes in range(day, day + 180, 5):
            desk.run(finding(minutes), at=minutes)
    assert [alert.finding.end for alert in desk.room.heard] == [NOW, NOW + timedelta(days=1)]
    assert len({alert.key for alert in desk.room.heard}) == 2


def test_a_whole_day_of_trouble_is_one_alert(desk: Desk) -> None:
    for minutes in range(0, 1440, 30):
        desk.run(finding(minutes), at=minutes)
    assert len(desk.room.heard) == 1


@pytest.mark.parametrize(("pause", "alerts"), [(120, 1), (121, 2)])
def test_trouble_within_an_hour_after_the_last_window_is_the_same(desk: Desk, pause: int, alerts: int) -> None:
    desk.run(finding(0))
    desk.run(finding(pause), at=pause)
    assert len(desk.room.heard) == alerts


def test_what_was_told_is_said_to_be_told(desk: Desk) -> None:
    desk.run(finding(0))
    (outcome,) = desk.run(finding(5), at=5)
    assert outcome.decision is Decision.already_sent
    assert outcome.reason == "the trouble told at 2026-11-20 12:00 UTC goes on"


def test_findings_of_one_brand_are_one_message(desk: Desk) -> None:
    outcomes = desk.run(finding(count=20, rule="b_rule"), finding(count=57), finding(brand="Other"))
    assert sorted(decisions(outcomes)) == [Decision.grouped, Decision.sent, Decision.sent]
    first, other = desk.room.heard
    assert (first.finding.count, [found.rule for found in first.also]) == (57, ["b_rule"])
    assert "b_rule: 20 negative mentions" in first.summary
    assert other.finding.brand == "Other"


def test_a_grouped_finding_is_not_told_again_alone(desk: Desk) -> None:
    desk.run(finding(rule="a_rule", count=60), finding(rule="b_rule"))
    outcomes = desk.run(finding(5, rule="b_rule"), at=5)
    assert decisions(outcomes) == [Decision.already_sent]


def test_another_rule_that_finds_something_later_is_told(desk: Desk) -> None:
    desk.run(finding(rule="a_rule"))
    outcomes = desk.run(finding(5, rule="a_rule"), finding(5, rule="b_rule", count=9), at=5)
    assert [alert.finding.rule for alert in desk.room.heard] == ["a_rule", "b_rule"]
    assert Decision.sent in decisions(outcomes)


@pytest.mark.parametrize(
    "mute",
    [
        Mute(until=NOW),
        Mute(until=NOW, brand="Mekara"),
        Mute(until=NOW, rule="negative_surge"),
        Mute(until=NOW, rule="negative_surge", brand="Mekara"),
    ],
)
def test_a_mute_silences_until_its_end(desk: Desk, mute: Mute) -> None:
    (outcome,) = desk.run(finding(), mutes=[mute])
    assert (outcome.decision, outcome.reason) == (Decision.muted, "muted until 2026-11-20 12:00 UTC")
    assert desk.room.heard == desk.records() == []
    assert decisions(desk.run(finding(5), at=5, mutes=[mute])) == [Decision.sent]


@pytest.mark.parametrize("mute", [Mute(until=NOW, brand="Other"), Mute(until=NOW, rule="other")])
def test_a_mute_silences_nothing_else(desk: Desk, mute: Mute) -> None:
    assert decisions(desk.run(finding(), mutes=[mute])) == [Decision.sent]


@pytest.mark.parametrize("trouble", [Retryable("the room is locked"), Fatal("no such room")])
def test_what_could_not_be_sent_is_sent_by_a_later_run_though_the_trouble_is_over(
    desk: Desk, trouble: HubbubError
) -> None:
    desk.room.trouble = trouble
    (outcome,) = desk.run(finding())
    assert outcome.decision is Decision.failed
    assert outcome.reason == f"{trouble}; it waits for the next run"
    assert desk.records()[0].state == "pending"
    assert decisions(desk.run(at=60)) == [Decision.failed]
    desk.room.trouble = None
    assert decisions(desk.run(at=120)) == [Decision.sent]
    assert desk.run(at=125) == []
    assert [alert.finding.end for alert in desk.room.heard] == [NOW]


def test_trouble_that_goes_on_while_nothing_can_be_sent_is_one_alert(desk: Desk) -> None:
    desk.room.trouble = Retryable("the room is locked")
    for minutes in range(0, 600, 5):
        desk.run(finding(minutes), at=minutes)
    desk.room.trouble = None
    desk.run(finding(600), at=600)
    desk.run(finding(605), at=605)
    assert len(desk.room.heard) == len(desk.records()) == 1


def test_what_arrived_without_an_answer_is_not_sent_again(desk: Desk) -> None:
    desk.room.deaf = Retryable("the line was cut")
    assert decisions(desk.run(finding())) == [Decision.failed]
    (outcome,) = desk.run(at=5)
    assert (outcome.decision, outcome.reason) == (
        Decision.already_sent,
        "an earlier try had arrived, only its answer was lost",
    )
    assert len(desk.room.heard) == 1
    assert desk.records()[0].receipt == {"at": "found"}


def test_an_alert_that_nobody_can_use_any_more_is_dropped_and_ongoing_trouble_told_anew(desk: Desk) -> None:
    desk.room.trouble = Retryable("the room is locked")
    for minutes in range(0, 1441, 60):
        desk.run(finding(minutes), at=minutes)
    desk.room.trouble = None
    outcomes = desk.run(finding(1441), at=1441)
    assert decisions(outcomes) == [Decision.dropped, Decision.sent]
    assert outcomes[0].reason == "could not be sent for 24 hours"
    assert [alert.finding.end for alert in desk.room.heard] == [NOW + timedelta(minutes=1441)]


def test_a_waiting_alert_that_is_muted_goes_on_waiting(desk: Desk) -> None:
    desk.room.trouble = Retryable("the room is locked")
    desk.run(finding())
    desk.room.trouble = None
    assert decisions(desk.run(at=5, mutes=[Mute(until=NOW)])) == [Decision.muted]
    assert desk.room.heard == []
    assert decisions(desk.run(finding(10), at=10, mutes=[Mute(until=NOW)])) == [
        Decision.muted,
        Decision.grouped,
        Decision.sent,
    ]


def test_the_claim_of_another_worker_is_respected_for_a_minute(desk: Desk) -> None:
    """A worker that was killed leaves its claim behind."""
    desk.room.trouble = Retryable("the room is locked")
    desk.run(finding())
    desk.room.trouble = None
    key = desk.records()[0].alert.key
    desk.state.create(RecordKind.claim, f"{key}/0", {"at": datetime.isoformat(NOW)})
    (outcome,) = desk.run(at=0.9)
    assert (outcome.decision, outcome.reason) == (Decision.already_sent, "another worker is sending it just now")
    assert desk.room.heard == []
    assert decisions(desk.run(at=1)) == [Decision.sent]
    assert desk.state.list(RecordKind.claim) == []
