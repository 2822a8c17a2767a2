"""A mention as its conversation sees it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hubbub.core.matching.accounts import Accounts
from hubbub.core.matching.spelling import fold
from hubbub.core.matching.watchlist import Brand
from hubbub.core.service import Severity
from hubbub.core.urgency import severity

FIELDS = (
    "@timestamp",
    "brand",
    "channel",
    "competitor",
    "conversation.id",
    "conversation.parent",
    "kind",
    "language",
    "message",
    "needs_reply",
    "sentiment.label",
    "sentiment.score",
    "signals",
    "source",
    "user.followers",
    "user.id",
    "user.is_brand",
    "user.name",
)
"""The fields of a document that a post is made of."""

UNKNOWN = "und"
"""The language of a post that does not say."""

_HANDLE = re.compile(r"(?<![\w@])(?:@|\bu/)([\w.-]*\w)")
_ADDRESSED = re.compile(r"\s*@([\w.-]*\w)")
_NEWS = "article"


@dataclass(frozen=True)
class Post:
    """One thing said in a conversation.

    Attributes:
        id: of the mention; `conversation` and `parent` are ids of the same kind.
        author: tells the people of a platform apart; all that say nothing of themselves are one.
        name: the handle, folded.
        speaks_for: the brands whose account said it; none for a customer.
        about: our brands that it is about, those first that it addresses by an account of theirs.
        automatic: a brand's phrase that answers nobody.
        answerable: somebody may wait for an answer to it.
        score: sentiment, -1..1.
        language: ISO 639-1; `und` where it is not known.
        signals: what it tells of, by name.
        followers: of the author; None where nobody knows.
    """

    id: str
    source: str
    at: datetime
    author: str
    name: str | None = None
    channel: str | None = None
    conversation: str | None = None
    parent: str | None = None
    speaks_for: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    text: str = ""
    automatic: bool = False
    answerable: bool = True
    score: float = 0.0
    positive: bool = False
    language: str = UNKNOWN
    signals: tuple[str, ...] = ()
    followers: int | None = None

    @property
    def severity(self) -> Severity:
        return severity(self.signals)

    @property
    def addressed(self) -> tuple[str, ...]:
        """The handles that its words begin with, folded: whom it speaks to."""
        names, at = [], 0
        while found := _ADDRESSED.match(self.text, at):
            names.append(found[1].casefold())
            at = found.end()
        return tuple(names)


def in_order(posts: Iterable[Post]) -> list[Post]:
    """Oldest first; of two posts of one moment the customer's is the first."""
    return sorted(posts, key=lambda post: (post.at, bool(post.speaks_for), post.id))


class PostReader:
    """Makes posts of documents, for the brands of a watch list."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._accounts = Accounts(brands)
        self._phrases = {brand.name: [fold(phrase) for phrase in brand.automatic_replies] for brand in brands}

    def read(self, name: str, document: Mapping[str, Any]) -> Post:
        """The post of a document, which has at least `FIELDS`, under its mention's id."""
        source, user, text = document["source"], document.get("user", {}), document.get("message", "")
        conversation, sentiment = document.get("conversation", {}), document.get("sentiment", {})
        ours = document.get("brand", [])
        speaks_for = tuple(brand.name for brand, _ in self._accounts.of(source, user.get("name")))
        if not speaks_for and user.get("is_brand"):
            speaks_for = tuple(ours or document.get("competitor", ["?"]))
        return Post(
            id=name,
            source=source,
            at=datetime.fromisoformat(document["@timestamp"]),
            author=user.get("id") or user.get("name") or "?",
            name=user["name"].lstrip("@").casefold() if user.get("name") else None,
            channel=document.get("channel"),
            conversation=conversation.get("id"),
            parent=conversation.get("parent"),
            speaks_for=speaks_for,
            about=self._about(source, ours, text),
            text=text,
            automatic=bool(speaks_for) and self._automatic(speaks_for, text),
            answerable=document.get("needs_reply", True) and document.get("kind") != _NEWS,
            score=sentiment.get("score", 0.0),
            positive=sentiment.get("label") == "positive",
            language=document.get("language", UNKNOWN),
            signals=tuple(document.get("signals", ())),
            followers=user.get("followers"),
        )

    def _about(self, source: str, ours: Sequence[str], text: str) -> tuple[str, ...]:
        if len(ours) < 2:
            return tuple(ours)
        named = [brand.name for handle in _HANDLE.findall(text) for brand, _ in self._accounts.of(source, handle)]
        return tuple(dict.fromkeys([*(brand for brand in named if brand in ours), *ours]))

    def _automatic(self, brands: Sequence[str], text: str) -> bool:
        phrases = [phrase for brand in brands for phrase in self._phrases.get(brand, ())]
        if not phrases:
            return False
        said = " ".join(fold(text).split())
        return any(" ".join(phrase.split()) in said for phrase in phrases)
