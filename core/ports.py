"""Where the parts meet: what a collector, a judge, an index and a notifier promise."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from hubbub.core.alert import Alert
from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched, Insight
from hubbub.core.mention import Mention
from hubbub.core.records import DeadLetter, Identity, Name, Record, RecordKind

Json = dict[str, Any]
Raw = dict[str, Any]
Cursor = dict[str, Any]

ALL = sys.maxsize  # the `limit` of a list that leaves nothing out


@dataclass(frozen=True)
class Query:
    """What to ask a source for: the terms of the watch list, each once, as they are written there.

    Attributes:
        handles: with their `@`. hashtags: with their `#`.
        phrases: names, aliases, products, services and keywords; may hold spaces.
    """

    handles: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some records and the place behind them.

    Attributes:
        records: what the source sent, one mapping a post.
        cursor: where the next run goes on once these records are stored; None while it must stay (a source that
            answers newest first moves it only with its last page).
        dead: what was no record at all.
        missed: how many posts the source had before this page and did not give; None when it cannot tell.
        whole: the fetch that this page belongs to began at the very start of the source.
    """

    records: Sequence[Raw]
    cursor: Cursor | None
    dead: Sequence[DeadLetter] = ()
    missed: int | None = None
    whole: bool = False


class Collector(Protocol):
    """One source. Its module `collectors/<name>.py` holds `Options` (a pydantic model of its `sources:` entry) and
    `Collector(options, clock)`; opening it may raise Misconfigured, and nothing is asked of the network before
    `fetch`.

    Attributes:
        local: what it fetches lies on this machine: doing it again from the start costs nothing and asks nobody.
    """

    local: bool

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        """Yields pages from the cursor on; the first run has none.

        Args:
            since: goes back to that time, whatever the cursor says; to its start in a local source.

        Raises:
            Retryable: the source is away or over its quota.
            Fatal: it refuses us (wrong key, no such place).
        """
        ...

    def normalise(self, raw: Raw) -> Mention:
        """Maps one record, without asking the network for more.

        Raises:
            Skippable: the record is not a mention; the reason is one line.
        """
        ...

    def identify(self, raw: Raw) -> Identity:
        """Which mention a record is about and by whom, as far as it says; for any record, without errors."""
        ...

    def probe(self) -> str:
        """Makes one cheap authorised request (of a file: opens it) and says in one line what answered.

        Raises:
            HubbubError: as `fetch` does.
        """
        ...


class Reader(Protocol):
    """The enriching step."""

    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        """Returns one insight a mention, in their order; any text gets an answer."""
        ...


@dataclass(frozen=True)
class Batch:
    """What is stored together: the cursor moves only when everything else is safe.

    Attributes:
        entry: name of the `sources:` entry; the cursor's key.
        gone: mentions that their source has deleted.
    """

    entry: str
    mentions: Sequence[Enriched] = ()
    gone: Sequence[Mention] = ()
    dead: Sequence[DeadLetter] = ()
    cursor: Cursor | None = None


@dataclass
class Stored:
    """What became of a batch: one of `new`, `updated`, `unchanged` or `refused` for each mention, one of `deleted` or
    `gone_unknown` for each that is gone."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    gone_unknown: int = 0
    refused: list[DeadLetter] = field(default_factory=list)


Over = Literal["mentions", "events"]


class State(Protocol):
    """Small JSON records by kind and key. A record written is there at once for every other method."""

    def get(self, kind: RecordKind, key: str) -> Record | None: ...

    def get_many(self, names: Iterable[Name]) -> dict[Name, Record]:
        """Those of the records that are there."""
        ...

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        """Writes the record, whatever is there."""
        ...

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        """Writes a record that is not there yet; False, and nothing written, where it is. Atomic over all processes."""
        ...

    def replace(self, kind: RecordKind, key: str, body: Json, version: str) -> bool:
        """Writes the record where it still has that version; False, and nothing written, where it was written since or
        is gone. Atomic over all processes."""
        ...

    def delete(self, kind: RecordKind, key: str) -> None: ...

    def list(self, kind: RecordKind, *, since: datetime | None = None, limit: int = 1000) -> list[Record]:
        """Those written at `since` or later, last written first, at most `limit`; `ALL` leaves nothing out."""
        ...

    def count(self, kind: RecordKind) -> int: ...

    def expire(self, kind: RecordKind, before: datetime) -> None:
        """Deletes those that were written last before that time."""
        ...


class Index(Protocol):
    """Mentions, their full text, events and state. Every method may raise Retryable (away) or Fatal (refused, full)."""

    @property
    def state(self) -> State: ...

    def prepare(self) -> None:
        """Creates or updates what the index needs, and migrates what an older Hubbub left; may be called at any time,
        by any number of processes."""
        ...

    def store(self, batch: Batch) -> Stored:
        """Writes mentions (the newest observation wins, its facts merged in), deletes what is gone with its dead
        letters and leaves a tombstone, keeps dead letters, then moves the cursor. Of a mention with a tombstone nothing
        is written. Killed anywhere and called again with the same batch, it leaves the same index."""
        ...

    def amend(self, ids: Sequence[str], facts: Facts | Sequence[Facts]) -> int:
        """Sets facts of the mentions, in their records and documents together: the same for all, or one a mention.
        Only what a `Facts` was made with is set. A `store` at the same time loses neither. Ids that are not here are
        left out; returns how many were amended."""
        ...

    def record(self, events: Sequence[Event]) -> None:
        """Writes events, over those of the same id."""
        ...

    def get(self, mention_id: str) -> Json | None:
        """The document of a mention, or None."""
        ...

    def search(self, body: Mapping[str, Any], over: Over = "mentions") -> Json:
        """Answers the part of Elasticsearch's search JSON that Hubbub speaks (`query`, `aggs`, `size`, `from`, `sort`,
        `_source`, `track_total_hits`) over all mentions or all events, in Elasticsearch's form.

        Raises:
            Misconfigured: the body holds something that Hubbub does not ask.
        """
        ...

    def refresh(self) -> None:
        """Makes everything stored visible to `search`."""
        ...

    def close(self) -> None: ...


class Notifier(Protocol):
    """Tells people. Its module is `alerts/notifiers/<name>.py`, whose `from_environment()` returns one, or None where
    it is not set up. A receipt is what it needs to find its message again.

    Every method may raise Retryable (it could not be told now) or Fatal (it refuses us).
    """

    name: str

    def send(self, alert: Alert) -> dict[str, str]:
        """Returns the receipt once the other side has acknowledged."""
        ...

    def update(self, alert: Alert, receipt: dict[str, str]) -> None:
        """Makes the message say what `alert` says now. Where a message cannot be changed, does nothing."""
        ...

    def withdraw(self, receipt: dict[str, str]) -> None:
        """Takes the message back. Where that cannot be, does nothing."""
        ...

    def find(self, alert: Alert) -> dict[str, str] | None:
        """The receipt of an earlier `send` of this alert whose answer was lost, if it arrived."""
        ...
