"""What Hubbub remembers besides mentions: the records behind cursors, runs, dead letters and sent alerts."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.alert import Alert
from hubbub.core.clean import JsonObject, Text
from hubbub.core.mention import Utc

Stage = Literal["fetch", "normalise", "index"]


class RecordKind(StrEnum):
    """`run` holds every run, `last_run` the newest of each source by the source's name. `facts` holds what a mention's
    source does not know (first seen, ...), by mention id, merged into every write. `claim` says who is sending an alert
    just now."""

    cursor = "cursor"
    run = "run"
    last_run = "last_run"
    dead_letter = "dead_letter"
    alert = "alert"
    claim = "claim"
    tombstone = "tombstone"
    facts = "facts"


class DeadLetter(BaseModel):
    """A record that could not take the whole way. Its key is stable: the same bad record is one dead letter.

    Attributes:
        entry: name of the `sources:` entry that it came by.
        stage: where it stopped.
        reason: one line.
        raw: what the source sent, whole, for replay.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    entry: str
    stage: Stage
    reason: Text
    at: Utc
    raw: JsonObject

    @classmethod
    def of(cls, entry: str, stage: Stage, reason: str, raw: dict[str, Any], at: datetime) -> "DeadLetter":
        content = json.dumps([entry, raw], sort_keys=True, default=str)
        key = hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        return cls(key=key, entry=entry, stage=stage, reason=" ".join(reason.split()), raw=raw, at=at)


class Run(BaseModel):
    """One run of one source: its coverage, and how it ended.

    Attributes:
        fetched: records read from the source.
        new, updated, unchanged: mentions first seen, seen again with something newer, and already stored as they are.
        dropped: records that the watch list does not match.
        deleted: mentions that the source says are gone.
        dead_lettered: records set aside with their reason.
        missed: records that the source had but could not be read (None: the source cannot tell).
        error: the line that ended it early.
    """

    entry: str
    started: Utc
    finished: Utc | None = None
    fetched: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    dropped: int = 0
    deleted: int = 0
    dead_lettered: int = 0
    missed: int | None = None
    error: str | None = None


class AlertRecord(BaseModel):
    """Attributes:
    state: `pending` from before the first try to send until the notifier acknowledged, then `sent`.
    since: when it was written down first.
    until: end of the newest window with the same trouble; what begins later than soon after it is another trouble.
    receipt: what the notifier needs to find the message again (Slack: channel and ts).
    """

    alert: Alert
    state: Literal["pending", "sent"]
    since: Utc
    until: Utc
    notifier: str
    receipt: dict[str, str] = Field(default_factory=dict)
