"""Where the parts meet: what a collector, a judge, an index and a notifier promise."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hubbub.core.alert import Alert
from hubbub.core.insight import Enriched, Insight
from hubbub.core.mention import Mention
from hubbub.core.records import DeadLetter, RecordKind

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
        dead: records that could not even be read as such.
        missed: how many posts the source had before this page that could not be read; None when it cannot tell.
    """

    records: Sequence[Raw]
    cursor: Cursor | None
    dead: Sequence[DeadLetter] = ()
    missed: int | None = None


class Collector(Protocol):
    """One source. Its module `collectors/<name>.py` holds `Options` (a pydantic model of its `sources:` entry) and
    `Collector(options, clock)`; opening it may raise Misconfigured, and nothing is asked of the network before
    `fetch`."""

    def fetch(self, query: Query, cursor: Cursor | None) -> Iterator[Page]:
        """Yields pages from the cursor on; the first run has none.

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
    """What became of a batch, in mentions."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    refused: list[DeadLetter] = field(default_factory=list)


class State(Protocol):
    """Small JSON records by kind and key. A record written is there at once for `get` and `list`."""

    def get(self, kind: RecordKind, key: str) -> Json | None: ...

    def put(self, kind: RecordKind, key: str, body: Json) -> None: ...

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        """Writes a record that is not there yet; False, and nothing written, where it is. Atomic over all processes."""
        ...

    def delete(self, kind: RecordKind, key: str) -> None: ...

    def list(self, kind: RecordKind, *, limit: int = 1000) -> list[tuple[str, Json]]:
        """Key and body, last written first, at most `limit`; `ALL` leaves nothing out."""
        ...


class Index(Protocol):
    """Mentions, their full text, and state. Every method may raise Retryable (away) or Fatal (refused, full)."""

    @property
    def state(self) -> State: ...

    def prepare(self) -> None:
        """Creates or updates what the index needs; may be called at any time, by any number of processes."""
        ...

    def store(self, batch: Batch) -> Stored:
        """Writes mentions (the newest observation wins), deletes what is gone and leaves a tombstone, keeps dead
        letters, then moves the cursor. A mention with a tombstone is not written. Killed anywhere and called again with
        the same batch, it leaves the same index."""
        ...

    def get(self, mention_id: str) -> Json | None:
        """The document of a mention, or None."""
        ...

    def search(self, body: Mapping[str, Any]) -> Json:
        """Answers the part of Elasticsearch's search JSON that Hubbub speaks (`query`, `aggs`, `size`, `from`, `sort`,
        `_source`, `track_total_hits`) over all mentions, in Elasticsearch's form.

        Raises:
            Misconfigured: the body holds something that Hubbub does not ask.
        """
        ...

    def refresh(self) -> None:
        """Makes everything stored visible to `search`."""
        ...

    def close(self) -> None: ...


class Notifier(Protocol):
    """Tells people. Its module is `alerts/<name>.py`."""

    name: str

    def send(self, alert: Alert) -> dict[str, str]:
        """Returns the receipt once the other side has acknowledged.

        Raises:
            Retryable: it could not be told now.
            Fatal: it refuses us.
        """
        ...

    def find(self, alert: Alert) -> dict[str, str] | None:
        """The receipt of an earlier `send` of this alert whose answer was lost, if it arrived."""
        ...
