"""What became of a finding, or of an alert that an earlier run left behind."""

from dataclasses import dataclass
from enum import StrEnum

from hubbub.core.alert import Subject


class Decision(StrEnum):
    """In a word; each stage decides some of them."""

    sent = "sent"
    muted = "muted"
    grouped = "grouped"
    already_sent = "already sent"
    failed = "failed"
    dropped = "dropped"
    edited = "edited"


@dataclass(frozen=True)
class Outcome:
    """The end of a draft's way.

    Attributes:
        rule, subject, brand: of the finding.
        reason: one line.
        key: of the alert, where there is one.
    """

    rule: str
    subject: Subject
    brand: str | None
    decision: Decision
    reason: str
    key: str | None = None
