"""The command `hubbub replay`."""

from pathlib import Path

import click

from hubbub.cli import options, show
from hubbub.desk import dead_letters
from hubbub.desk.dead_letters import Replayed
from hubbub.flows.coverage import coverage
from hubbub.flows.parts import open_parts


@click.command("replay")
@options.config
@options.json_output
def command(config: Path | None, as_json: bool) -> int:
    """Take the dead letters the whole way again; `hubbub dead-letters replay` takes some of them."""
    with open_parts(config) as parts:
        done = dead_letters.replay(parts)
    return show_replayed(done, as_json)


def show_replayed(done: Replayed, as_json: bool) -> int:
    """Returns the exit status."""
    runs, left = done.runs, done.left
    if as_json:
        show.as_json([run.model_dump(mode="json") for run in runs])
    elif runs:
        show.table("Replayed", [{**row, "retired": run.retired} for row, run in zip(coverage(runs), runs, strict=True)])
    elif left:
        print(f"none taken: {left:,} wait that were not asked for, or whose source is no longer in hubbub.yaml")
    else:
        print("no dead letters")
    for run in runs:
        if run.error:
            show.complain(f"{run.entry}: {run.error}")
    return int(any(run.error for run in runs))
