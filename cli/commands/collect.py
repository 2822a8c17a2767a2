"""hubbub collect"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import click
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from hubbub.cli import options, show
from hubbub.core import moments
from hubbub.core.errors import HubbubError, Misconfigured
from hubbub.core.records import Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.collect import Progress, collect, coverage, warnings
from hubbub.flows.parts import Parts, open_parts


@click.command("collect")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--since",
    metavar="TIME",
    help="Read back to this time (7d, 12h or an ISO time) and leave the place where the next run goes on as it is; "
    "a file is read from its start.",
)
@options.config
@options.by_prefect
@options.json_output
def command(sources: tuple[str, ...], since: str | None, config: Path | None, prefect: bool, as_json: bool) -> int:
    """Read what is new from every source, or from those named, into the index."""
    with open_parts(config) as parts:
        back_to = moments.since(since, parts.clock(), parts.listening.timezone) if since else None
        if options.wants_prefect(prefect):
            runs, failed = run_flow(parts, sources, back_to), 0
        else:
            runs, failed = run_plain(parts, sources, back_to)
    for line in (line for run in runs for line in warnings(run)):
        show.complain(line)
    if as_json:
        show.as_json([run.model_dump(mode="json") for run in runs])
    else:
        show.table("Collected", coverage(runs))
    return failed


def run_flow(parts: Parts, sources: tuple[str, ...], since: datetime | None) -> list[Run]:
    parts.entries(sources)  # a wrong name is told before Prefect is loaded
    from hubbub.flows import scheduled

    chosen = {"sources": list(sources) or None, "since": since}
    runs: list[Run] = scheduled.run_flow(scheduled.collect_flow, config=parts.settings.config, **chosen)
    return runs


def run_plain(parts: Parts, sources: tuple[str, ...], since: datetime | None) -> tuple[list[Run], int]:
    """Returns the runs that ended well, and the exit status: a source that fails does not stop the others."""
    runs, failed = [], 0
    entries = parts.entries(sources)
    _ = parts.index  # one that cannot be opened is told once, not by every source
    with progress_bar() as progress:
        for entry in entries:
            try:
                runs.append(collect(parts, entry, progress(entry), since=since))
            except HubbubError as error:
                show.complain(f"{entry.name}: {error}")
                failed = max(failed, 2 if isinstance(error, Misconfigured) else 1)
    return runs, failed


@contextmanager
def progress_bar() -> Iterator[Callable[[SourceEntry], Progress]]:
    """What shows how far the reading of a source is, on a terminal alone."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Bar(*columns, console=show.console, transient=True, disable=not show.console.is_terminal) as bar:
        yield lambda entry: partial(show_progress, bar, bar.add_task(f"{entry.name}: asking"))


def show_progress(bar: Bar, task: TaskID, run: Run) -> None:
    bar.update(task, description=f"{run.entry}: {run.fetched:,} read, {run.new:,} new")
