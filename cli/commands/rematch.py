"""The command `hubbub rematch`."""

from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.cli.commands.collect import progress_bar
from hubbub.core.errors import Misconfigured
from hubbub.flows.coverage import coverage, warnings
from hubbub.flows.parts import open_parts
from hubbub.flows.rematch import Rematched, rematch


@click.command("rematch")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.config
@options.json_output
def command(sources: tuple[str, ...], config: Path | None, as_json: bool) -> int:
    """Read files again from their start, after a change of the watch list.

    What was said about a brand before `hubbub.yaml` knew it was not kept. Sources asked over a network are left alone:
    `hubbub collect SOURCE --since 7d` reads them again.
    """
    with open_parts(config) as parts, progress_bar() as progress:
        done = rematch(parts, sources, progress)
    runs = [one.run for one in done if one.run]
    if as_json:
        show.as_json([_row(one) for one in done])
    else:
        show.table("Read again", coverage(runs))
    for one in done:
        for line in _lines(one):
            show.complain(line)
    failed = [one.error for one in done if one.error]
    return (2 if any(isinstance(error, Misconfigured) for error in failed) else 1) if failed else 0


def _lines(one: Rematched) -> list[str]:
    if one.error:
        return [f"{one.source}: {one.error}"]
    if one.run is None:
        return [f"{one.source}: is asked over a network; `hubbub collect {one.source} --since 7d` reads it again"]
    told = {True: "has changed", False: "has not changed", None: "may have changed"}[one.changed]
    return [f"{one.source}: the watch list {told} since this source was last read whole", *warnings(one.run)]


def _row(one: Rematched) -> dict[str, Any]:
    return {
        "source": one.source,
        "watch_list_changed": one.changed,
        "run": one.run.model_dump(mode="json") if one.run else None,
        "error": str(one.error) if one.error else None,
    }
