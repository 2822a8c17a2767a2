"""What is told, what is not, and why."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from hubbub.alerts import ledger
from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.pipeline import raise_alerts
from hubbub.alerts.stage import Tools
from hubbub.core.alert import Alert, Evidence, Finding, Mute, Subject
from hubbub.core.errors import Fatal, HubbubError, Retryable
from hubbub.core.events import Event
from hubbub.core.records import AlertRecord, RecordKind
from tests.alerts.made import NOW, POST, MemoryState, broken, finding


class Room:
    """A notifier that remembers; `trouble` is raised instead, `deaf` after the message arrived."""

    def __init__(self, name: str = "room") -> None:
        self.name = name
        self.heard: list[Alert] = []
        self.shown: dict[str, Alert] = {}
        self.trouble: HubbubError | None = None
        self.deaf: HubbubError | None = None

    def send(self, alert: Alert) -> dict[str, str]:
        if self.trouble:
            raise self.trouble
        self.heard.append(alert)
        self.shown[alert.key] = alert
        if self.deaf:
            raise self.deaf
        return {"at": str(len(self.heard))}

    def update(self, alert: Alert, receipt: dict[str, str]) -> None:
        if self.trouble:
            raise self.trouble
        self.shown[alert.key] = alert

    def withdraw(self, receipt: dict[str, str]) -> None:
        raise NotImplementedError

    def find(self, alert: Alert) -> dict[str, str] | None:
        if self.trouble:
            raise self.trouble
        return {"at": "found"} if alert.key in [heard.key for heard in self.heard] else None


class Desk:
    """A state, the mentions of an index and some rooms, run after run."""

    def __init__(self) -> None:
        self.state, self.room = MemoryState(), Room()
        self.rooms = [self.room]
        self.mentions = [POST]
        self.events: dict[str, Event] = {}

    def run(self, *findings: Finding, at: float = 0, mutes: Sequence[Mute] = (), zone: str = "UTC") -> list[Outcome]:
        tools = Tools(
            evidence=lambda found: tuple(self.mentions) if found.over == "mentions" else (),
            posts=lambda ids: tuple(post for post in self.mentions if post.mention_id in ids),
            record=self.record,
            state=self.state,
            notifiers=self.rooms,
            mutes=mutes,
            clock=lambda: NOW + timedelta(minutes=at),
            zone=ZoneInfo(zone),
        )
        return raise_alerts(findings, tools)

    def record(self, events: Sequence[Event]) -> None:
        self.events.update({event.id: event for event in events})

    def records(self) -> list[AlertRecord]:
        return ledger.read_all(self.state)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def decisions(outcomes: Sequence[Outcome]) -> list[Decision]:
    return [outcome.decision for outcome in outcomes]


def test_a_finding_is_told(desk: Desk) -> None:
    (outcome,) = desk.run(finding())
    assert outcome == Outcome(
        rule="negative_surge",
        subject=Subject(kind="brand", name="Mekara"),
        brand="Mekara",
        decision=Decision.sent,
        reason="Mekara: 57 negative mentions in one hour, usual is 3",
        key=desk.room.heard[0].key,
    )
    (record,) = desk.records()
    assert (record.state, record.receipts, record.claimed) == ("sent", {"room": {"at": "1"}}, None)
    assert record.mentions == ("x:1",)


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
    assert [alert.findings[0].end for alert in desk.room.heard] == [NOW, NOW + timedelta(days=1)]
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
    assert [(found.observed, found.rule) for found in first.findings] == [(57, "negative_surge"), (20, "b_rule")]
    assert "b_rule: 20 negative mentions" in first.summary
    assert other.findings[0].brand == "Other"


def test_a_grouped_finding_is_not_told_again_alone(desk: Desk) -> None:
    desk.run(finding(rule="a_rule", count=60), finding(rule="b_rule"))
    outcomes = desk.run(finding(5, rule="b_rule"), at=5)
    assert decisions(outcomes) == [Decision.already_sent]


def test_another_rule_that_finds_something_later_is_told(desk: Desk) -> None:
    desk.run(finding(rule="a_rule"))
    outcomes = desk.run(finding(5, rule="a_rule"), finding(5, rule="b_rule", count=9), at=5)
    assert [alert.findings[0].rule for alert in desk.room.heard] == ["a_rule", "b_rule"]
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
    assert [alert.findings[0].end for alert in desk.room.heard] == [NOW]


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
    assert desk.records()[0].receipts == {"room": {"at": "found"}}


def test_an_alert_that_nobody_can_use_any_more_is_dropped_and_ongoing_trouble_told_anew(desk: Desk) -> None:
    desk.room.trouble = Retryable("the room is locked")
    for minutes in range(0, 1441, 60):
        desk.run(finding(minutes), at=minutes)
    desk.room.trouble = None
    outcomes = desk.run(finding(1441), at=1441)
    assert decisions(outcomes) == [Decision.dropped, Decision.sent]
    assert outcomes[0].reason == "could not be sent for 24 hours"
    assert [alert.findings[0].end for alert in desk.room.heard] == [NOW + timedelta(minutes=1441)]


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
    key = desk.records()[0].key
    assert ledger.claim(desk.state, key, lambda: NOW) is not None
    (outcome,) = desk.run(at=0.9)
    assert (outcome.decision, outcome.reason) == (Decision.already_sent, "another worker is sending it just now")
    assert desk.room.heard == []
    assert decisions(desk.run(at=1)) == [Decision.sent]
    assert desk.records()[0].claimed is None


def test_a_record_that_changes_under_ones_hands_is_read_again(desk: Desk) -> None:
    """What another worker wrote in between stays, fields of a newer Hubbub too."""
    desk.run(finding())
    key = desk.records()[0].key

    def change(record: AlertRecord) -> AlertRecord:
        kept = desk.state.get(RecordKind.alert, key)
        assert kept is not None
        if "acknowledged" not in kept.body:
            desk.state.put(RecordKind.alert, key, {**kept.body, "acknowledged": "by joe"})
        return record.model_copy(update={"until": NOW + timedelta(hours=5)})

    assert ledger.change(desk.state, key, change) is not None
    kept = desk.state.get(RecordKind.alert, key)
    assert kept is not None
    assert (kept.body["acknowledged"], kept.body["until"]) == ("by joe", "2026-11-20T17:00:00Z")


def test_times_are_said_in_the_teams_zone(desk: Desk) -> None:
    desk.run(finding(), zone="Asia/Bangkok")
    assert "18:00 to 19:00 +07" in desk.room.heard[0].summary
    (outcome,) = desk.run(finding(5), at=5, zone="Asia/Bangkok")
    assert outcome.reason == "the trouble told at 2026-11-20 19:00 +07 goes on"
    (outcome,) = desk.run(finding(7), at=7, mutes=[Mute(until=NOW + timedelta(hours=1))], zone="Asia/Bangkok")
    assert outcome.reason == "muted until 2026-11-20 20:00 +07"


def test_a_source_is_an_alert_of_its_own_beside_a_brand_of_that_name(desk: Desk) -> None:
    outcomes = desk.run(finding(brand="reddit"), broken())
    assert decisions(outcomes) == [Decision.sent, Decision.sent]
    assert [(outcome.subject.kind, outcome.brand) for outcome in outcomes] == [("brand", "reddit"), ("source", None)]
    assert [alert.title.partition(",")[0] for alert in desk.room.heard] == [
        "reddit: 57 negative mentions in one hour",
        "reddit: broken source",
    ]
    assert len({record.key for record in desk.records()}) == 2


def test_a_source_that_stays_broken_is_told_once(desk: Desk) -> None:
    for minutes in range(0, 3 * 1440, 60):
        desk.run(broken(minutes), at=minutes)
    assert len(desk.room.heard) == 1


def test_a_mute_of_a_source_silences_it_alone(desk: Desk) -> None:
    outcomes = desk.run(finding(), broken(), broken(source="x"), mutes=[Mute(until=NOW, source="reddit")])
    assert sorted((o.subject.name, o.decision) for o in outcomes) == [
        ("Mekara", Decision.sent),
        ("reddit", Decision.muted),
        ("x", Decision.sent),
    ]


def test_a_notifier_that_fails_is_tried_again_alone(desk: Desk) -> None:
    other = Room("other")
    desk.rooms = [desk.room, other]
    desk.room.trouble = Retryable("the room is locked")
    (outcome,) = desk.run(finding())
    assert (outcome.decision, outcome.reason) == (Decision.failed, "the room is locked; it waits for the next run")
    (record,) = desk.records()
    assert (record.state, record.receipts) == ("pending", {"other": {"at": "1"}})
    assert decisions(desk.run(finding(5), at=5)) == [Decision.grouped, Decision.failed]
    desk.room.trouble = None
    assert decisions(desk.run(at=10)) == [Decision.sent]
    assert (len(desk.room.heard), len(other.heard)) == (1, 1)
    assert (desk.records()[0].state, set(desk.records()[0].receipts)) == ("sent", {"room", "other"})


def test_every_notifier_that_fails_is_named(desk: Desk) -> None:
    desk.rooms = [desk.room, Room("other")]
    for room, trouble in zip(desk.rooms, (Retryable("the room is locked"), Fatal("no such room")), strict=True):
        room.trouble = trouble
    (outcome,) = desk.run(finding())
    assert outcome.reason == "the room is locked; no such room; it waits for the next run"


def some(*numbers: int) -> list[Evidence]:
    return [POST.model_copy(update={"mention_id": f"x:{number}", "text": f"angry {number}"}) for number in numbers]


def test_a_deleted_mention_is_taken_out_of_the_message_that_quoted_it(desk: Desk) -> None:
    desk.mentions = some(1, 2, 3)
    desk.run(finding())
    key = desk.records()[0].key
    desk.mentions = some(1, 3)
    (outcome,) = desk.run(at=60)
    assert (outcome.decision, outcome.reason) == (Decision.edited, "1 of the quoted posts is gone")
    assert [post.text for post in desk.room.shown[key].evidence] == ["angry 1", "angry 3"]
    assert desk.room.shown[key].title == desk.room.heard[0].title
    assert desk.records()[0].mentions == ("x:1", "x:3")
    assert desk.run(at=65) == []
    assert len(desk.room.heard) == 1


def test_an_edit_that_failed_is_made_by_the_next_run(desk: Desk) -> None:
    other = Room("other")
    desk.rooms = [other, desk.room]
    desk.mentions = some(1, 2)
    desk.run(finding())
    desk.mentions = []
    desk.room.trouble = Retryable("the room is locked")
    (outcome,) = desk.run(at=5)
    assert outcome.decision is Decision.failed
    assert outcome.reason == "the room is locked; the next run takes out what was deleted"
    assert desk.records()[0].mentions == ("x:1", "x:2")
    desk.room.trouble = None
    assert decisions(desk.run(at=10)) == [Decision.edited]
    for room in (desk.room, other):
        (shown,) = room.shown.values()
        assert shown.evidence == ()


def test_an_edit_waits_for_a_notifier_that_is_not_set_up_just_now(desk: Desk) -> None:
    desk.run(finding())
    desk.mentions, desk.rooms = [], [Room("other")]
    assert desk.run(at=5) == []
    desk.rooms = [desk.room]
    assert decisions(desk.run(at=10)) == [Decision.edited]


def test_messages_older_than_a_year_stay(desk: Desk) -> None:
    desk.run(finding())
    desk.mentions = []
    assert desk.run(at=365 * 1440 + 1) == []
    assert decisions(desk.run(at=365 * 1440)) == [Decision.edited]


def test_what_is_sent_later_quotes_what_is_left_then(desk: Desk) -> None:
    desk.mentions = some(1, 2)
    desk.room.trouble = Retryable("the room is locked")
    desk.run(finding())
    desk.mentions, desk.room.trouble = some(2), None
    assert decisions(desk.run(at=5)) == [Decision.sent]
    assert [post.text for post in desk.room.heard[0].evidence] == ["angry 2"]


def test_what_was_deleted_while_nobody_knew_that_the_message_had_arrived_is_taken_out(desk: Desk) -> None:
    desk.mentions = some(1, 2)
    desk.room.deaf = Retryable("the line was cut")
    desk.run(finding())
    desk.mentions = some(2)
    assert decisions(desk.run(at=5)) == [Decision.already_sent]
    (shown,) = desk.room.shown.values()
    assert [post.text for post in shown.evidence] == ["angry 2"]


def test_no_record_and_no_event_holds_anybodys_words_or_name(desk: Desk) -> None:
    for trouble in (Retryable("the room is locked"), None):
        desk.room.trouble = trouble
        desk.run(finding(), at=0 if trouble else 5)
        kept = str([record.body for record in desk.state.records.values()]) + str(desk.events)
        assert "x:1" in kept
        for words in ("declined", "joe", "x.example"):
            assert words not in kept
    desk.mentions = []
    desk.run(at=10)
    assert "x:1" not in str([record.body for record in desk.state.records.values()])


def test_every_change_of_an_alert_is_an_event(desk: Desk) -> None:
    desk.room.trouble = Retryable("the room is locked")
    desk.run(finding(), broken())
    desk.run(finding(5), at=5)
    desk.room.trouble = None
    desk.run(at=10)
    desk.mentions = []
    desk.run(at=15)
    surge, stall = (record.key for record in sorted(desk.records(), key=lambda record: record.findings[0].kind))
    assert set(desk.events) == {f"alert:{surge}:{o}" for o in ("failed", "sent", "edited")} | {
        f"alert:{stall}:{o}" for o in ("failed", "sent")
    }
    failed, sent = desk.events[f"alert:{surge}:failed"], desk.events[f"alert:{surge}:sent"]
    assert (failed.at, failed.fields["event.reason"]) == (NOW + timedelta(minutes=5), "the room is locked")
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
    assert desk.events[f"alert:{stall}:sent"].fields["event.dataset"] == "reddit"


def test_an_alert_that_is_dropped_is_an_event(desk: Desk) -> None:
    desk.room.trouble = Retryable("the room is locked")
    desk.run(finding())
    desk.run(at=1441)
    assert [event.fields["event.outcome"] for event in desk.events.values()] == ["failed", "dropped"]
