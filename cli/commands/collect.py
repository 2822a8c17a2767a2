"""The command `hubbub collect`."""

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
from hubbub.core.errors import Misconfigured
from hubbub.core.records import Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.collect import Collected, Progress, collect_all
from hubbub.flows.coverage import coverage, warnings
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
        collecting = run_flow if options.wants_prefect(prefect) else run_plain
        done = collecting(parts, sources, back_to)
    runs = [one.run for one in done if not one.error]
    for line in (line for run in runs for line in warnings(run)):
        show.complain(line)
    if as_json:
        show.as_json([one.run.model_dump(mode="json") for one in done])
    else:
        show.table("Collected", coverage(runs))
    return max((2 if isinstance(one.error, Misconfigured) else 1 for one in done if one.error), default=0)


def run_flow(parts: Parts, sources: tuple[str, ...], since: datetime | None) -> list[Collected]:
    parts.entries(sources)  # a wrong name is told before Prefect is loaded
    from hubbub.flows import scheduled

    chosen = {"config": parts.settings.config, "sources": list(sources) or None, "since": since}
    return [Collected(run) for run in scheduled.run_flow(scheduled.collect_flow, **chosen)]


def run_plain(parts: Parts, sources: tuple[str, ...], since: datetime | None) -> list[Collected]:
    done = []
    with progress_bar() as progress:
        for one in collect_all(parts, sources, progress, since):
            done.append(one)
            if one.error:
                show.complain(f"{one.run.entry}: {one.error}")
    return done


@contextmanager
def progress_bar() -> Iterator[Callable[[SourceEntry], Progress]]:
    """What shows how far the reading of a source is, on a terminal alone."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Bar(*columns, console=show.console, transient=True, disable=not show.console.is_terminal) as bar:
        yield lambda entry: partial(show_progress, bar, bar.add_task(f"{entry.name}: asking"))


def show_progress(bar: Bar, task: TaskID, run: Run) -> None:
    bar.update(task, description=f"{run.entry}: {run.fetched:,} read, {run.new:,} new")
