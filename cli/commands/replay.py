"""hubbub replay"""

from pathlib import Path

import click

from hubbub.cli import options, show
from hubbub.flows.collect import coverage
from hubbub.flows.parts import open_parts
from hubbub.flows.replay import replay


@click.command("replay")
@options.config
@options.json_output
def command(config: Path | None, as_json: bool) -> None:
    """Take the dead letters the whole way again."""
    with open_parts(config) as parts:
        runs = replay(parts)
    if as_json:
        show.as_json([run.model_dump(mode="json") for run in runs])
    elif runs:
        show.table("Replayed", coverage(runs))
    else:
        print("no dead letters")
