"""What Hubbub knows of a mention besides what its source says, kept apart and merged into every write of it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.moments import Utc
from hubbub.core.verdict import Label


class Facts(BaseModel):
    """All are None where nothing is known. Fields that a newer Hubbub wrote survive loading and writing.

    Attributes:
        ingested: when the mention was first indexed.
        dataset: name of the `sources:` entry that brought it first.
        index: where its document lies, by the time of its post.
        label, overridden_by: the sentiment that a person says it has, and who.
        answered_at, answered_by: when the brand answered, and by which mention.
        response_seconds: from the post to that answer.
        duplicate_of: the group of near-copies that it belongs to.
        urgency: 0..1, without the time that was waited (`core/urgency.py`).
        posted_hour: 0..23, in the team's zone.

    On the first post of a customer to a brand within a conversation, which stands for the two of them:
        opened_at: the time of that post.
        due_at: until when the answer that they wait for is due; else until when the first one was.
        in_time: the first answer came before it was due; None before it came.
        warn_at: when to tell that it will soon be due.
        open: they wait for an answer.
        contacts: how many posts they wrote.
        last_by: who had the last word: `customer` or `brand`.
        waited_seconds: their waits that are over, together.
        channels: where the two spoke, the first first.
        outcome: how it ended for them.
        queue_state: what became of it in the queue: `waiting`, `taken`, `snoozed`, `answered` or `dismissed`.
        queue_team: who is to answer.
        queue_until: when it stops being snoozed.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    ingested: Utc | None = None
    dataset: str | None = None
    index: str | None = None
    label: Label | None = None
    overridden_by: str | None = None
    answered_at: Utc | None = None
    answered_by: str | None = None
    response_seconds: int | None = None
    duplicate_of: str | None = None
    spam: bool | None = None
    urgency: float | None = Field(default=None, ge=0, le=1)
    outcome: str | None = None
    posted_hour: int | None = None
    opened_at: Utc | None = None
    due_at: Utc | None = None
    in_time: bool | None = None
    warn_at: Utc | None = None
    open: bool | None = None
    contacts: int | None = None
    last_by: Literal["customer", "brand"] | None = None
    waited_seconds: int | None = None
    channels: list[str] | None = None
    queue_state: str | None = None
    queue_team: str | None = None
    queue_until: Utc | None = None

    def amended(self, by: "Facts") -> "Facts":
        """These facts with what `by` sets; what it sets to None is known no more."""
        return self.model_copy(update={name: getattr(by, name) for name in by.model_fields_set})

    def as_record(self) -> dict[str, Any]:
        """As state keeps them, without what is not known."""
        return self.model_dump(mode="json", exclude_none=True)
