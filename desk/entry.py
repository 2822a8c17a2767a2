"""An entry of the queue as people and programs read it: a customer who waits for a brand within a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.post import Post
from hubbub.conversations.queue import QueueEvent, Standing
from hubbub.core import urgency
from hubbub.core.moments import iso
from hubbub.core.ports import Json
from hubbub.core.text import link, masked

FIELDS = ("message", "title", "url.full", "user.name")
"""The fields of a post's document that are shown."""

_NEGATIVE = 0.5  # the part of the urgency from which on a mood is a reason
_FOLLOWED = 0.5  # the same of the reach: 1,000 followers
_DONE = {"what", "by", "at", "why", "until", "team"}


@dataclass(frozen=True)
class Rated:
    """A post with its urgency at some time.

    Attributes:
        parts: 0..1 each, by the name of their weight.
    """

    post: Post
    document: Json
    parts: Mapping[str, float]
    urgency: float


@dataclass(frozen=True)
class Entry:
    """One customer, who waits, or waited.

    Attributes:
        now: when it was looked at; `holds` is what held then.
        team: who is to answer; None where no rule fits and nobody said.
        shown: the most urgent of their posts that wait; their first where none does.
    """

    exchange: Exchange
    holds: Standing
    log: Sequence[QueueEvent]
    team: str | None
    shown: Rated
    now: datetime

    @property
    def id(self) -> str:
        """That of the customer's first post."""
        return self.exchange.opening.id

    @property
    def since(self) -> datetime | None:
        """When the first post was written that waits."""
        return self.holds.waits[0].at if self.holds.waits else None

    @property
    def waited(self) -> timedelta:
        return self.now - self.since if self.since else timedelta()

    @property
    def due_at(self) -> datetime | None:
        """The earliest time at which an answer is due."""
        return min(map(self.exchange.due, self.holds.waits), default=None)

    @property
    def late(self) -> bool:
        return self.due_at is not None and self.due_at < self.now

    @property
    def customer(self) -> str | None:
        name = self.shown.document.get("user", {}).get("name")
        return masked(name) if name else None

    @property
    def words(self) -> str:
        """What the post says, with addresses and numbers of persons hidden."""
        said = (self.shown.document.get(part) for part in ("title", "message"))
        return masked("\n".join(text for text in said if text))

    @property
    def reasons(self) -> list[str]:
        """Why it is as urgent as it is, besides the wait."""
        contacts, followers = len(self.exchange.said), self.shown.post.followers
        return [
            *(name.replace("_", " ") for name in self.shown.post.signals),
            *(["very negative"] if self.shown.parts["sentiment"] >= _NEGATIVE else []),
            *([f"wrote {contacts} times"] if contacts > 1 else []),
            *([f"{followers:,} followers"] if self.shown.parts["reach"] >= _FOLLOWED else []),
        ]

    def line(self) -> dict[str, Any]:
        """What a program reads of it."""
        holds, opening = self.holds, self.exchange.opening
        return {
            "id": self.id,
            "brand": self.exchange.brand,
            "source": opening.source,
            "channel": opening.channel,
            "customer": self.customer,
            "language": self.exchange.language,
            "state": holds.state.value if holds.state else None,
            "team": self.team,
            "taken_by": holds.taken.by if holds.taken else None,
            "snoozed_until": _iso(holds.snoozed.until) if holds.snoozed else None,
            "opened_at": iso(opening.at),
            "contacts": len(self.exchange.said),
            "waiting_since": _iso(self.since),
            "waited_seconds": int(self.waited.total_seconds()),
            "due_at": _iso(self.due_at),
            "late": self.late,
            "urgency": self.shown.urgency,
            "urgency_parts": dict(self.shown.parts),
            "reasons": self.reasons,
            "posts": [post.id for post in holds.waits],
            "shown": self.shown.post.id,
            "text": self.words,
            "url": link(self.shown.document.get("url", {}).get("full")),
            "events": [event.model_dump(mode="json", include=_DONE, exclude_none=True) for event in self.log],
        }


def rated(
    exchange: Exchange, holds: Standing, documents: Mapping[str, Json], weights: urgency.Weights, now: datetime
) -> Rated:
    """The most urgent post that waits, with the longest wait of them all; the customer's first post where none does.

    Args:
        documents: of the customer's posts, with `FIELDS`.
    """
    wait = max((urgency.waited(post.at, exchange.due(post), now) for post in holds.waits), default=0.0)
    each = []
    for post in holds.waits or exchange.said[:1]:
        contacts = exchange.said.index(post) + 1
        parts = urgency.parts(post.signals, post.score, post.followers, contacts, wait)
        each.append(Rated(post, documents.get(post.id, {}), parts, urgency.urgency(parts, weights)))
    return max(each, key=lambda one: one.urgency)


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
