"""Stops what was told before, and alerts that nobody can use any more."""

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto

from hubbub.alerts import ledger, trouble
from hubbub.alerts.events import event
from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.stage import Draft, Passed, Tools
from hubbub.core.alert import Finding
from hubbub.core.clock import Clock
from hubbub.core.moments import shown
from hubbub.core.records import AlertRecord

TOO_OLD = timedelta(hours=24)


class Standing(Enum):
    """How a trouble stands with those who would be told of it."""

    new = auto()
    waiting = auto()
    too_old = auto()
    told = auto()


def standing(record: AlertRecord | None, clock: Clock) -> Standing:
    """Judges a trouble by the record of its alert; None where there is no such alert."""
    if record is None:
        return Standing.new
    if record.state == "sent":
        return Standing.told
    return Standing.too_old if clock() - record.since > TOO_OLD else Standing.waiting


def dedup(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Adds what goes on to the alert that it belongs to; what nobody has been told of goes on with a number."""
    waiting, decided = _waiting(drafts, tools)
    dropped = {outcome.key for outcome in decided}
    records = [record for record in records if record.key not in dropped]
    new: list[Draft] = []
    for draft in drafts:
        if draft.record is None:
            untold, known = _sorted(draft, records)
            for finding, record in known:
                _add(finding, record, waiting, tools)
            if untold:
                new.append(Draft(untold, number=trouble.next_number(untold[0].subject, records)))
            else:
                decided.append(_no_news(draft, known[0][1], tools))
    return [*waiting.values(), *new], decided


def _waiting(drafts: Sequence[Draft], tools: Tools) -> tuple[dict[str, Draft], list[Outcome]]:
    """The alerts that wait, by key, and what became of those that waited too long."""
    waiting: dict[str, Draft] = {}
    dropped: list[Outcome] = []
    for draft in drafts:
        if draft.record and standing(draft.record, tools.clock) is Standing.too_old:
            tools.record([event(draft.record, "dropped", tools.clock())])
            ledger.delete(tools.state, draft.record.key)
            dropped.append(draft.ends(Decision.dropped, "could not be sent for 24 hours"))
        elif draft.record:
            waiting[draft.record.key] = draft
    return waiting, dropped


def _sorted(
    draft: Draft, records: Sequence[AlertRecord]
) -> tuple[tuple[Finding, ...], list[tuple[Finding, AlertRecord]]]:
    """The findings that are new, and the others with the alerts whose trouble they are."""
    untold: list[Finding] = []
    known: list[tuple[Finding, AlertRecord]] = []
    for finding in draft.findings:
        record = next((record for record in records if trouble.is_same(record, finding)), None)
        if record is None:
            untold.append(finding)
        else:
            known.append((finding, record))
    return tuple(untold), known


def _add(finding: Finding, record: AlertRecord, waiting: dict[str, Draft], tools: Tools) -> None:
    """Lets a told trouble go on; an alert that waits is told with the finding."""
    if standing(record, tools.clock) is Standing.told:
        ledger.change(tools.state, record.key, lambda kept: trouble.prolonged(kept, (finding,)))
    else:
        before = waiting.get(record.key, Draft(record.findings, record))
        waiting[record.key] = Draft((*before.findings, finding), record)


def _no_news(draft: Draft, record: AlertRecord, tools: Tools) -> Outcome:
    known = Draft(draft.findings, record)
    if standing(record, tools.clock) is Standing.told:
        return known.ends(Decision.already_sent, f"the trouble told at {shown(record.since, tools.zone)} goes on")
    return known.ends(Decision.grouped, "the trouble of an alert that waits to be sent")
