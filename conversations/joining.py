"""Joins posts to conversations by the ids that they name, in whatever order they arrive."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hubbub.conversations.post import Post, in_order


def links(name: str, conversation: str | None, parent: str | None) -> tuple[str, ...]:
    """The ids that a mention ties together: its own, its conversation's and that of what it answers."""
    return tuple(key for key in (name, conversation, parent) if key)


def join(posts: Iterable[Post]) -> dict[str, list[Post]]:
    """The posts of each conversation, oldest first, by the conversation's id.

    Two posts are of one conversation where they name the same id, whether or not the post of that id was ever seen.
    The conversation's id is the one that its platform gives it (the first, where posts of several are tied together);
    else that of the post that everything else answers, seen or not.
    """
    over: dict[str, str] = {}
    each = {post.id: post for post in posts}
    for post in each.values():
        first, *others = links(post.id, post.conversation, post.parent)
        for other in others:
            over[_top(over, other)] = _top(over, first)
    groups: dict[str, list[Post]] = defaultdict(list)
    for post in each.values():
        groups[_top(over, post.id)].append(post)
    return {_id(group): in_order(group) for group in groups.values()}


def _top(over: dict[str, str], key: str) -> str:
    while (above := over.setdefault(key, key)) != key:
        over[key] = over[above]
        key = above
    return key


def _id(group: Sequence[Post]) -> str:
    given = {post.conversation for post in group if post.conversation}
    seen = {post.id for post in group}
    tops = {post.parent for post in group if post.parent} - seen | {post.id for post in group if not post.parent}
    return min(given or tops or seen)
