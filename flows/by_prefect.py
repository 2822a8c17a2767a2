"""How flows run: a task tries again only what may succeed later, and what goes wrong is told in one line."""

import logging
from typing import Any

import httpx
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State, TaskRun
from prefect.settings import PREFECT_API_URL
from prefect.tasks import Task, exponential_backoff

from hubbub.core.errors import HubbubError, Retryable


def may_succeed_later(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), Retryable)


RETRIES: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": exponential_backoff(2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_succeed_later,
}


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
