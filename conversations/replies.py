"""Which customer a brand's post speaks to."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from hubbub.conversations.post import Post


class Replies:
    """The brands' posts of one conversation."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self._posts = posts
        self._by_id: Mapping[str, Post] = {post.id: post for post in posts}

    def to(self, customer: str, brand: str) -> list[Post]:
        """What the brand said to the customer, oldest first; other brands' posts and automatic ones are no replies."""
        return [post for post in self._said if brand in post.speaks_for and customer in self._heard[post.id]]

    def brands(self, customer: str) -> list[str]:
        """The brands that spoke to the customer, the first first."""
        spoken = (brand for post in self._said if customer in self._heard[post.id] for brand in post.speaks_for)
        return list(dict.fromkeys(spoken))

    def answers(self, post: Post) -> tuple[str, ...]:
        """The brands whose post it answers."""
        parent = self._by_id.get(post.parent or "")
        return parent.speaks_for if parent else ()

    @cached_property
    def _said(self) -> list[Post]:
        return [post for post in self._posts if post.speaks_for and not post.automatic]

    @cached_property
    def _customers(self) -> dict[str, set[str]]:
        """Every customer with the handles that they are known by."""
        known: dict[str, set[str]] = {}
        for post in self._posts:
            if not post.speaks_for:
                known.setdefault(post.author, set()).update({post.name} if post.name else set())
        return known

    @cached_property
    def _heard(self) -> dict[str, set[str]]:
        return {post.id: self._hearers(post) for post in self._said}

    def _hearers(self, post: Post) -> set[str]:
        """Whose post it answers; the brand's own posts in between are passed over. Where that was never seen: whom it
        names at its beginning, else the one customer there is."""
        above, passed = post, {post.id}
        while (parent := self._by_id.get(above.parent or "")) is not None and parent.id not in passed:
            if not parent.speaks_for:
                return {parent.author}
            above = parent
            passed.add(parent.id)
        named = {author for author, names in self._customers.items() if names & set(post.addressed)}
        ends_at_its_own = above is not post and above.parent is None
        speaks_to_others = post.addressed and post.parent
        if named or ends_at_its_own or speaks_to_others:
            return named
        return set(self._customers) if len(self._customers) == 1 else set()
