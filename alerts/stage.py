"""What a stage is: a function that passes drafts on and decides the others, `(drafts, records, tools) -> Passed`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from hubbub.alerts.outcome import Decision, Outcome
from hubbub.core.alert import Evidence, Finding, Mute
from hubbub.core.clock import Clock
from hubbub.core.events import Event
from hubbub.core.ports import Notifier, State
from hubbub.core.records import AlertRecord

_UTC = ZoneInfo("UTC")


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
        """The outcome of this draft, told by its first finding."""
        lead = self.findings[0]
        return Outcome(lead.rule, lead.subject, lead.brand, decision, reason, self.record.key if self.record else None)


Passed = tuple[list[Draft], list[Outcome]]
"""The drafts that go on to the next stage, and what was decided of the others."""


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
