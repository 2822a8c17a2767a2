"""A conversation as a line, and what its mentions are told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from hubbub.conversations.exchange import Exchange, exchanges
from hubbub.conversations.joining import join
from hubbub.conversations.post import Post
from hubbub.core.moments import iso
from hubbub.core.service import ServiceLevel
from hubbub.core.urgency import Weights, parts, urgency

TOLD = (
    "answered_at",
    "answered_by",
    "response_seconds",
    "opened_at",
    "due_at",
    "in_time",
    "warn_at",
    "open",
    "contacts",
    "last_by",
    "waited_seconds",
    "channels",
    "outcome",
    "posted_hour",
    "urgency",
)
"""The facts that follow from a conversation."""


@dataclass(frozen=True)
class Thread:
    """A conversation of one platform.

    Attributes:
        posts: all that were seen, oldest first.
        exchanges: one a customer and brand, the first that opened first; none where only brands speak, or competitors
            are spoken of.
    """

    id: str
    posts: tuple[Post, ...]
    exchanges: tuple[Exchange, ...]

    def of(self, brand: str | None) -> tuple[Exchange, ...]:
        """The exchanges with this brand; with None, all."""
        return tuple(exchange for exchange in self.exchanges if brand in (None, exchange.brand))

    def line(self, brand: str | None = None) -> dict[str, Any] | None:
        """What a program reads of it: who asked first and was answered when, and whether anybody still waits.

        Args:
            brand: only of what customers asked of it; None where none did.
        """
        asked = self.of(brand)
        if not asked:
            return None
        first = asked[0]
        answer = first.answer(first.opening)
        waiting = [exchange.due_at for exchange in asked if exchange.waiting]
        return {
            "id": self.id,
            "brand": first.brand,
            "source": first.opening.source,
            "channel": first.opening.channel,
            "opened_at": iso(first.opening.at),
            "answered_at": iso(answer.at) if answer else None,
            "first_response_seconds": int((answer.at - first.opening.at).total_seconds()) if answer else None,
            "posts": len(self.posts),
            "customer_posts": sum(len(exchange.said) for exchange in asked),
            "open": bool(waiting),
            "due_at": iso(min(waiting, default=first.due_at)),
            "outcome": first.outcome,
        }

    def told(self, zone: tzinfo, weights: Weights) -> dict[str, dict[str, Any]]:
        """The facts (`TOLD`) of each of its mentions, all of them: what is not so, or no more, is None.

        Args:
            weights: of the parts of the urgency.
        """
        told = {post.id: _told(post.at, zone) for post in self.posts}
        for exchange in self.exchanges:
            for contacts, post in enumerate(exchange.said, 1):
                told[post.id]["urgency"] = urgency(parts(post.signals, post.score, post.followers, contacts), weights)
                answer = exchange.answer(post)
                if answer:
                    told[post.id] |= {
                        "answered_at": answer.at,
                        "answered_by": answer.id,
                        "response_seconds": int((answer.at - post.at).total_seconds()),
                    }
            told[exchange.opening.id] |= {
                "opened_at": exchange.opening.at,
                "due_at": exchange.due_at,
                "in_time": exchange.in_time,
                "warn_at": exchange.warn_at,
                "open": exchange.waiting is not None,
                "contacts": len(exchange.said),
                "last_by": exchange.last_by,
                "waited_seconds": int(exchange.waited.total_seconds()),
                "channels": exchange.channels or None,
                "outcome": exchange.outcome,
            }
        return told


def threads(posts: Iterable[Post], levels: Sequence[ServiceLevel], zone: tzinfo) -> list[Thread]:
    """The conversations that the posts are of."""
    return [Thread(name, tuple(said), tuple(exchanges(said, levels, zone))) for name, said in join(posts).items()]


def _told(at: datetime, zone: tzinfo) -> dict[str, Any]:
    return {**dict.fromkeys(TOLD), "posted_hour": at.astimezone(zone).hour}
