"""A conversation as a line, and what its mentions are told of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from hubbub.conversations.exchange import Exchange, exchanges
from hubbub.conversations.joining import join
from hubbub.conversations.post import Post
from hubbub.core.moments import iso
from hubbub.core.service import ServiceLevel

TOLD = (
    "answered_at",
    "answered_by",
    "response_seconds",
    "opened_at",
    "due_at",
    "open",
    "contacts",
    "last_by",
    "waited_seconds",
    "outcome",
    "posted_hour",
)
"""The facts that follow from a conversation."""


@dataclass(frozen=True)
class Thread:
    """A conversation of one platform.

    Attributes:
        posts: all that were seen, oldest first.
        exchanges: one a customer; none where only brands speak, or competitors are spoken of.
    """

    id: str
    posts: tuple[Post, ...]
    exchanges: tuple[Exchange, ...]

    def lines(self) -> Iterator[dict[str, Any]]:
        """What a program reads of it, for each brand that customers turned to."""
        for brand in dict.fromkeys(exchange.brand for exchange in self.exchanges):
            yield self._line([exchange for exchange in self.exchanges if exchange.brand == brand])

    def _line(self, ours: Sequence[Exchange]) -> dict[str, Any]:
        first = ours[0]
        answer = first.answer(first.opening)
        waiting = [exchange.due_at for exchange in ours if exchange.waiting]
        return {
            "id": self.id,
            "brand": first.brand,
            "source": first.opening.source,
            "channel": first.opening.channel,
            "opened_at": iso(first.opening.at),
            "answered_at": iso(answer.at) if answer else None,
            "first_response_seconds": int((answer.at - first.opening.at).total_seconds()) if answer else None,
            "posts": len(self.posts),
            "customer_posts": sum(len(exchange.said) for exchange in ours),
            "open": bool(waiting),
            "due_at": iso(min(waiting, default=first.due_at)),
            "outcome": first.outcome,
        }

    def told(self, zone: tzinfo) -> dict[str, dict[str, Any]]:
        """The facts (`TOLD`) of each of its mentions, all of them: what is not so, or no more, is None."""
        told = {post.id: _told(post.at, zone) for post in self.posts}
        for exchange in self.exchanges:
            for post in exchange.said:
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
                "open": exchange.waiting is not None,
                "contacts": len(exchange.said),
                "last_by": exchange.last_by,
                "waited_seconds": int(exchange.waited.total_seconds()),
                "outcome": exchange.outcome,
            }
        return told


def threads(posts: Iterable[Post], levels: Sequence[ServiceLevel], zone: tzinfo) -> list[Thread]:
    """The conversations that the posts are of."""
    return [Thread(name, tuple(said), tuple(exchanges(said, levels, zone))) for name, said in join(posts).items()]


def _told(at: datetime, zone: tzinfo) -> dict[str, Any]:
    return {**dict.fromkeys(TOLD), "posted_hour": at.astimezone(zone).hour}
