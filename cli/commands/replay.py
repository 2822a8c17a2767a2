"""hubbub replay"""

from collections.abc import Sequence
from pathlib import Path

import click

from hubbub.cli import options, show
from hubbub.core.records import RecordKind, Run
from hubbub.flows.collect import coverage
from hubbub.flows.parts import open_parts
from hubbub.flows.replay import replay


@click.command("replay")
@options.config
@options.json_output
def command(config: Path | None, as_json: bool) -> int:
    """Take the dead letters the whole way again; `hubbub dead-letters replay` takes some of them."""
    with open_parts(config) as parts:
        runs = replay(parts)
        left = parts.index.state.count(RecordKind.dead_letter)
    return show_replayed(runs, as_json, left)


def show_replayed(runs: Sequence[Run], as_json: bool, left: int) -> int:
    """Returns the exit status; `left` letters wait, of whichever source."""
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
