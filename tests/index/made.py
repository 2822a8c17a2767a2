"""Mentions and batches made for the contract suite."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hubbub.core.insight import Enriched, Insight
from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Author, Engagement, Mention
from hubbub.core.ports import Batch
from hubbub.core.verdict import Label, Verdict

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def said(
    native_id: str | int,
    text: str = "my parcel is late",
    *,
    at: datetime = NOW - DAY,
    seen: datetime | None = None,
    brands: tuple[str, ...] = ("Acme",),
    competitor: str | None = None,
    label: str = "negative",
    score: float = -0.5,
    likes: int | None = None,
    name: str | None = None,
    by_brand: bool = False,
    source: str = "forum",
    **more: Any,
) -> Enriched:
    """A mention posted `at` and seen a minute later."""
    matches = [Match(brand=brand, term=brand.lower(), kind=MatchKind.alias) for brand in brands]
    if competitor:
        matches.append(Match(brand=competitor, term=competitor.lower(), kind=MatchKind.alias, competitor=True))
    return Enriched(
        mention=Mention(
            source=source,
            native_id=str(native_id),
            posted_at=at,
            observed_at=seen or at + timedelta(minutes=1),
            text=text,
            author=Author(name=name, is_brand=by_brand),
            engagement=Engagement(likes=likes),
            **more,
        ),
        matches=tuple(matches),
        insight=Insight(
            language="en",
            verdict=Verdict(label=Label(label), confidence=0.75, score=score, uncertain=False, model="test"),
        ),
    )


def batch(*mentions: Enriched, **more: Any) -> Batch:
    return Batch(entry="forum", mentions=mentions, **more)
