"""A change of an alert as an event that dashboards can count; holds nobody's words."""

from datetime import datetime

from hubbub.core.events import Event, Value
from hubbub.core.records import AlertRecord


def event(record: AlertRecord, outcome: str, at: datetime, reason: str | None = None) -> Event:
    """What became of the alert; written again, the newest of each outcome is kept.

    Args:
        outcome: sent, failed, dropped or edited.
        reason: what a notifier that failed said.
    """
    lead = record.findings[0]
    fields: dict[str, Value | None] = {
        "event.outcome": outcome,
        "event.reason": reason,
        "event.start": lead.start,
        "event.end": record.until,
        "event.dataset": lead.subject.name if lead.subject.kind == "source" else None,
        "brand": lead.brand,
        "rule.name": lead.rule,
        "rule.kind": lead.kind,
        "alert.key": record.key,
        "alert.severity": lead.severity.value,
        "alert.subject": lead.subject.name,
        "alert.observed": lead.observed,
        "alert.expected": lead.expected,
    }
    known = {name: value for name, value in fields.items() if value is not None}
    return Event(id=f"alert:{record.key}:{outcome}", action="alert", at=at, fields=known)
