"""What Hubbub remembers besides mentions: the records behind cursors, runs, dead letters and sent alerts."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.alert import Finding
from hubbub.core.clean import JsonObject, Text
from hubbub.core.moments import Utc
from hubbub.core.text import one_line

Stage = Literal["fetch", "normalise", "index"]


class RecordKind(StrEnum):
    """`run` holds every run, `last_run` the newest of each source by the source's name. `facts` holds what a mention's
    source does not know (first seen, ...), by mention id, merged into every write. `turn` says which run fetches from a
    source just now, `watched` with which watch list one was fetched from its start, both by the source's name.
    `touched` names the conversations of a batch from before it is stored until their facts are told; `told` changes
    whenever some were. `queue` holds what people did about a customer who waits, by the id of a post of theirs."""

    cursor = "cursor"
    run = "run"
    last_run = "last_run"
    dead_letter = "dead_letter"
    alert = "alert"
    tombstone = "tombstone"
    facts = "facts"
    turn = "turn"
    watched = "watched"
    sweep = "sweep"
    touched = "touched"
    told = "told"
    queue = "queue"


RETENTION: dict[RecordKind, timedelta] = {RecordKind.run: timedelta(days=90)}
"""How long records are kept after they were written last; kinds that are not named here are kept for good."""


Name = tuple[RecordKind, str]
"""Kind and key."""


@dataclass(frozen=True)
class Record:
    """What state keeps under a kind and a key.

    Attributes:
        version: changes with every write; `State.replace` compares it.
        written: UTC, when it was written last.
    """

    key: str
    body: dict[str, Any]
    version: str
    written: datetime


class DeadLetter(BaseModel):
    """A record that could not take the whole way. Its key is stable: the same bad record is one dead letter.

    Attributes:
        entry: name of the `sources:` entry that it came by.
        stage: where it stopped.
        reason: one line.
        raw: what the source sent, whole, for replay.
        source, native_id, author_id, author: of the mention that it would be, where its raw has them; deleting a
            mention or erasing an author finds the letter by these.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    key: str
    entry: str
    stage: Stage
    reason: Text
    at: Utc
    raw: JsonObject
    source: Text | None = None
    native_id: Text | None = None
    author_id: Text | None = None
    author: Text | None = None

    @classmethod
    def of(
        cls, entry: str, stage: Stage, reason: str, raw: dict[str, Any], at: datetime, whose: "Identity | None" = None
    ) -> "DeadLetter":
        """A letter under the key that its entry and its raw give it."""
        told = {} if whose is None else whose.model_dump()
        key = cls.key_of(entry, raw)
        return cls(key=key, entry=entry, stage=stage, reason=one_line(reason), raw=raw, at=at, **told)

    @staticmethod
    def key_of(entry: str, raw: dict[str, Any]) -> str:
        content = json.dumps([entry, raw], sort_keys=True, default=str)
        return hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:32]


class Identity(BaseModel):
    """Which mention a record would be, and by whom, as far as it says; for records that cannot be mentions."""

    model_config = ConfigDict(frozen=True)

    source: Text | None = None
    native_id: Text | None = None
    author_id: Text | None = None
    author: Text | None = None


class Run(BaseModel):
    """One run of one source: its coverage, and how it ended. However it ends, `fetched` is the sum of `new`, `updated`,
    `unchanged`, `dropped`, `deleted`, `gone_unknown` and `dead_lettered`.

    Attributes:
        entry: name of the `sources:` entry.
        fetched: records that the source gave.
        new, updated: mentions first seen, and seen again with something newer.
        unchanged: already stored as they are; twins in a page and what returns after its deletion count here.
        dropped: records that the watch list does not match.
        deleted: mentions that the source says are gone, and that were here.
        gone_unknown: those that were not.
        dead_lettered: records set aside with their reason.
        missed: records that the source had and did not give; None: the source cannot tell, or the run failed.
        error: the line that ended it early.
        failures: runs of this source in a row, this one included, that ended early.
        since: the time that it was told to go back to; None: it went on from where the runs before it had ended.
        last_good: end of the newest run before this one that did not end early.
        not_kept: of `dead_lettered`, those of a cause that had left as many letters as one cause may.
        retired, discarded: dead letters of earlier runs whose cause is over, and that somebody threw away.
        brand_unknown: records whose source names a brand that the watch list does not have.
        unknown_brands: the brands that most of them name, and how many of them do; told once, never kept.
    """

    model_config = ConfigDict(extra="allow")

    entry: str
    started: Utc
    finished: Utc | None = None
    fetched: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    dropped: int = 0
    deleted: int = 0
    gone_unknown: int = 0
    dead_lettered: int = 0
    missed: int | None = None
    error: str | None = None
    failures: int = 0
    since: Utc | None = None
    last_good: Utc | None = None
    not_kept: int = 0
    retired: int = 0
    discarded: int = 0
    brand_unknown: int = 0
    unknown_brands: dict[str, int] = Field(default_factory=dict)


class AlertRecord(BaseModel):
    """An alert as state keeps it: what was found and who was told, in ids; no mention's words.

    Attributes:
        key: the same for every finding of one ongoing trouble.
        findings: the first leads.
        state: `pending` until every notifier has acknowledged, then `sent`.
        since: when it was written down first.
        until: end of the newest window with the same trouble; what begins later than soon after it is another trouble.
        mentions: ids of the mentions that its messages quote.
        receipts: by the notifier's name, what it needs to find the message again (Slack: channel and ts).
        claimed: when a worker began to send it; another takes over a minute later.
    """

    model_config = ConfigDict(extra="allow")

    key: str
    findings: tuple[Finding, ...] = Field(min_length=1)
    state: Literal["pending", "sent"]
    since: Utc
    until: Utc
    mentions: tuple[str, ...] = ()
    receipts: dict[str, dict[str, str]] = Field(default_factory=dict)
    claimed: Utc | None = None
