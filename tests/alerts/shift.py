"""Run after run of the pipeline, with a state, the mentions of an index and some rooms in memory."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from hubbub.alerts import ledger
from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.pipeline import raise_alerts
from hubbub.alerts.stage import Tools
from hubbub.core.alert import Alert, Evidence, Finding, Mute
from hubbub.core.errors import HubbubError
from hubbub.core.events import Event
from hubbub.core.records import AlertRecord
from tests.alerts.made import NOW, POST, MemoryState


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


class Shift:
    """What stays between the runs."""

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
        return ledger.load_all(self.state)


def decisions(outcomes: Sequence[Outcome]) -> list[Decision]:
    return [outcome.decision for outcome in outcomes]


def some(*numbers: int) -> list[Evidence]:
    return [POST.model_copy(update={"mention_id": f"x:{number}", "text": f"angry {number}"}) for number in numbers]
