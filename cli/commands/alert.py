"""The command `hubbub alert`."""

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

import click

from hubbub.alerts.outcome import Outcome
from hubbub.cli import options, show
from hubbub.flows.parts import open_parts
from hubbub.flows.raise_alerts import raise_alerts


@click.command("alert")
@options.config
@options.by_prefect
@options.json_output
def command(config: Path | None, prefect: bool, as_json: bool) -> int:
    """Tell people what stands out now: on Slack where it is set up, else here."""
    told = redirect_stdout(sys.stderr) if as_json else nullcontext()  # an alert on the console is not JSON
    with told, open_parts(config) as parts:
        if options.wants_prefect(prefect):
            from hubbub.flows import scheduled

            outcomes = scheduled.run_flow(scheduled.raise_alerts_flow, config=parts.settings.config)
        else:
            outcomes = raise_alerts(parts)
    rows = [_row(outcome, any(each.brand is None for each in outcomes)) for outcome in outcomes]
    if as_json:
        show.as_json(rows)
    elif rows:
        show.table("Alerts", rows)
    else:
        print("nothing stands out")
    return int(any(outcome.decision == "failed" for outcome in outcomes))


def _row(outcome: Outcome, with_subject: bool) -> dict[str, str | None]:
    """What an outcome is about is said where it is not a brand alone."""
    about = {"about": f"{outcome.subject.kind} {outcome.subject.name}"} if with_subject else {}
    return {"brand": outcome.brand, **about, "decision": outcome.decision, "reason": outcome.reason}
