"""From findings to messages, stage by stage as in Prometheus' Alertmanager.

A trouble is told once. It is one trouble as long as findings of its subject and rule come in windows that begin at most
`QUIET` after the last one ended. Each alert is a record in the state, pending from before the first try until every
notifier has acknowledged it, then sent. Its key is the subject and a running number, so that two workers who find the
same trouble want to create the same record, which only one of them can. Every run tries the pending records again, with
the notifiers that have no receipt yet, after asking each whether the earlier try arrived.

A record holds the ids of the mentions that its messages quote, never their words. When one of them is gone from the
index, the messages are written anew without it.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from hubbub.alerts import ledger
from hubbub.alerts.events import event
from hubbub.alerts.message import write
from hubbub.core.alert import Alert, Evidence, Finding, Mute, Subject
from hubbub.core.clock import Clock
from hubbub.core.errors import Fatal, Retryable
from hubbub.core.events import Event
from hubbub.core.moments import shown
from hubbub.core.ports import Notifier, State
from hubbub.core.records import AlertRecord

QUIET = timedelta(hours=1)
TOO_OLD = timedelta(hours=24)
EDITED = timedelta(days=365)
_UTC = ZoneInfo("UTC")


class Decision(StrEnum):
    sent = "sent"
    muted = "muted"
    grouped = "grouped"
    already_sent = "already sent"
    failed = "failed"
    dropped = "dropped"
    edited = "edited"


@dataclass(frozen=True)
class Outcome:
    """Attributes:
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


@dataclass(frozen=True)
class Draft:
    """A message on its way: something found just now or, where it has a record, an alert that waits to be sent.

    Attributes:
        findings: of one subject, at least one; the first leads.
        number: of the alert among those of its subject; from `dedup` on.
    """

    findings: tuple[Finding, ...]
    record: AlertRecord | None = None
    number: int = 0

    def ends(self, decision: Decision, reason: str) -> Outcome:
        lead = self.findings[0]
        return Outcome(lead.rule, lead.subject, lead.brand, decision, reason, self.record.key if self.record else None)


@dataclass(frozen=True)
class Tools:
    """What the stages work with.

    Attributes:
        evidence: the newest mentions behind a finding.
        posts: the mentions of those ids that are (still) in the index.
        record: writes events.
        zone: of the times in messages.
    """

    evidence: Callable[[Finding], tuple[Evidence, ...]]
    posts: Callable[[Sequence[str]], tuple[Evidence, ...]]
    record: Callable[[Sequence[Event]], None]
    state: State
    notifiers: Sequence[Notifier]
    clock: Clock
    mutes: Sequence[Mute] = ()
    zone: tzinfo = _UTC

    def shown(self, record: AlertRecord) -> str:
        return shown(record.since, self.zone)


Passed = tuple[list[Draft], list[Outcome]]


def raise_alerts(findings: Sequence[Finding], tools: Tools) -> list[Outcome]:
    """Tells people what was found, and what earlier runs could not tell.

    Returns: one outcome a finding, and one for each alert of an earlier run that still waited or was edited. A notifier
        that fails makes the outcome `failed`; the alert waits for the next run.

    Raises:
        HubbubError: the state or the index could not be read or written.
    """
    records = ledger.read_all(tools.state)
    outcomes = edit(records, tools)
    waiting = [Draft(record.findings, record) for record in records if record.state == "pending"]
    drafts = [*waiting, *(Draft((finding,)) for finding in findings)]
    for stage in (mute, group, dedup, send):
        drafts, decided = stage(drafts, records, tools)
        outcomes += decided
    return outcomes


def edit(records: Sequence[AlertRecord], tools: Tools) -> list[Outcome]:
    """Takes what is no longer in the index out of the messages that quote it; a notifier that is not set up just now is
    waited for."""
    present = {notifier.name for notifier in tools.notifiers}
    recent = [record for record in records if tools.clock() - record.since <= EDITED]
    told = [record for record in recent if (changeable := _changeable(record)) and changeable.keys() <= present]
    quoted = {mention for record in told for mention in record.mentions}
    posts = {post.mention_id: post for post in tools.posts(sorted(quoted))} if quoted else {}
    return [_edit(record, posts, tools) for record in told if not posts.keys() >= set(record.mentions)]


def mute(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Stops what somebody silenced. An alert that waits goes on waiting."""
    passed, decided = [], []
    for draft in drafts:
        mutes = [next((m for m in tools.mutes if m.covers(finding)), None) for finding in draft.findings]
        if mutes[0] and all(mutes):
            decided.append(draft.ends(Decision.muted, f"muted until {shown(mutes[0].until, tools.zone)}"))
        else:
            passed.append(draft)
    return passed, decided


def group(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Makes one message of everything new about a subject; the greatest number leads."""
    passed, decided = [draft for draft in drafts if draft.record], []
    new = [finding for draft in drafts if not draft.record for finding in draft.findings]
    for subject in dict.fromkeys(finding.subject for finding in new):
        about = [finding for finding in new if finding.subject == subject]
        findings = sorted(about, key=lambda f: (-f.observed, f.rule, f.start))
        passed.append(Draft(tuple(findings)))
        reason = f"goes with what {findings[0].rule} found"
        decided += [Draft((finding,)).ends(Decision.grouped, reason) for finding in findings[1:]]
    return passed, decided


def dedup(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Stops what was told before, and alerts that nobody can use any more."""
    decided: list[Outcome] = []
    waiting: dict[str, Draft] = {}
    dropped: set[str] = set()
    for draft in drafts:
        if draft.record and tools.clock() - draft.record.since > TOO_OLD:
            dropped.add(draft.record.key)
            tools.record([event(draft.record, "dropped", tools.clock())])
            ledger.delete(tools.state, draft.record.key)
            decided.append(draft.ends(Decision.dropped, "could not be sent for 24 hours"))
        elif draft.record:
            waiting[draft.record.key] = draft
    records = [record for record in records if record.key not in dropped]
    new: list[Draft] = []
    for draft in drafts:
        if draft.record:
            continue
        known = [(found, next((r for r in records if _same_trouble(r, found)), None)) for found in draft.findings]
        for finding, record in known:
            if record and record.state == "sent":
                ledger.change(tools.state, record.key, _longer((finding,)))
            elif record:
                before = waiting.get(record.key, Draft(record.findings, record))
                waiting[record.key] = Draft((*before.findings, finding), record)
        untold = tuple(finding for finding, record in known if record is None)
        if untold:
            subject = untold[0].subject
            number = 1 + max((_number(r) for r in records if r.findings[0].subject == subject), default=0)
            new.append(Draft(untold, number=number))
        elif record := known[0][1]:
            known_draft = Draft(draft.findings, record)
            if record.state == "sent":
                reason = f"the trouble told at {tools.shown(record)} goes on"
                decided.append(known_draft.ends(Decision.already_sent, reason))
            else:
                decided.append(known_draft.ends(Decision.grouped, "the trouble of an alert that waits to be sent"))
    return [*waiting.values(), *new], decided


def send(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Tells people; where an earlier try may have arrived, asks first."""
    return [], [_send_again(draft, draft.record, tools) if draft.record else _send(draft, tools) for draft in drafts]


def _send(draft: Draft, tools: Tools) -> Outcome:
    lead, now = draft.findings[0], tools.clock()
    evidence = tools.evidence(lead)
    for number in count(draft.number):
        alert = write(f"{_prefix(lead.subject)}-{number}", draft.findings, evidence, tools.zone)
        record = AlertRecord(
            key=alert.key,
            findings=draft.findings,
            state="pending",
            since=now,
            until=_until(draft.findings),
            mentions=_ids(alert.evidence),
            claimed=now,
        )
        draft = Draft(draft.findings, record)
        if ledger.create(tools.state, record):
            return _deliver(draft, record, alert, tools, tried=False)
        theirs = ledger.read(tools.state, alert.key)
        if theirs and all(_same_trouble(theirs, finding) for finding in draft.findings):
            return draft.ends(Decision.already_sent, "another worker has just told it")
    raise AssertionError("numbers do not end")


def _send_again(draft: Draft, record: AlertRecord, tools: Tools) -> Outcome:
    claimed = ledger.claim(tools.state, record.key, tools.clock)
    if claimed is None:
        now = ledger.read(tools.state, record.key)
        waits = now is not None and now.state == "pending"
        reason = "another worker is sending it just now" if waits else "another worker has just sent it"
        return draft.ends(Decision.already_sent, reason)
    claimed = ledger.change(tools.state, record.key, _longer(draft.findings)) or claimed
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


def _edit(record: AlertRecord, posts: dict[str, Evidence], tools: Tools) -> Outcome:
    draft = Draft(record.findings, record)
    left = tuple(mention for mention in record.mentions if mention in posts)
    alert = write(record.key, record.findings, [posts[mention] for mention in left], tools.zone)
    try:
        for notifier in tools.notifiers:
            if receipt := _changeable(record).get(notifier.name):
                notifier.update(alert, receipt)
    except (Retryable, Fatal) as error:
        return draft.ends(Decision.failed, f"{error}; the next run takes out what was deleted")
    tools.record([event(record, "edited", tools.clock())])
    ledger.change(tools.state, record.key, lambda kept: _without(kept, posts))
    gone = len(record.mentions) - len(left)
    return draft.ends(Decision.edited, f"{gone} of the quoted posts {'is' if gone == 1 else 'are'} gone")


def _changeable(record: AlertRecord) -> dict[str, dict[str, str]]:
    """The receipts by which a message can be changed; that of a notifier whose messages stay is empty."""
    return {name: receipt for name, receipt in record.receipts.items() if receipt}


def _without(record: AlertRecord, posts: dict[str, Evidence]) -> AlertRecord:
    return record.model_copy(update={"mentions": tuple(mention for mention in record.mentions if mention in posts)})


def _longer(findings: Iterable[Finding]) -> ledger.Change:
    """Lets the trouble go on to the end of these findings."""
    until = _until(findings)
    return lambda record: record.model_copy(update={"until": until}) if until > record.until else None


def _same_trouble(record: AlertRecord, finding: Finding) -> bool:
    first = record.findings[0]
    rules = {told.rule for told in record.findings}
    near = finding.start <= record.until + QUIET and finding.end >= first.start - QUIET
    return first.subject == finding.subject and finding.rule in rules and near


def _until(findings: Iterable[Finding]) -> datetime:
    return max(finding.end for finding in findings)


def _ids(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(post.mention_id for post in evidence)


def _prefix(subject: Subject) -> str:
    """A name may be of any length and script; a key may not."""
    name = subject.name if subject.kind == "brand" else f"{subject.kind}:{subject.name}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _number(record: AlertRecord) -> int:
    return int(record.key.rsplit("-", 1)[1])
