"""What Hubbub learned about a mention by reading it."""

from pydantic import BaseModel, ConfigDict

from hubbub.core.match import Match
from hubbub.core.mention import Mention
from hubbub.core.verdict import Verdict


class Signal(BaseModel):
    """Something that a care team looks out for, by its name (`safety`, `leaving`, ...).

    Attributes:
        words: of the text, that it was known by.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    words: tuple[str, ...] = ()


class Insight(BaseModel):
    """What one reading of a mention gave.

    Attributes:
        language: ISO 639-1, `und` when unsure.
        needs_reply: somebody wants an answer from the brand: a question, a problem, a request or a complaint.
        signals: by name, each once.
    """

    model_config = ConfigDict(frozen=True)

    language: str
    verdict: Verdict
    needs_reply: bool = True
    signals: tuple[Signal, ...] = ()


class Enriched(BaseModel):
    """A mention on its way into the index, with everything known of it."""

    model_config = ConfigDict(frozen=True)

    mention: Mention
    matches: tuple[Match, ...]
    insight: Insight
