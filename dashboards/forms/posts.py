"""A list of posts, each with its link and how its customer was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from hubbub.core.text import link, masked
from hubbub.dashboards._kit import answers, lens
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import Answered, Frame, Post, PostsCard
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import readable, timespan

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
_MARKS = (
    "conversation.contacts",
    "conversation.due_at",
    "conversation.open",
    "conversation.response_seconds",
    "sentiment.label",
)


@dataclass(frozen=True, kw_only=True)
class Found(Answer):
    """The posts themselves.

    Attributes:
        hits: as the index keeps them, in the order of the list.
        now: the end of the period.
    """

    hits: Sequence[Json]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Posts(Panel[Found]):
    """The posts that the query finds.

    Attributes:
        nothing: a sentence for a period that has none.
        most: so many posts are listed at most.
        columns: fields that Kibana shows before the others.
        order: fields by which they are ordered, each with `asc` or `desc`.
        ordered: the same in words.
    """

    width, height = 48, 20

    nothing: str
    most: int = 200
    columns: Sequence[str] = ()
    order: Sequence[tuple[str, str]] = ((_WHEN, "desc"),)
    ordered: str = "newest first"

    def asked(self, period: Period) -> Json:
        order = [{field: direction} for field, direction in self.order]
        return {"size": self.most, "sort": order, "_source": [_WHEN, *_COLUMNS, *_MARKS]}

    def read(self, reply: Json, period: Period) -> Found:
        return Found(total=answers.total(reply), hits=reply["hits"]["hits"], now=period.end)

    def kibana(self) -> lens.SavedSearch:
        return lens.SavedSearch(columns=(*self.columns, *_COLUMNS), sort=self.order)

    def card(self, answer: Found, frame: Frame) -> PostsCard:
        posts = [_post(hit["_source"], answer.now, unmasked=frame.unmasked) for hit in answer.hits]
        of_all = f" of {answer.total:,}" if len(posts) < answer.total else ""
        return PostsCard(says=f"{len(posts):,}{of_all}, {self.ordered}", posts=posts, nothing=self.nothing)


def _post(source: Json, now: datetime, *, unmasked: bool) -> Post:
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
        label=sentiment.get("label", ""),
        answer=_answer(source.get("conversation", {}), now),
        link=address,
        host=host,
    )


def _answer(conversation: Json, now: datetime) -> Answered | None:
    """What is known of the answer to a post; None where nobody waits for one and none came."""
    contacts = conversation.get("contacts", 1)
    if conversation.get("open"):
        left = (datetime.fromisoformat(conversation["due_at"]) - now).total_seconds()
        says = f"waits, due in {timespan(left)}" if left > 0 else f"waits, overdue by {timespan(-left)}"
        return Answered(says, contacts, waits=True, overdue=left <= 0)
    seconds = conversation.get("response_seconds")
    return None if seconds is None else Answered(f"answered after {timespan(seconds)}", contacts)


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
