"""How a conversation ended for its customer, as far as it can be read."""

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import fmean

from hubbub.conversations.post import Post, in_order

SILENCE = timedelta(hours=24)  # after a reply; who writes again later comes back
CHANGE = 0.25  # of the mean sentiment, -1..1; less is none

_PRIVATE = re.compile(
    r"\bdms?\b|\bpm (?:us|me)\b|\b(?:direct|private) message|\bin private\b|\bprivately\b|\binbox\b"
    r"|ข้อความส่วนตัว|ทักแชท|ทักแชต|อินบ็อกซ์|อินบอกซ์|ทางกล่องข้อความ|ไดเรกต์"
    r"|tin nhắn riêng|nhắn tin riêng|nhắn riêng|hộp thư|nhắn tin cho|\bib\b",
    re.IGNORECASE,
)


def moved_to_private(replies: Sequence[Post]) -> bool:
    """Whether the brand asked to go on where we cannot read."""
    return any(_PRIVATE.search(reply.text) for reply in replies)


def reopened(said: Sequence[Post], replies: Sequence[Post]) -> bool:
    """Whether the customer came back a day or more after the brand had the last word."""
    return any(
        first.speaks_for and not later.speaks_for and later.at - first.at >= SILENCE
        for first, later in pairwise(in_order([*said, *replies]))
    )


def resolved_at_first(said: Sequence[Post], replies: Sequence[Post]) -> bool:
    """Whether the first reply was enough: the customer said nothing after it, or only something positive, and the brand
    did not ask to go on in private."""
    if not replies or moved_to_private(replies):
        return False
    return all(post.positive for post in said if post.at > replies[0].at)


def change(said: Sequence[Post], replies: Sequence[Post]) -> float | None:
    """The customer's mean sentiment after the brand's last reply less that before it; None where either is missing."""
    if not replies:
        return None
    before = [post.score for post in said if post.at <= replies[-1].at]
    after = [post.score for post in said if post.at > replies[-1].at]
    return fmean(after) - fmean(before) if before and after else None


def outcome(said: Sequence[Post], replies: Sequence[Post]) -> str | None:
    """The first that is true: `reopened`, `private`, `better` or `worse`, `resolved` (in first contact), `unchanged`
    (the customer had the last word and is of the same mood), `silent`; None where nobody has answered yet."""
    if not replies:
        return None
    if reopened(said, replies):
        return "reopened"
    if moved_to_private(replies):
        return "private"
    changed = change(said, replies)
    if changed is not None and abs(changed) >= CHANGE:
        return "better" if changed > 0 else "worse"
    if resolved_at_first(said, replies):
        return "resolved"
    return "silent" if changed is None else "unchanged"
