"""From findings to messages, stage by stage as in Prometheus' Alertmanager."""

from collections.abc import Sequence

from hubbub.alerts import ledger
from hubbub.alerts.outcome import Outcome
from hubbub.alerts.stage import Draft, Tools
from hubbub.alerts.stages.dedup import dedup
from hubbub.alerts.stages.edit import edit
from hubbub.alerts.stages.group import group
from hubbub.alerts.stages.mute import mute
from hubbub.alerts.stages.send import send
from hubbub.core.alert import Finding

STAGES = (edit, mute, group, dedup, send)


def raise_alerts(findings: Sequence[Finding], tools: Tools) -> list[Outcome]:
    """Tells people what was found, and what earlier runs could not tell.

    Returns: one outcome a finding, and one for each alert of an earlier run that still waited or was edited. A notifier
        that fails makes the outcome `failed`; the alert waits for the next run.

    Raises:
        HubbubError: the state or the index could not be read or written.
    """
    records = ledger.load_all(tools.state)
    waiting = [Draft(record.findings, record) for record in records if record.state == "pending"]
    drafts = [*waiting, *(Draft((finding,)) for finding in findings)]
    outcomes: list[Outcome] = []
    for stage in STAGES:
        drafts, decided = stage(drafts, records, tools)
        outcomes += decided
    return outcomes
