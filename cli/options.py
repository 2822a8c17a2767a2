"""Options that several commands share."""

import os
from pathlib import Path

import click

config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="What to listen for and where.  [default: $HUBBUB_CONFIG, else hubbub.yaml]",
)
json_output = click.option("--json", "as_json", is_flag=True, help="Write JSON for a program to read.")
by_prefect = click.option(
    "--prefect", is_flag=True, help="Run as a Prefect flow; without a server it starts one for the time of the run."
)


def wants_prefect(asked: bool) -> bool:
    """Whether to run the Prefect flow: when asked to, or when a Prefect API is configured."""
    return asked or bool(os.environ.get("PREFECT_API_URL"))
