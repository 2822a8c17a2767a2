"""What the model says of one text."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Label(StrEnum):
    """The three sentiments, in the order in which a model's probabilities are kept."""

    negative = "negative"
    neutral = "neutral"
    positive = "positive"


class Verdict(BaseModel):
    """The sentiment of one text and how sure the model is of it.

    Attributes:
        label: the most probable sentiment.
        confidence: calibrated probability of the label, 0..1.
        score: P(positive) - P(negative), -1..1.
        uncertain: the model abstains; people should not act on the label alone.
        model: name and version of the model that judged.
    """

    model_config = ConfigDict(frozen=True)

    label: Label
    confidence: float = Field(ge=0, le=1)
    score: float = Field(ge=-1, le=1)
    uncertain: bool
    model: str
