"""What a rule found, and what people are told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hubbub.core.moments import Utc


class Evidence(BaseModel):
    """One mention behind an alert, as much of it as a message shows.

    Attributes:
        source: the platform that it was said on.
    """

    model_config = ConfigDict(frozen=True)

    mention_id: str
    title: str | None = None
    text: str
    url: str | None = None
    source: str
    author: str | None = None


class Severity(StrEnum):
    """From the least to the most urgent."""

    info = "info"
    warning = "warning"
    critical = "critical"


class Subject(BaseModel):
    """What a finding is about: a brand or a source (an entry of `sources:`) by its name, a mention by its id, ..."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["brand", "source", "theme", "mention"]
    name: str


class Finding(BaseModel):
    """Something that stands out.

    Attributes:
        rule, kind: names of the rule that found it and of the rule's kind.
        brand: whose trouble it is; None where it is no single brand's.
        start, end: UTC; the window that stands out, end excluded.
        observed: the number that stands out.
        total: what it is a part of, where it is one (negative mentions of all mentions).
        expected: the number that the past leads one to expect; None where too little of the past is known.
        interval: from and to where the number would have been ordinary; None as above.
        reason: what the source or the program itself said of it, in one line; nobody's words.
        numbers: further ones that its kind tells, by names of the kind's own.
        quiet: a window that begins so soon after this one shows the same trouble.
        query: the search query whose hits are the `observed`, over mentions or events as `over` says.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    rule: str
    kind: str
    subject: Subject
    brand: str | None = None
    start: Utc
    end: Utc
    observed: float = Field(ge=0)
    total: int | None = Field(default=None, ge=0)
    expected: float | None = Field(default=None, ge=0)
    interval: tuple[float, float] | None = None
    severity: Severity = Severity.warning
    reason: str | None = None
    numbers: dict[str, float] = Field(default_factory=dict)
    quiet: timedelta = timedelta(hours=1)
    query: dict[str, Any] = Field(default_factory=dict)
    over: Literal["mentions", "events"] = "mentions"


class Alert(BaseModel):
    """What a notifier tells; made when it is sent, never kept.

    Attributes:
        key: the same for every finding of one ongoing trouble; an alert is sent once per key.
        findings: the first leads, the others are told in the same message.
        evidence: the mentions that the message quotes; their text is masked and short.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    title: str
    summary: str
    findings: tuple[Finding, ...] = Field(min_length=1)
    evidence: tuple[Evidence, ...] = ()


class Mute(BaseModel):
    """Silences a rule, a brand, a source or a rule for one of them, up to a time; what is left out is meant for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str | None = None
    brand: str | None = None
    source: str | None = None
    until: Utc

    def covers(self, finding: Finding) -> bool:
        source = finding.subject.name if finding.subject.kind == "source" else None
        named = ((self.rule, finding.rule), (self.brand, finding.brand), (self.source, source))
        return all(wanted in (None, is_) for wanted, is_ in named) and finding.end <= self.until


@dataclass(frozen=True)
class Wanted:
    """What a kind of alert wants counted, for each watched name by itself.

    Attributes:
        by: the field whose names are told apart: `brand`, `event.dataset`.
        where: the search query of what counts at all.
        windows: from and until before, UTC.
        parts: search queries of what is counted apart in each window, by names of the kind's own.
        newest: fields of the newest document of each part, told as well.
        newest_by: the date that makes a document the newest.
    """

    by: str
    where: dict[str, Any]
    windows: Sequence[tuple[datetime, datetime]]
    parts: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    newest: tuple[str, ...] = ()
    newest_by: str = "@timestamp"
    over: Literal["mentions", "events"] = "mentions"


@dataclass(frozen=True)
class Counted:
    """The answer to one window of a `Wanted`, for one name.

    Attributes:
        query: the search query whose hits are the `total`.
        parts: how many of them each part has.
        newest: the wanted fields of each part's newest document, by their dotted names; parts without any are left out.
    """

    start: datetime
    end: datetime
    total: int
    query: dict[str, Any] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    newest: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
