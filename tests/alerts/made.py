"""What the tests of alerts/ put in."""

from datetime import UTC, datetime, timedelta

from hubbub.alerts.kinds.negative_surge import Rule, windows
from hubbub.core.alert import Evidence, Finding, WindowCount
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def finding(
    minutes: float = 0, *, brand: str = "Mekara", rule: str = "negative_surge", count: int = 57, usual: float | None = 3
) -> Finding:
    """What a rule finds in the hour that ends so many minutes after NOW."""
    end = NOW + timedelta(minutes=minutes)
    return Finding(
        rule=rule, brand=brand, start=end - timedelta(hours=1), end=end, count=count, total=count + 7, usual=usual
    )


def evidence(_: Finding) -> tuple[Evidence, ...]:
    return (
        Evidence(
            mention_id="x:1",
            text="Card declined again, write to joe@example.com",
            url="https://x.example/1",
            source="x",
            author="joe",
        ),
    )


def counts(rule: Rule, window: tuple[int, int], past: list[tuple[int, int]], now: datetime = NOW) -> list[WindowCount]:
    """Negative and total of the window and of the days before, the latest first; nothing before those."""
    given = [window, *past]
    given += [(0, 0)] * (rule.days + 1 - len(given))
    return [
        WindowCount(start=start, end=end, negative=negative, total=total)
        for (start, end), (negative, total) in zip(windows(rule, now), given, strict=True)
    ]


class MemoryState:
    """The state port, for tests that need no process to die."""

    def __init__(self) -> None:
        self.records: dict[tuple[RecordKind, str], Json] = {}

    def get(self, kind: RecordKind, key: str) -> Json | None:
        return self.records.get((kind, key))

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        self.records.pop((kind, key), None)
        self.records[kind, key] = body

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        return self.records.setdefault((kind, key), body) is body

    def delete(self, kind: RecordKind, key: str) -> None:
        self.records.pop((kind, key), None)

    def list(self, kind: RecordKind, *, limit: int = 1000) -> list[tuple[str, Json]]:
        found = [(key, body) for (of, key), body in reversed(self.records.items()) if of is kind]
        return found[:limit]
