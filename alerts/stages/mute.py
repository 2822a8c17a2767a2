"""Stops what somebody silenced."""

from collections.abc import Sequence

from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.stage import Draft, Passed, Tools
from hubbub.core.alert import Finding, Mute
from hubbub.core.moments import shown
from hubbub.core.records import AlertRecord


def mute(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Stops a draft all of whose findings are silenced. An alert that waits goes on waiting."""
    passed: list[Draft] = []
    decided: list[Outcome] = []
    for draft in drafts:
        first, *others = [_silence(finding, tools.mutes) for finding in draft.findings]
        if first and all(others):
            decided.append(draft.ends(Decision.muted, f"muted until {shown(first.until, tools.zone)}"))
        else:
            passed.append(draft)
    return passed, decided


def _silence(finding: Finding, mutes: Sequence[Mute]) -> Mute | None:
    return next((mute for mute in mutes if mute.covers(finding)), None)
