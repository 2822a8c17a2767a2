"""Tells people, each alert once.

Its record is pending from before the first try until every notifier has acknowledged it, then sent. Every run tries the
pending ones again, with the notifiers that have no receipt yet, after asking each whether the earlier try arrived.
"""

from collections.abc import Sequence
from itertools import count

from hubbub.alerts import ledger, trouble
from hubbub.alerts.events import event
from hubbub.alerts.message import write
from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.stage import Draft, Passed, Tools
from hubbub.core.alert import Alert
from hubbub.core.errors import Fatal, Retryable
from hubbub.core.records import AlertRecord


def send(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Sends every draft; where an earlier try may have arrived, asks first."""
    return [], [_send_again(draft, draft.record, tools) if draft.record else _send(draft, tools) for draft in drafts]


def _send(draft: Draft, tools: Tools) -> Outcome:
    lead, now = draft.findings[0], tools.clock()
    evidence = tools.evidence(lead)
    for number in count(draft.number):
        alert = write(trouble.key(lead.subject, number), draft.findings, evidence, tools.zone)
        record = AlertRecord(
            key=alert.key,
            findings=draft.findings,
            state="pending",
            since=now,
            until=trouble.until(draft.findings),
            mentions=tuple(post.mention_id for post in alert.evidence),
            claimed=now,
        )
        draft = Draft(draft.findings, record)
        if ledger.create(tools.state, record):
            return _deliver(draft, record, alert, tools, tried=False)
        theirs = ledger.load(tools.state, alert.key)
        if theirs and all(trouble.is_same(theirs, finding) for finding in draft.findings):
            return draft.ends(Decision.already_sent, "another worker has just told it")
    raise AssertionError("numbers do not end")


def _send_again(draft: Draft, record: AlertRecord, tools: Tools) -> Outcome:
    claimed = ledger.claim(tools.state, record.key, tools.clock)
    if claimed is None:
        now = ledger.load(tools.state, record.key)
        waits = now is not None and now.state == "pending"
        reason = "another worker is sending it just now" if waits else "another worker has just sent it"
        return draft.ends(Decision.already_sent, reason)
    longer = ledger.change(tools.state, record.key, lambda kept: trouble.prolonged(kept, draft.findings))
    claimed = longer or claimed
    alert = write(record.key, claimed.findings, tools.posts(claimed.mentions), tools.zone)
    return _deliver(draft, claimed, alert, tools, tried=True)


def _deliver(draft: Draft, record: AlertRecord, alert: Alert, tools: Tools, tried: bool) -> Outcome:
    """Tells every notifier that has no receipt yet, and notes each receipt at once."""
    failures: list[str] = []
    arrived = False
    missing = {notifier.name for notifier in tools.notifiers} - record.receipts.keys()
    for notifier in tools.notifiers:
        if notifier.name not in missing:
            continue
        try:
            receipt = notifier.find(alert) if tried else None
            arrived = receipt is not None
            if receipt is None:
                receipt = notifier.send(alert)
            else:
                notifier.update(alert, receipt)  # what it quoted then may be gone since
        except (Retryable, Fatal) as error:
            failures.append(str(error))
            continue
        missing.discard(notifier.name)
        if not missing:
            tools.record([event(record, "sent", tools.clock())])
        _settle(record, {notifier.name: receipt}, tools, told=not missing)
    if failures:
        reason = "; ".join(failures)
        tools.record([event(record, "failed", tools.clock(), reason)])
        ledger.change(tools.state, record.key, lambda kept: kept.model_copy(update={"claimed": None}))
        return draft.ends(Decision.failed, f"{reason}; it waits for the next run")
    if arrived:
        return draft.ends(Decision.already_sent, "an earlier try had arrived, only its answer was lost")
    return draft.ends(Decision.sent, alert.title)


def _settle(record: AlertRecord, receipt: dict[str, dict[str, str]], tools: Tools, told: bool) -> None:
    """Notes who was told, and that the claim goes on for the next notifier or is over."""

    def settled(kept: AlertRecord) -> AlertRecord:
        update = {"receipts": {**kept.receipts, **receipt}, "claimed": None if told else tools.clock()}
        return kept.model_copy(update={**update, "state": "sent"} if told else update)

    ledger.change(tools.state, record.key, settled)
