"""A list of posts, newest first, each with its link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from hubbub.core.text import link, masked
from hubbub.dashboards._kit import answers, lens
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import Frame, Post, PostsCard
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import readable

_LONGEST_TEXT = 420  # characters
_WHEN = "@timestamp"
_COLUMNS = (
    "brand",
    "source",
    "channel",
    "user.name",
    "title",
    "message",
    "language",
    "sentiment.confidence",
    "sentiment.uncertain",
    "url.full",
)


@dataclass(frozen=True, kw_only=True)
class Found(Answer):
    """The posts themselves.

    Attributes:
        hits: as the index keeps them, in the order of the list.
    """

    hits: Sequence[Json]


@dataclass(frozen=True, kw_only=True)
class Posts(Panel[Found]):
    """The posts that the query finds.

    Attributes:
        nothing: a sentence for a period that has none.
        most: so many posts are listed at most.
    """

    width, height = 48, 20

    nothing: str
    most: int = 200

    def asked(self, period: Period) -> Json:
        return {"size": self.most, "sort": [{_WHEN: "desc"}], "_source": [_WHEN, *_COLUMNS]}

    def read(self, reply: Json, period: Period) -> Found:
        return Found(total=answers.total(reply), hits=reply["hits"]["hits"])

    def kibana(self) -> lens.SavedSearch:
        return lens.SavedSearch(columns=_COLUMNS, sort=[(_WHEN, "desc")])

    def card(self, answer: Found, frame: Frame) -> PostsCard:
        posts = [_post(hit["_source"], unmasked=frame.unmasked) for hit in answer.hits]
        of_all = f" of {answer.total:,}" if len(posts) < answer.total else ""
        return PostsCard(says=f"{len(posts):,}{of_all}, newest first", posts=posts, nothing=self.nothing)


def _post(source: Json, *, unmasked: bool) -> Post:
    said = readable if unmasked else _masked
    text = said(source.get("message"))
    address, host = safe_link(source.get("url", {}).get("full"))
    sentiment = source.get("sentiment", {})
    return Post(
        when=datetime.fromisoformat(source[_WHEN]),
        platform=readable(source.get("source")),
        channel=said(source.get("channel")),
        author=said(source.get("user", {}).get("name")),
        brand=readable(", ".join(source.get("brand", []))),
        language=readable(source.get("language")),
        title=said(source.get("title")),
        text=text[:_LONGEST_TEXT],
        cut=len(text) > _LONGEST_TEXT,
        confidence=sentiment.get("confidence"),
        uncertain=sentiment.get("uncertain", False),
        link=address,
        host=host,
    )


def _masked(text: Any) -> str:
    return masked(readable(text))


def safe_link(url: str | None) -> tuple[str | None, str]:
    """The address and its host where a reader may be sent there; else (None, "")."""
    try:
        parts = urlsplit(url or "")
        address, host = link(parts.geturl()), parts.hostname
    except ValueError:
        return None, ""
    return (address, host) if address and host else (None, "")
