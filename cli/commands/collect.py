"""hubbub collect"""

import sys
from functools import partial
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from hubbub.cli import options, show
from hubbub.core.errors import HubbubError, Misconfigured
from hubbub.core.records import Run
from hubbub.flows.collect import collect, coverage
from hubbub.flows.parts import Parts, open_parts


@click.command("collect")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.config
@options.by_prefect
@options.json_output
def command(sources: tuple[str, ...], config: Path | None, prefect: bool, as_json: bool) -> int:
    """Read what is new from every source, or from those named, into the index."""
    with open_parts(config) as parts:
        if options.wants_prefect(prefect):
            runs, failed = run_flow(parts, sources), 0
        else:
            runs, failed = run_plain(parts, sources)
    if as_json:
        show.as_json([run.model_dump(mode="json") for run in runs])
    else:
        show.table("Collected", coverage(runs))
    return failed


def run_flow(parts: Parts, sources: tuple[str, ...]) -> list[Run]:
    parts.entries(sources)  # a wrong name is told before Prefect is loaded
    from hubbub.flows import by_prefect
    from hubbub.flows.collect import collect_flow

    runs: list[Run] = by_prefect.run_flow(collect_flow, config=parts.settings.config, sources=list(sources) or None)
    return runs


def run_plain(parts: Parts, sources: tuple[str, ...]) -> tuple[list[Run], int]:
    """Returns the runs that ended well, and the exit status: a source that fails does not stop the others."""
    runs, failed = [], 0
    entries = parts.entries(sources)
    _ = parts.index  # one that cannot be opened is told once, not by every source
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=show.console, transient=True, disable=not show.console.is_terminal) as bar:
        for entry in entries:
            task = bar.add_task(f"{entry.name}: asking")
            try:
                runs.append(collect(parts, entry, partial(show_progress, bar, task)))
            except HubbubError as error:
                print(f"hubbub: {entry.name}: {error}", file=sys.stderr)
                failed = max(failed, 2 if isinstance(error, Misconfigured) else 1)
    return runs, failed


def show_progress(bar: Progress, task: TaskID, run: Run) -> None:
    bar.update(task, description=f"{run.entry}: {run.fetched:,} read, {run.new:,} new")
