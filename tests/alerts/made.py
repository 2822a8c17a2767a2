"""What the tests of alerts/ put in."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hubbub.alerts.catalogue import load_rules
from hubbub.alerts.kinds.negative_surge import Rule, wanted
from hubbub.alerts.rule import AnyRule
from hubbub.core.alert import Counted, Evidence, Finding, Subject, Wanted
from hubbub.core.ports import Json
from hubbub.core.records import Record, RecordKind
from hubbub.core.settings import AlertSettings
from hubbub.index.queries import check_filter

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
POST = Evidence(
    mention_id="x:1",
    text="Card declined again, write to joe@example.com",
    url="https://x.example/1",
    source="x",
    author="joe",
)


def all_shipped() -> list[AnyRule]:
    return load_rules(AlertSettings(), Path(), check_filter)


def shipped(name: str, **changes: Any) -> Any:
    """The shipped rule of that name, with those numbers."""
    rules: list[AnyRule] = load_rules(AlertSettings(rules={name: changes}), Path(), check_filter)
    return next(rule for rule in rules if rule.name == name)


def finding(
    minutes: float = 0, *, brand: str = "Mekara", rule: str = "negative_surge", count: int = 57, usual: float | None = 3
) -> Finding:
    """What a rule finds in the hour that ends so many minutes after NOW."""
    end = NOW + timedelta(minutes=minutes)
    return Finding(
        rule=rule,
        kind="negative_surge",
        subject=Subject(kind="brand", name=brand),
        brand=brand,
        start=end - timedelta(hours=1),
        end=end,
        observed=count,
        total=count + 7,
        expected=usual,
    )


def broken(minutes: float = 0, source: str = "reddit") -> Finding:
    """What stalled_source finds of a source that has not succeeded since an hour before NOW."""
    return Finding(
        rule="stalled_source",
        kind="stalled_source",
        subject=Subject(kind="source", name=source),
        start=NOW - timedelta(hours=1),
        end=NOW + timedelta(minutes=minutes),
        observed=0,
        numbers={"failures": 2},
        reason="HTTP 402",
        over="events",
    )


def evidence(_: Finding) -> tuple[Evidence, ...]:
    return (POST,)


def posts(ids: Sequence[str]) -> tuple[Evidence, ...]:
    """Everything is still there."""
    return tuple(POST.model_copy(update={"mention_id": mention}) for mention in ids)


def answers(wanted: Wanted, totals: Sequence[int], **parts: Sequence[int]) -> list[Counted]:
    """What an index would have counted, window by window; nothing in the windows after those."""
    rest = len(wanted.windows) - len(totals)
    counted = {name: [*numbers, *[0] * rest] for name, numbers in parts.items()}
    return [
        Counted(start, end, total, parts={name: numbers[at] for name, numbers in counted.items()})
        for at, ((start, end), total) in enumerate(zip(wanted.windows, [*totals, *[0] * rest], strict=True))
    ]


def counts(rule: Rule, window: tuple[int, int], past: list[tuple[int, int]], now: datetime = NOW) -> list[Counted]:
    """Negative and total of the window and of the days before, the latest first; nothing before those."""
    negative, total = zip(window, *past, strict=True)
    return answers(wanted(rule, now)[0], total, negative=negative)


class MemoryState:
    """The state port, for tests that need no process to die."""

    def __init__(self, clock: Callable[[], datetime] = lambda: NOW) -> None:
        self.records: dict[tuple[RecordKind, str], Record] = {}
        self._clock, self._writes = clock, 0

    def get(self, kind: RecordKind, key: str) -> Record | None:
        return self.records.get((kind, key))

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        self.records.pop((kind, key), None)
        self._writes += 1
        self.records[kind, key] = Record(key, body, str(self._writes), self._clock())

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        if (kind, key) in self.records:
            return False
        self.put(kind, key, body)
        return True

    def replace(self, kind: RecordKind, key: str, body: Json, version: str) -> bool:
        kept = self.records.get((kind, key))
        if kept is None or kept.version != version:
            return False
        self.put(kind, key, body)
        return True

    def delete(self, kind: RecordKind, key: str) -> None:
        self.records.pop((kind, key), None)

    def list(self, kind: RecordKind, *, since: datetime | None = None, limit: int = 1000) -> list[Record]:
        found = [record for (of, _), record in reversed(self.records.items()) if of is kind]
        return [record for record in found if since is None or record.written >= since][:limit]

    def count(self, kind: RecordKind) -> int:
        return len(self.list(kind, limit=len(self.records)))

    def expire(self, kind: RecordKind, before: datetime) -> None:
        for (of, key), record in list(self.records.items()):
            if of is kind and record.written < before:
                self.delete(kind, key)
