"""What is one trouble, and how its alert is called.

A trouble is told once. It is one trouble as long as findings of its subject and rule come in windows that begin at most
their `quiet` after the last one ended. The key of its alert is the subject and a running number, so that two workers
who find the same trouble want to create the same record, which only one of them can.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from hubbub.core.alert import Finding, Subject
from hubbub.core.records import AlertRecord


def is_same(record: AlertRecord, finding: Finding) -> bool:
    """Whether the finding is the trouble of that alert, going on."""
    first = record.findings[0]
    rules = {told.rule for told in record.findings}
    near = finding.start <= record.until + finding.quiet and finding.end >= first.start - finding.quiet
    return first.subject == finding.subject and finding.rule in rules and near


def until(findings: Iterable[Finding]) -> datetime:
    """End of the newest window."""
    return max(finding.end for finding in findings)


def prolonged(record: AlertRecord, findings: Iterable[Finding]) -> AlertRecord | None:
    """The record with its trouble going on to the end of these findings; None where it does so already."""
    end = until(findings)
    return record.model_copy(update={"until": end}) if end > record.until else None


def key(subject: Subject, number: int) -> str:
    """A name may be of any length and script; a key may not."""
    name = subject.name if subject.kind == "brand" else f"{subject.kind}:{subject.name}"
    return f"{hashlib.sha256(name.encode()).hexdigest()[:16]}-{number}"


def next_number(subject: Subject, records: Sequence[AlertRecord]) -> int:
    """The number after those of the subject's alerts; the first is 1."""
    numbers = [int(record.key.rsplit("-", 1)[1]) for record in records if record.findings[0].subject == subject]
    return 1 + max(numbers, default=0)
