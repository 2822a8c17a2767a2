"""Raises alerts: asks the index for each rule's numbers, and tells people what stands out."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubbub.alerts import pipeline
from hubbub.alerts.catalogue import kind_of, load_rules
from hubbub.core.alert import Finding
from hubbub.core.errors import Fatal
from hubbub.flows.parts import Parts, open_parts
from hubbub.index import queries

if TYPE_CHECKING:
    from prefect import Flow

EVIDENCE = 5


def raise_alerts(parts: Parts) -> list[pipeline.Outcome]:
    """Returns what was decided of every finding and of every alert that an earlier run could not send.

    Raises:
        HubbubError: the index could not be asked. A notifier that fails is an outcome, not an error.
    """
    parts.index.refresh()
    return pipeline.raise_alerts(
        list(findings(parts)),
        evidence=lambda finding: queries.evidence(parts.index, finding.brand, finding.start, finding.end, EVIDENCE),
        state=parts.index.state,
        notifier=parts.notifier,
        mutes=parts.listening.alerts.mutes,
        clock=parts.clock,
    )


def findings(parts: Parts) -> Iterator[Finding]:
    """What every rule finds for every brand of ours now."""
    now = parts.clock()
    for rule in load_rules():
        kind = kind_of(rule)
        for brand in parts.listening.brands:
            if brand.competitor:
                continue
            counts = queries.negative_counts(parts.index, brand.name, kind.windows(rule, now))
            finding = kind.find(rule, brand.name, counts)
            if finding:
                yield finding


@cache
def _flow() -> "Flow[..., list[pipeline.Outcome]]":
    from prefect import flow, task

    from hubbub.flows.by_prefect import RETRIES

    @task(name="raise alerts", **RETRIES)
    def raise_alerts_task(config: Path) -> list[pipeline.Outcome]:
        with open_parts(config) as parts:
            return raise_alerts(parts)

    @flow(name="raise_alerts", flow_run_name="raise_alerts")
    def raise_alerts_flow(config: Path = Path("hubbub.yaml")) -> list[pipeline.Outcome]:
        """Follows every completed collect; fails when an alert could not be sent, and the next run sends it."""
        outcomes = raise_alerts_task(config)
        unsent = [outcome for outcome in outcomes if outcome.decision == "failed"]
        if unsent:
            raise Fatal("; ".join(outcome.reason for outcome in unsent))
        return outcomes

    return raise_alerts_flow


def __getattr__(name: str) -> Any:
    """Builds `raise_alerts_flow` when it is asked for, so that a plain run does not wait for Prefect's import."""
    if name == "raise_alerts_flow":
        return _flow()
    raise AttributeError(name)
