"""One customer and one brand within a conversation: who waits, since when, and who answered."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from hubbub.conversations import outcome
from hubbub.conversations.due import due, warned
from hubbub.conversations.post import UNKNOWN, Post, in_order
from hubbub.conversations.replies import Replies
from hubbub.core.service import ServiceLevel, Severity, level_of
from hubbub.core.urgency import severity

_QUESTION = re.compile(r"\?|(?:ไหม|มั้ย|ไหน|อะไร|เท่าไ\w*|เมื่อไ\w*)\s*(?:คะ|ครับ|ค่ะ)|(?:không|chưa|nào|gì) ạ")
"""In a brand's reply."""


@dataclass(frozen=True)
class Exchange:
    """Everything here follows from its posts; nothing from the present time.

    Attributes:
        said: what the customer said to the brand, oldest first.
        replies: what the brand said to them, oldest first, without automatic replies.
        levels: within how long they are to be answered; the first that fits a post counts.
    """

    brand: str
    said: tuple[Post, ...]
    replies: tuple[Post, ...]
    levels: Sequence[ServiceLevel]
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
    def unanswered(self) -> list[Post]:
        """The customer's posts that want an answer and have none, oldest first."""
        return [post for post in self.said if self.answer(post) is None and self._wants_one(post)]

    @property
    def waiting(self) -> Post | None:
        """The first of them."""
        return self.unanswered[0] if self.unanswered else None

    def level(self, post: Post) -> ServiceLevel:
        """What a post is promised, by brand, platform and severity."""
        return level_of(self.levels, self.brand, post.source, post.severity)

    def due(self, post: Post) -> datetime:
        """Until when an answer to it is due."""
        return due(self.level(post), post.at, self.zone)

    @property
    def first_due_at(self) -> datetime:
        """Until when the first response was due."""
        return self.due(self.opening)

    @property
    def due_at(self) -> datetime:
        """The earliest time at which one of the answers is due that the customer waits for; that of the first response
        where they wait for none."""
        return min(map(self.due, self.unanswered), default=self.first_due_at)

    @property
    def warn_at(self) -> datetime:
        """When to tell that this answer will soon be due."""
        first = min(self.unanswered, key=self.due, default=self.opening)
        return warned(self.level(first), first.at, self.zone)

    @property
    def in_time(self) -> bool | None:
        """Whether the first response came in time; None without one."""
        answer = self.answer(self.opening)
        return answer.at <= self.first_due_at if answer else None

    @property
    def channels(self) -> list[str]:
        """Where it went on, each place once; the first first."""
        places = (post.channel for post in in_order([*self.said, *self.replies]))
        return list(dict.fromkeys(place for place in places if place))

    @property
    def language(self) -> str:
        """The first in which the customer surely wrote."""
        return next((post.language for post in self.said if post.language != UNKNOWN), UNKNOWN)

    @property
    def severity(self) -> Severity:
        """That of the customer's most severe post."""
        return severity(name for post in self.said for name in post.signals)

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

    def _wants_one(self, post: Post) -> bool:
        """By its own words, or since it says what the brand asked for."""
        return post.answerable or (self._was_asked(post) and not post.positive)

    def _was_asked(self, post: Post) -> bool:
        before = bisect_left(self._times, post.at) - 1
        return before >= 0 and _QUESTION.search(self.replies[before].text) is not None

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
            levels,
            zone,
        )
        for (customer, brand), theirs in said.items()
    ]
