"""The command `hubbub rebuild`."""

from pathlib import Path

import click

from hubbub.cli import options, show
from hubbub.flows.parts import open_parts
from hubbub.flows.threads import rebuild


@click.group("rebuild")
def command() -> None:
    """Work out again what follows from everything that is stored."""


@command.command("threads")
@options.config
@options.json_output
def threads(config: Path | None, as_json: bool) -> None:
    """Tell every mention again what follows from its conversation: answers, waits, due times, outcomes.

    Collecting does so for what it stores. Needed once after an upgrade, and after a change of accounts, service levels,
    automatic replies or the time zone in `hubbub.yaml`.
    """
    looked_at = changed = 0
    with open_parts(config) as parts:
        for mentions, told in rebuild(parts):
            looked_at, changed = looked_at + mentions, changed + told
    if as_json:
        show.as_json({"mentions": looked_at, "changed": changed})
    else:
        print(f"{looked_at:,} mentions looked at, {changed:,} told something new")
