"""One customer and one brand within a conversation: who waits, since when, and who answered."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from hubbub.conversations import outcome
from hubbub.conversations.due import due, warned
from hubbub.conversations.post import Post, in_order
from hubbub.conversations.replies import Replies
from hubbub.core.service import ServiceLevel, level_of


@dataclass(frozen=True)
class Exchange:
    """Everything here follows from its posts; nothing from the present time.

    Attributes:
        said: what the customer said to the brand, oldest first.
        replies: what the brand said to them, oldest first, without automatic replies.
    """

    brand: str
    said: tuple[Post, ...]
    replies: tuple[Post, ...]
    level: ServiceLevel
    zone: tzinfo

    @property
    def opening(self) -> Post:
        """The post that stands for the exchange in the index."""
        return self.said[0]

    def answer(self, post: Post) -> Post | None:
        """The brand's first reply at the time of the customer's post or after it."""
        at = bisect_left(self._times, post.at)
        return self.replies[at] if at < len(self.replies) else None

    @property
    def first_response(self) -> timedelta | None:
        """By the wall clock."""
        answer = self.answer(self.opening)
        return answer.at - self.opening.at if answer else None

    @cached_property
    def waiting(self) -> Post | None:
        """The first of the customer's posts that wants an answer and has none."""
        return next((post for post in self.said if post.answerable and self.answer(post) is None), None)

    @property
    def first_due_at(self) -> datetime:
        """Until when the first response was due."""
        return due(self.level, self.opening.at, self.zone)

    @property
    def due_at(self) -> datetime:
        """Until when the answer is due that the customer waits for; that of the first response where none is."""
        return due(self.level, self.waiting.at, self.zone) if self.waiting else self.first_due_at

    @property
    def warn_at(self) -> datetime:
        """When to tell that this answer will soon be due."""
        asked = self.waiting or self.opening
        return warned(self.level, asked.at, self.zone)

    @property
    def within(self) -> bool:
        """Whether the first response came in time."""
        answer = self.answer(self.opening)
        return answer is not None and answer.at <= self.first_due_at

    @property
    def channels(self) -> list[str]:
        """Where it went on, each place once; the first first."""
        places = (post.channel for post in in_order([*self.said, *self.replies]))
        return list(dict.fromkeys(place for place in places if place))

    @property
    def last_by(self) -> str:
        """Who had the last word: `customer` or `brand`."""
        return "brand" if self.replies and self.replies[-1].at >= self.said[-1].at else "customer"

    @property
    def waited(self) -> timedelta:
        """All waits that are over, together: each from the first post after a reply to the next reply."""
        whole, since = timedelta(), None
        for post in in_order([*self.said, *self.replies]):
            if not post.speaks_for:
                since = since or post.at
            elif since:
                whole += post.at - since
                since = None
        return whole

    @cached_property
    def outcome(self) -> str | None:
        return outcome.outcome(self.said, self._answers)

    @property
    def resolved_at_first(self) -> bool:
        return outcome.resolved_at_first(self.said, self._answers)

    @cached_property
    def _answers(self) -> list[Post]:
        """The replies from the first response on."""
        return [reply for reply in self.replies if reply.at >= self.opening.at]

    @cached_property
    def _times(self) -> list[datetime]:
        return [reply.at for reply in self.replies]


def exchanges(posts: Sequence[Post], levels: Sequence[ServiceLevel], zone: tzinfo) -> list[Exchange]:
    """The exchanges of a conversation's posts, which come oldest first; the one that opened first is first.

    A customer's posts are to the brand of ours that they last turned to. They turn to another with a post about it,
    unless it answers a post of the first. A post about several is to the one that spoke to the customer first, else to
    the one that it addresses by its account, else to the first of the watch list.
    """
    replies = Replies(posts)
    said: dict[tuple[str, str], list[Post]] = {}
    turned: dict[str, str] = {}
    for post in posts:
        if post.speaks_for:
            continue
        turned_to = turned.get(post.author)
        if post.about and (turned_to is None or turned_to not in (*post.about, *replies.answers(post))):
            spoke = (name for name in replies.brands(post.author) if name in post.about)
            turned_to = next(spoke, post.about[0])
        if turned_to is not None:
            turned[post.author] = turned_to
            said.setdefault((post.author, turned_to), []).append(post)
    return [
        Exchange(
            brand,
            tuple(theirs),
            tuple(replies.to(customer, brand)),
            level_of(levels, brand, theirs[0].source),
            zone,
        )
        for (customer, brand), theirs in said.items()
    ]
