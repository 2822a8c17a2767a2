"""What a rule found, and what people are told of it."""

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.mention import Utc


class Evidence(BaseModel):
    """One mention behind an alert, as much of it as a message shows."""

    model_config = ConfigDict(frozen=True)

    mention_id: str
    text: str
    url: str | None = None
    source: str
    author: str | None = None


class Finding(BaseModel):
    """Attributes:
    start, end: UTC; the window that stands out, end excluded.
    count: negative mentions in the window.
    total: all mentions in the window.
    usual: the count that the brand's own past leads one to expect; None where too little of the past is known.
    """

    model_config = ConfigDict(frozen=True)

    rule: str
    brand: str
    start: Utc
    end: Utc
    count: int = Field(ge=0)
    total: int = Field(ge=0)
    usual: float | None = Field(ge=0)


class Alert(BaseModel):
    """Attributes:
    key: the same for every finding of one ongoing trouble; an alert is sent once per key.
    also: what other rules found at the same time, told in the same message.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    summary: str
    finding: Finding
    also: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Mute(BaseModel):
    """Silences a rule, a brand or a rule for a brand, up to a time; what is left out is meant for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str | None = None
    brand: str | None = None
    until: Utc

    def covers(self, finding: Finding) -> bool:
        return self.rule in (None, finding.rule) and self.brand in (None, finding.brand) and finding.end <= self.until


class WindowCount(BaseModel):
    """Mentions of one brand by customers (not by the brand) from `start` until before `end`."""

    model_config = ConfigDict(frozen=True)

    start: Utc
    end: Utc
    negative: int = Field(ge=0)
    total: int = Field(ge=0)
