"""Mentions to store, for the tests of the Elasticsearch index."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hubbub.core.insight import Enriched, Insight
from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Mention
from hubbub.core.verdict import Label, Verdict

POSTED = datetime(2026, 9, 1, 10, tzinfo=UTC)
VERDICT = Verdict(label=Label.negative, confidence=0.9, score=-0.8, uncertain=False, model="test")


def post(native_id: str | int, text: str = "Kolibri is late", *, seen: int = 0, **more: Any) -> Enriched:
    """A post about Kolibri, observed `seen` minutes after it was posted."""
    observed_at = POSTED + timedelta(minutes=seen)
    fields = {"posted_at": POSTED, "observed_at": observed_at, "raw": {"id": str(native_id)}, **more}
    return Enriched(
        mention=Mention(source="forum", native_id=str(native_id), text=text, **fields),
        matches=(Match(brand="Kolibri", term="Kolibri", kind=MatchKind.alias),),
        insight=Insight(language="en", verdict=VERDICT),
    )
