"""The command `hubbub queue`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.cli.queue_table import queue_table, said
from hubbub.conversations.queue import Verb
from hubbub.core import moments
from hubbub.core.text import one_line
from hubbub.desk.queue import act, queue
from hubbub.flows.parts import open_parts

Command = Callable[..., Any]


def _name(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """What a person wrote, in one line; blanks alone are nothing."""
    if value is None:
        return None
    name = one_line(value, 200)
    if not name:
        raise click.BadParameter("is empty")
    return name


def about(command: Command) -> Command:
    """What every verb takes."""
    by = click.option("--by", required=True, callback=_name, metavar="NAME", help="Who you are.")
    reason = click.option("--reason", callback=_name, metavar="TEXT", help="Why; kept with the entry.")
    return click.argument("name", metavar="ID")(by(reason(options.config(options.json_output(command)))))


@click.group("queue", invoke_without_command=True)
@click.option("--brand", metavar="NAME", help="Only who waits for this brand.")
@click.option("--team", metavar="NAME", help="Only what this team is to answer.")
@click.option("--snoozed", is_flag=True, help="Only what sleeps, the first to wake up first.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="Of the table.")
@options.config
@options.json_output
@click.pass_context
def command(
    context: click.Context,
    brand: str | None,
    team: str | None,
    snoozed: bool,
    limit: int,
    config: Path | None,
    as_json: bool,
) -> None:
    """Who waits for an answer, the most urgent first: show them, or do something about one.

    With --json it writes one line an entry.
    """
    if context.invoked_subcommand is not None:
        if brand or team or snoozed or config or as_json:
            raise click.UsageError(f"write the options behind the verb: {context.invoked_subcommand} ID --by NAME")
        return
    with open_parts(config) as parts:
        found = queue(parts, brand, team)
        zone = parts.listening.timezone
    if as_json:
        for entry in found.snoozed if snoozed else found.entries:
            print(show.json_text(entry.line()))
        return
    queue_table(found, snoozed, limit, zone)


@command.command("take")
@about
def take(name: str, **given: Any) -> None:
    """It is yours, and nobody else can take it."""
    _act(Verb.take, name, **given)


@command.command("answer")
@about
def answer(name: str, **given: Any) -> None:
    """It was answered where Hubbub cannot see it; replies that are collected count by themselves."""
    _act(Verb.answer, name, **given)


@command.command("snooze")
@click.option("--until", required=True, metavar="TIME", help="When it comes back: in 30m, 2h, 1d, or an ISO time.")
@about
def snooze(name: str, **given: Any) -> None:
    """It comes back at that time, or when the customer writes again."""
    _act(Verb.snooze, name, **given)


@command.command("dismiss")
@about
def dismiss(name: str, reason: str | None, **given: Any) -> None:
    """It needs no answer, for the reason that you give; what the customer writes later waits again."""
    if reason is None:
        raise click.UsageError("say why it needs no answer: --reason TEXT")
    _act(Verb.dismiss, name, reason, **given)


@command.command("assign")
@click.option("--to", required=True, callback=_name, metavar="TEAM", help="Who is to answer.")
@about
def assign(name: str, **given: Any) -> None:
    """Give it to a team; whoever had taken it has it no more."""
    _act(Verb.assign, name, **given)


@command.command("reopen")
@about
def reopen(name: str, **given: Any) -> None:
    """It waits again, and nobody has it: after a mistake, or to give back what you took."""
    _act(Verb.reopen, name, **given)


def _act(
    what: Verb,
    name: str,
    reason: str | None,
    by: str,
    config: Path | None,
    as_json: bool,
    until: str | None = None,
    to: str | None = None,
) -> None:
    with open_parts(config) as parts:
        zone = parts.listening.timezone
        woken = moments.ahead(until, parts.clock(), zone) if until else None
        entry = act(parts, name, what, by, why=reason, until=woken, team=to)
    if as_json:
        print(show.json_text(entry.line()))
    else:
        print(said(entry, zone))
