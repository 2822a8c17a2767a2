"""Makes one message of everything new about a subject."""

from collections.abc import Sequence

from hubbub.alerts.outcome import Decision, Outcome
from hubbub.alerts.stage import Draft, Passed, Tools
from hubbub.core.records import AlertRecord


def group(drafts: list[Draft], records: Sequence[AlertRecord], tools: Tools) -> Passed:
    """Joins what was found of one subject just now; the greatest number leads."""
    passed = [draft for draft in drafts if draft.record]
    decided: list[Outcome] = []
    new = [finding for draft in drafts if not draft.record for finding in draft.findings]
    for subject in dict.fromkeys(finding.subject for finding in new):
        about = [finding for finding in new if finding.subject == subject]
        findings = sorted(about, key=lambda found: (-found.observed, found.rule, found.start))
        passed.append(Draft(tuple(findings)))
        reason = f"goes with what {findings[0].rule} found"
        decided += [Draft((finding,)).ends(Decision.grouped, reason) for finding in findings[1:]]
    return passed, decided
