"""The flows that Prefect schedules and shows: what a worker runs, and what a command runs with `--prefect`.

This is the one file that imports Prefect, which takes seconds: it is imported where a flow runs, and nowhere else.
"""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from prefect import Flow, flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import task_run
from prefect.settings import PREFECT_API_URL
from prefect.tasks import Task, exponential_backoff

from hubbub.alerts.outcome import Outcome
from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable
from hubbub.core.records import Run
from hubbub.flows.collect import collect
from hubbub.flows.coverage import coverage, warnings
from hubbub.flows.parts import open_parts
from hubbub.flows.publish import publish
from hubbub.flows.raise_alerts import raise_alerts
from hubbub.flows.turn import turn

CONFIG = Path("hubbub.yaml")


def may_succeed_later(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), Retryable)


RETRIES: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_succeed_later,  # a plain function: Prefect retries nothing for any other callable
}


@task(name="collect source", task_run_name="collect {name}", **RETRIES)
def collect_source(config: Path, name: str, since: datetime | None = None) -> Run | None:
    """Returns None where another run reads the source just now."""
    log = get_run_logger()
    with open_parts(config) as parts, turn(parts.index.state, name, parts.clock) as ours:
        if ours is None:
            log.info("%s: another run is reading it; left to that one", name)
            return None
        entry = parts.entries((name,))[0]
        run = collect(parts, entry, lambda run: ours.renew(), since=since, retried=task_run.run_count > 1)
        for line in warnings(run):
            log.warning(line)
        return run


@flow(name="collect", flow_run_name="collect")
def collect_flow(config: Path = CONFIG, sources: list[str] | None = None, since: datetime | None = None) -> list[Run]:
    """Collects every source side by side; one that fails does not stop the others."""
    with open_parts(config) as parts:
        names = [entry.name for entry in parts.entries(tuple(sources or ()))]
    tries = {name: collect_source.submit(config, name, since) for name in names}
    results = {name: future.result(raise_on_failure=False) for name, future in tries.items()}
    runs = [result for result in results.values() if isinstance(result, Run)]
    failed = {name: result for name, result in results.items() if not isinstance(result, Run | None)}
    create_table_artifact(key="collect", table=coverage(runs), description="What this run read and stored")
    if failed:
        wrong = any(isinstance(reason, Misconfigured) for reason in failed.values())
        kind = Misconfigured if wrong else Fatal
        raise kind("; ".join(f"{name}: {reason}" for name, reason in failed.items()))
    return runs


@task(name="raise alerts", **RETRIES)
def raise_alerts_task(config: Path) -> list[Outcome]:
    with open_parts(config) as parts:
        return raise_alerts(parts)


@flow(name="raise_alerts", flow_run_name="raise_alerts")
def raise_alerts_flow(config: Path = CONFIG) -> list[Outcome]:
    """Follows every collect; fails when an alert could not be sent, and the next run sends it."""
    outcomes = raise_alerts_task(config)
    unsent = [outcome for outcome in outcomes if outcome.decision == "failed"]
    if unsent:
        raise Fatal("; ".join(outcome.reason for outcome in unsent))
    return outcomes


@task(name="import dashboards", **RETRIES)
def publish_task(config: Path) -> int:
    with open_parts(config) as parts:
        return publish(parts)


@flow(name="publish", flow_run_name="publish")
def publish_flow(config: Path = CONFIG) -> int:
    """Brings the dashboards in Kibana up to date with the panels."""
    return publish_task(config)


def run_flow(flow: Flow[..., Any], **parameters: Any) -> Any:
    """Runs the flow here and now, known to the Prefect server that is configured, or to one for the time of the run.

    Raises:
        Retryable: that server does not answer.
        HubbubError: what the flow raises.
    """
    where, hint = PREFECT_API_URL.value(), "start it, or unset PREFECT_API_URL to run without one"
    if not where:
        where, hint = "of this run", "give it longer by PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
    try:
        with get_client(sync_client=True) as client:
            problem = client.api_healthcheck()
    except RuntimeError as error:  # the server of its own did not start in time
        problem = error
    if problem:
        raise Retryable(f"the Prefect server {where} does not answer ({problem}); {hint}")
    try:
        return flow(**parameters)
    except httpx.HTTPError as error:
        raise Retryable(f"the Prefect server {where} stopped answering ({error}); {hint}") from None


def _without_traceback(record: logging.LogRecord) -> bool:
    """An error of ours is one clear line; where in the code it was raised tells its reader nothing."""
    if record.exc_info and isinstance(record.exc_info[1], HubbubError):
        record.exc_info = None
    return True


for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(_without_traceback)
