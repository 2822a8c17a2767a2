"""The command `hubbub dead-letters`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.cli.commands.replay import show_replayed
from hubbub.core.moments import shown
from hubbub.core.records import Run
from hubbub.desk import dead_letters
from hubbub.flows.parts import Parts, open_parts

Command = Callable[..., Any]


def choice(command: Command) -> Command:
    """Options that say which letters."""
    source = click.option("--source", metavar="NAME", help="Only those of this source.")
    reason = click.option("--reason", metavar="TEXT", help="Only those whose reason holds this.")
    return source(reason(command))


@click.group("dead-letters", invoke_without_command=True)
@choice
@options.config
@options.json_output
@click.pass_context
def command(context: click.Context, source: str | None, reason: str | None, config: Path | None, as_json: bool) -> None:
    """Records that were set aside: list them, take them again, or be done with them."""
    if context.invoked_subcommand is None:
        show_list(source, reason, config, as_json)
    elif source or reason or config or as_json:
        raise click.UsageError(f"write the options behind the verb: {context.invoked_subcommand} --source NAME")


@command.command("list")
@choice
@options.config
@options.json_output
def list_(source: str | None, reason: str | None, config: Path | None, as_json: bool) -> None:
    """How many there are, by source, stage and reason."""
    show_list(source, reason, config, as_json)


@command.command("replay")
@choice
@options.config
@options.json_output
def replay_(source: str | None, reason: str | None, config: Path | None, as_json: bool) -> int:
    """Take them the whole way again."""
    with open_parts(config) as parts:
        done = dead_letters.replay(parts, source, reason)
    return show_replayed(done, as_json)


@command.command("retire")
@choice
@options.config
@options.json_output
def retire(source: str | None, reason: str | None, config: Path | None, as_json: bool) -> None:
    """Remove those whose cause is over; their number stays in the runs."""
    _remove(dead_letters.retire, "retired", source, reason, config, as_json)


@command.command("discard")
@choice
@options.config
@options.json_output
def discard(source: str | None, reason: str | None, config: Path | None, as_json: bool) -> None:
    """Throw them away; their number stays in the runs."""
    _remove(dead_letters.discard, "discarded", source, reason, config, as_json)


def show_list(source: str | None, reason: str | None, config: Path | None, as_json: bool) -> None:
    with open_parts(config) as parts:
        rows = dead_letters.summary(dead_letters.chosen(parts, source, reason))
        zone = parts.listening.timezone
    if as_json:
        show.as_json(rows)
    elif rows:
        show.table("Dead letters", [{**row, "newest": shown(row["newest"], zone)} for row in rows])
    else:
        print("no dead letters")


def _remove(
    remove: Callable[[Parts, str | None, str | None], Sequence[Run]],
    verb: str,
    source: str | None,
    reason: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    if source is None and reason is None:
        raise click.UsageError("say which: --source NAME, --reason TEXT, or both")
    with open_parts(config) as parts:
        rows = [{"source": run.entry, "letters": getattr(run, verb)} for run in remove(parts, source, reason)]
    if as_json:
        show.as_json(rows)
    elif rows:
        show.table(verb.capitalize(), rows)
    else:
        print("no such dead letters")
