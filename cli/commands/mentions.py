"""The command `hubbub mentions`."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.core import moments
from hubbub.core.ports import Json
from hubbub.core.text import harmless, shortened
from hubbub.core.verdict import Label
from hubbub.desk.mentions import MOST, mentions
from hubbub.flows.parts import open_parts
from hubbub.index.selection import Answer, Selection

SHOWN = 300  # characters of a post on a terminal


@click.command("mentions")
@click.option("--brand", metavar="NAME", help="About this brand.")
@click.option("--source", metavar="NAME", help="Brought by this entry of `sources:`.")
@click.option("--platform", metavar="NAME", help="Said on this platform: x, reddit, ...")
@click.option("--label", type=click.Choice([label.value for label in Label]), help="Judged so.")
@click.option("--uncertain", is_flag=True, help="Only those of which the model is not sure.")
@click.option("--term", metavar="TERM", help="Matched by this term of the watch list.")
@click.option("--language", metavar="CODE", help="In this language: en, th, vi, ...")
@click.option(
    "--answer",
    type=click.Choice([answer.value for answer in Answer]),
    help="First posts of customers who wait for an answer, or got one.",
)
@click.option("--hour", type=click.IntRange(0, 23), help="Posted at this hour of the day, in the team's zone.")
@click.option("--text", metavar="WORDS", help="With all of these words in the text or in the title.")
@click.option("--since", metavar="TIME", help="Posted since then: 12h, 7d or an ISO time.")
@click.option("--until", metavar="TIME", help="Posted before then, written likewise.")
@click.option("--everyone", is_flag=True, help="Also what brands say themselves, and what is about competitors alone.")
@click.option("--uncounted", is_flag=True, help="Only what brands say themselves, and what is about competitors alone.")
@click.option("--limit", type=click.IntRange(0, MOST), default=20, show_default=True, metavar="N")
@click.option("--unmasked", is_flag=True, help="Show e-mail addresses and phone numbers.")
@options.config
@options.json_output
def command(
    label: str | None,
    answer: str | None,
    since: str | None,
    until: str | None,
    limit: int,
    unmasked: bool,
    config: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Show the mentions behind a number, newest first: what customers say about our brands, or the part asked for."""
    with open_parts(config) as parts:
        zone = parts.listening.timezone
        now = parts.clock()
        selection = Selection(
            label=Label(label) if label else None,
            answer=Answer(answer) if answer else None,
            since=moments.since(since, now, zone) if since else None,
            until=moments.since(until, now, zone) if until else None,
            **asked,
        )
        if selection.since and selection.until and selection.since >= selection.until:
            raise click.UsageError("--since is not before --until: nothing was posted between them")
        total, found = mentions(parts, selection, limit, unmasked)
    if as_json:
        show.as_json([{"id": name, **document} for name, document in found])
        return
    for name, document in found:
        print("\n".join(_lines(name, document, zone)), end="\n\n")
    print(f"{len(found):,} of {total:,} mentions" if total else "no mentions")


def _lines(name: str, document: Json, zone: tzinfo) -> Iterator[str]:
    """Who, where and how judged, then what was said and where to read it."""
    sentiment, user = document["sentiment"], document.get("user", {})
    judged = sentiment["label"] + ("?" if sentiment["uncertain"] else "")
    by = f"@{user['name']}" if user.get("name") else "somebody"
    place = " ".join(part for part in (document["source"], document.get("channel")) if part)
    when = moments.shown(datetime.fromisoformat(document["@timestamp"]), zone)
    about = ", ".join([*document.get("brand", []), *document.get("competitor", [])])
    yield harmless(f"{when} · {judged} · {by} on {place} · about {about} · {name}")
    for part in ("title", "message"):
        if document.get(part):
            yield f"  {shortened(harmless(document[part]), SHOWN)}"
    address = document.get("url", {}).get("full")
    if address and harmless(address) == address:
        yield f"  {address}"
