"""What Hubbub learned about a mention by reading it."""

from pydantic import BaseModel, ConfigDict

from hubbub.core.match import Match
from hubbub.core.mention import Mention
from hubbub.core.verdict import Verdict


class Insight(BaseModel):
    """What one reading of a mention gave.

    Attributes:
        language: ISO 639-1, `und` when unsure.
    """

    model_config = ConfigDict(frozen=True)

    language: str
    verdict: Verdict


class Enriched(BaseModel):
    """A mention on its way into the index, with everything known of it."""

    model_config = ConfigDict(frozen=True)

    mention: Mention
    matches: tuple[Match, ...]
    insight: Insight
