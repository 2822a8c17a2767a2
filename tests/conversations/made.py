"""Posts and brands made for the tests of conversations."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hubbub.conversations.post import Post, PostReader
from hubbub.conversations.thread import Thread, threads
from hubbub.core.matching.watchlist import Brand
from hubbub.core.service import ServiceLevel

START = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday
BANGKOK = ZoneInfo("Asia/Bangkok")
BRANDS = (
    Brand(
        name="Lumo",
        handles=("@lumo",),
        accounts={"reddit": ("LumoCare",)},
        automatic_replies=("we got your message",),
    ),
    Brand(name="Acme", handles=("@acme",)),
    Brand(name="Rival", handles=("@rival",), competitor=True),
)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def said(
    name: str,
    by: str | None,
    minutes: float,
    *,
    to: str | None = None,
    within: str | None = None,
    about: tuple[str, ...] = ("Lumo",),
    text: str = "it is broken",
    source: str = "x",
    **more: Any,
) -> Post:
    """A post as it is made of a document."""
    document: dict[str, Any] = {
        "@timestamp": at(minutes).isoformat(),
        "source": source,
        "message": text,
        "user": {"name": by} if by else {},
        "brand": list(about),
        "conversation": {
            key: f"{source}:{value}" for key, value in (("id", within), ("parent", to)) if value is not None
        },
        "sentiment": {"label": "negative", "score": -0.5},
        "kind": "post",
        **more,
    }
    return PostReader(BRANDS).read(f"{source}:{name}", document)


def joined(*posts: Post, levels: tuple[ServiceLevel, ...] = ()) -> list[Thread]:
    return sorted(threads(posts, levels, UTC), key=lambda thread: thread.id)


def line(*posts: Post, levels: tuple[ServiceLevel, ...] = (), brand: str | None = None) -> dict[str, Any]:
    """The line of the only conversation."""
    (thread,) = joined(*posts, levels=levels)
    found = thread.line(brand)
    assert found
    return found
