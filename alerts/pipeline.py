"""From findings to messages, stage by stage as in Prometheus' Alertmanager.

A trouble is told once. It is one trouble as long as findings of its brand and rule come in windows that begin at most
`QUIET` after the last one ended. Each alert is a record in the state, pending from before the first try until the
notifier has acknowledged it, then sent. Its key is the brand and a running number, so that two workers who find the
same trouble want to create the same record, which only one of them can. Every run tries the pending records again,
after asking the notifier whether the earlier try arrived.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import count

from hubbub.alerts.claims import claim
from hubbub.alerts.message import write
from hubbub.core.alert import Evidence, Finding, Mute
from hubbub.core.clock import Clock
from hubbub.core.errors import Fatal, Retryable
from hubbub.core.ports import ALL, Notifier, State
from hubbub.core.records import AlertRecord, RecordKind

QUIET = timedelta(hours=1)
TOO_OLD = timedelta(hours=24)


class Decision(StrEnum):
    sent = "sent"
    muted = "muted"
    grouped = "grouped"
    already_sent = "already sent"
    failed = "failed"
    dropped = "dropped"


@dataclass(frozen=True)
class Outcome:
    """Attributes:
    rule, brand: of the finding.
    reason: one line.
    key: of the alert, where there is one.
    """

    rule: str
    brand: str
    decision: Decision
    reason: str
    key: str | None = None


@dataclass(frozen=True)
class Draft:
    """A message on its way: something found just now or, where it has a record, an alert that waits to be sent.

    Attributes:
        findings: of one brand, at least one; the first leads.
        number: of the alert among those of its brand; from `dedup` on.
    """

    findings: tuple[Finding, ...]
    record: AlertRecord | None = None
    number: int = 0

    def ends(self, decision: Decision, reason: str) -> Outcome:
        lead = self.findings[0]
        return Outcome(lead.rule, lead.brand, decision, reason, self.record.alert.key if self.record else None)


@dataclass(frozen=True)
class Tools:
    """What the stages work with."""

    evidence: Callable[[Finding], tuple[Evidence, ...]]
    state: State
    notifier: Notifier
    mutes: Sequence[Mute]
    clock: Clock


Passed = tuple[list[Draft], list[Outcome]]


def raise_alerts(
    findings: Sequence[Finding],
    *,
    evidence: Callable[[Finding], tuple[Evidence, ...]],
    state: State,
    notifier: Notifier,
    mutes: Sequence[Mute],
    clock: Clock,
) -> list[Outcome]:
    """Tells people what was found, and what earlier runs could not tell.

    Args:
        evidence: the newest negative posts of a finding's window; asked only for what becomes a message.

    Returns: one outcome a finding, and one for each alert of an earlier run that still waited. A notifier that fails
        makes the outcome `failed`; the alert waits for the next run.

    Raises:
        HubbubError: the state or the evidence could not be read or written.
    """
    tools = Tools(evidence, state, notifier, mutes, clock)
    waiting = [Draft(_told(record), record) for record in _records(state) if record.state == "pending"]
    drafts, outcomes = [*waiting, *(Draft((finding,)) for finding in findings)], list[Outcome]()
    for stage in (mute, group, dedup, send):
        drafts, decided = stage(drafts, tools)
        outcomes += decided
    return outcomes


def mute(drafts: list[Draft], tools: Tools) -> Passed:
    """Stops what somebody silenced. An alert that waits goes on waiting."""
    passed, decided = [], []
    for draft in drafts:
        mutes = [next((m for m in tools.mutes if m.covers(finding)), None) for finding in draft.findings]
        if mutes[0] and all(mutes):
            decided.append(draft.ends(Decision.muted, f"muted until {mutes[0].until:%Y-%m-%d %H:%M} UTC"))
        else:
            passed.append(draft)
    return passed, decided


def group(drafts: list[Draft], tools: Tools) -> Passed:
    """Makes one message of everything new about a brand; the greatest count leads."""
    passed, decided = [draft for draft in drafts if draft.record], []
    new = [finding for draft in drafts if not draft.record for finding in draft.findings]
    for brand in dict.fromkeys(finding.brand for finding in new):
        findings = sorted((f for f in new if f.brand == brand), key=lambda f: (-f.count, f.rule, f.start))
        passed.append(Draft(tuple(findings)))
        reason = f"goes with what {findings[0].rule} found"
        decided += [Draft((finding,)).ends(Decision.grouped, reason) for finding in findings[1:]]
    return passed, decided


def dedup(drafts: list[Draft], tools: Tools) -> Passed:
    """Stops what was told before, and alerts that nobody can use any more."""
    decided: list[Outcome] = []
    waiting: dict[str, Draft] = {}
    for draft in drafts:
        if draft.record and tools.clock() - draft.record.since > TOO_OLD:
            tools.state.delete(RecordKind.alert, draft.record.alert.key)
            decided.append(draft.ends(Decision.dropped, "could not be sent for 24 hours"))
        elif draft.record:
            waiting[draft.record.alert.key] = draft
    records = _records(tools.state)
    new: list[Draft] = []
    for draft in drafts:
        if draft.record:
            continue
        known = {finding: next((r for r in records if _same_trouble(r, finding)), None) for finding in draft.findings}
        for finding, record in known.items():
            if record and record.state == "sent":
                _extend(record, (finding,), tools.state)
            elif record:
                before = waiting.get(record.alert.key, Draft(_told(record), record))
                waiting[record.alert.key] = Draft((*before.findings, finding), record)
        untold = tuple(finding for finding, record in known.items() if record is None)
        if untold:
            number = 1 + max((_number(r) for r in records if r.alert.finding.brand == untold[0].brand), default=0)
            new.append(Draft(untold, number=number))
        elif record := known[draft.findings[0]]:
            known_draft = Draft(draft.findings, record)
            if record.state == "sent":
                reason = f"the trouble told at {record.since:%Y-%m-%d %H:%M} UTC goes on"
                decided.append(known_draft.ends(Decision.already_sent, reason))
            else:
                decided.append(known_draft.ends(Decision.grouped, "the trouble of an alert that waits to be sent"))
    return [*waiting.values(), *new], decided


def send(drafts: list[Draft], tools: Tools) -> Passed:
    """Tells people; where an earlier try may have arrived, asks first."""
    return [], [_send_again(draft, draft.record, tools) if draft.record else _send(draft, tools) for draft in drafts]


def _send(draft: Draft, tools: Tools) -> Outcome:
    lead = draft.findings[0]
    evidence = tools.evidence(lead)
    for number in count(draft.number):
        key = f"{_prefix(lead.brand)}-{number}"
        alert = write(key, draft.findings, evidence)
        until = max(finding.end for finding in draft.findings)
        record = AlertRecord(
            alert=alert, state="pending", since=tools.clock(), until=until, notifier=tools.notifier.name
        )
        draft = Draft(draft.findings, record)
        with claim(tools.state, key, tools.clock) as ours:
            if not ours:
                return draft.ends(Decision.already_sent, "another worker is sending it just now")
            if tools.state.create(RecordKind.alert, key, record.model_dump(mode="json")):
                return _deliver(draft, record, tools)
        theirs = _read(key, tools.state)
        if theirs and all(_same_trouble(theirs, finding) for finding in draft.findings):
            return draft.ends(Decision.already_sent, "another worker has just told it")
    raise AssertionError("numbers do not end")


def _send_again(draft: Draft, record: AlertRecord, tools: Tools) -> Outcome:
    key = record.alert.key
    with claim(tools.state, key, tools.clock) as ours:
        if not ours:
            return draft.ends(Decision.already_sent, "another worker is sending it just now")
        now = _read(key, tools.state)
        if now is None or now.state == "sent":
            return draft.ends(Decision.already_sent, "another worker has just sent it")
        now = _extend(now, draft.findings, tools.state)
        try:
            receipt = tools.notifier.find(now.alert)
        except (Retryable, Fatal) as error:
            return draft.ends(Decision.failed, f"{error}; it waits for the next run")
        if receipt is None:
            return _deliver(draft, now, tools)
        _settle(now, receipt, tools)
        return draft.ends(Decision.already_sent, "an earlier try had arrived, only its answer was lost")


def _deliver(draft: Draft, record: AlertRecord, tools: Tools) -> Outcome:
    try:
        receipt = tools.notifier.send(record.alert)
    except (Retryable, Fatal) as error:
        return draft.ends(Decision.failed, f"{error}; it waits for the next run")
    _settle(record, receipt, tools)
    return draft.ends(Decision.sent, record.alert.title)


def _settle(record: AlertRecord, receipt: dict[str, str], tools: Tools) -> None:
    update = {"state": "sent", "receipt": receipt, "notifier": tools.notifier.name}
    _write(record.model_copy(update=update), tools.state)


def _extend(record: AlertRecord, findings: Sequence[Finding], state: State) -> AlertRecord:
    until = max(finding.end for finding in findings)
    if until <= record.until:
        return record
    longer = record.model_copy(update={"until": until})
    _write(longer, state)
    return longer


def _same_trouble(record: AlertRecord, finding: Finding) -> bool:
    first = record.alert.finding
    rules = {told.rule for told in _told(record)}
    near = finding.start <= record.until + QUIET and finding.end >= first.start - QUIET
    return first.brand == finding.brand and finding.rule in rules and near


def _told(record: AlertRecord) -> tuple[Finding, ...]:
    return (record.alert.finding, *record.alert.also)


def _records(state: State) -> list[AlertRecord]:
    return [AlertRecord.model_validate(body) for _, body in state.list(RecordKind.alert, limit=ALL)]


def _read(key: str, state: State) -> AlertRecord | None:
    body = state.get(RecordKind.alert, key)
    return AlertRecord.model_validate(body) if body is not None else None


def _write(record: AlertRecord, state: State) -> None:
    state.put(RecordKind.alert, record.alert.key, record.model_dump(mode="json"))


def _prefix(brand: str) -> str:
    """A brand's name may be of any length and script; a key may not."""
    return hashlib.sha256(brand.encode()).hexdigest()[:16]


def _number(record: AlertRecord) -> int:
    return int(record.alert.key.rsplit("-", 1)[1])
