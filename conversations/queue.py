"""What people do about a customer who waits, and what holds after it: who has it, until when it sleeps, how it ended.

An entry of the queue is a customer and a brand within a conversation, an `Exchange`. What is done about it is a log of
events that is only ever added to. An event knows what the two had said by then: it is about that and about nothing
that comes later. So what the customer writes after an answer or a dismissal waits by itself, and a reply of the brand
that is collected ends the wait by itself, without an event.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.post import Post
from hubbub.core.moments import Utc

TOLD = ("queue_state", "queue_team", "queue_until")
"""The facts that follow from a conversation and what was done about it."""


class Verb(StrEnum):
    """What a person does. `answer` says that they answered elsewhere."""

    take = "take"
    answer = "answer"
    snooze = "snooze"
    dismiss = "dismiss"
    assign = "assign"
    reopen = "reopen"


class QueueEvent(BaseModel):
    """Something done about an entry. Holds nobody's words but those of the one who did it.

    Attributes:
        id: tells two events of one moment apart.
        why: the reason that they gave.
        until: of a snooze.
        team: of an assignment.
        heard: ids of all that customer and brand had said to one another by then.
        post: of a reopening, the customer's post that waits again.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str = Field(default_factory=lambda: uuid4().hex)
    what: Verb
    by: str
    at: Utc
    why: str | None = None
    until: Utc | None = None
    team: str | None = None
    heard: tuple[str, ...] = ()
    post: str | None = None


class State(StrEnum):
    waiting = "waiting"
    taken = "taken"
    snoozed = "snoozed"
    answered = "answered"
    dismissed = "dismissed"


@dataclass(frozen=True)
class Standing:
    """What holds of an entry after all that was said and done.

    Attributes:
        waits: the customer's posts that want an answer and have none, oldest first.
        ended: the event that ended the wait, where no reply did.
        was_asked: the customer wanted an answer at all.
    """

    waits: tuple[Post, ...] = ()
    taken: QueueEvent | None = None
    snoozed: QueueEvent | None = None
    assigned: QueueEvent | None = None
    ended: QueueEvent | None = None
    was_asked: bool = False

    @property
    def state(self) -> State | None:
        """None where nobody ever waited."""
        if self.waits:
            return State.snoozed if self.snoozed else State.taken if self.taken else State.waiting
        if self.ended:
            return State.dismissed if self.ended.what is Verb.dismiss else State.answered
        return State.answered if self.was_asked else None

    def at(self, now: datetime) -> "Standing":
        """What holds at that time: a snooze is over when its time has come."""
        over = self.snoozed is not None and self.snoozed.until is not None and self.snoozed.until <= now
        return replace(self, snoozed=None) if over else self

    def told(self, team: str | None) -> dict[str, Any]:
        """The facts (`TOLD`) of the post that stands for the entry.

        Args:
            team: that of the rules, where nobody gave it to one.
        """
        if self.state is None:
            return dict.fromkeys(TOLD)
        return {
            "queue_state": self.state.value,
            "queue_team": self.assigned.team if self.assigned else team,
            "queue_until": self.snoozed.until if self.snoozed else None,
        }


def standing(exchange: Exchange, log: Iterable[QueueEvent]) -> Standing:
    """What holds of the entry, whenever one looks."""
    taken = snoozed = assigned = reopened = last = None
    ended: set[str] = set()
    for event in log:
        match event.what:
            case Verb.take:
                taken, snoozed = event, None
            case Verb.snooze:
                snoozed = event
            case Verb.assign:
                taken, assigned = None, event
            case Verb.answer | Verb.dismiss:
                taken, snoozed, reopened, last = None, None, None, event
                ended.update(event.heard)
            case Verb.reopen:
                taken, snoozed, reopened, last = None, None, event, None
                ended.clear()
    again = _again(exchange, reopened) if reopened else None
    waits = tuple(
        post for post in exchange.said if post is again or (post in exchange.unanswered and post.id not in ended)
    )
    names = {post.id for post in waits}
    return Standing(
        waits,
        taken=taken if taken and names & {*taken.heard} else None,
        snoozed=snoozed if snoozed and names and names <= {*snoozed.heard} else None,
        assigned=assigned,
        ended=last if last and not waits and not _replied_since(exchange, last) else None,
        was_asked=bool(exchange.unanswered) or any(post.answerable for post in exchange.said) or reopened is not None,
    )


def heard(exchange: Exchange) -> tuple[str, ...]:
    """What an event of this moment is about."""
    return tuple(post.id for post in (*exchange.said, *exchange.replies))


def objection(standing: Standing, what: Verb, by: str) -> str | None:
    """Why this cannot be done, in words that follow the entry's id; None where it can.

    Args:
        standing: at this time.
    """
    if what is Verb.reopen:
        return "waits already, and nobody has it" if standing.state is State.waiting else None
    if standing.state is None:
        return "waits for no answer; reopen it where it should have one"
    if not standing.waits:
        how = f"{standing.state} by {standing.ended.by}" if standing.ended else "answered"
        return f"is {how}; reopen it first"
    if standing.taken and what is not Verb.assign and not same(standing.taken.by, by):
        return f"is taken by {standing.taken.by}; assign or reopen it first"
    return None


def same(one: str, other: str) -> bool:
    """Whether two names are one person's."""
    return one.casefold() == other.casefold()


def merged(logs: Iterable[Sequence[QueueEvent]]) -> tuple[QueueEvent, ...]:
    """One log of those of several posts of a customer, each event once.

    They are in the order of their times, those of one log as it was written.
    """
    events = heapq.merge(*logs, key=lambda event: event.at)
    return tuple({event.id: event for event in events}.values())


def _replied_since(exchange: Exchange, event: QueueEvent) -> bool:
    """Whether all is answered by replies, and one of them was not known at the event."""
    return not exchange.unanswered and any(reply.id not in event.heard for reply in exchange.replies)


def _again(exchange: Exchange, reopened: QueueEvent) -> Post | None:
    """The post that waits again, as long as no reply came that was not known when it was reopened."""
    known = [post for post in exchange.said if post.id in reopened.heard]
    post = next((post for post in known if post.id == reopened.post), known[-1] if known else None)
    if post is None:
        return None
    came = (reply for reply in exchange.replies if reply.at >= post.at and reply.id not in reopened.heard)
    return None if any(came) else post
