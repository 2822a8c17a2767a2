"""The command `hubbub check`."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from hubbub.cli import options, show
from hubbub.cli.schema import schema
from hubbub.core.moments import iso, shown
from hubbub.core.text import harmless, masked, shortened
from hubbub.desk.check import Checked, Tried, check
from hubbub.desk.sample import FIRST, Row
from hubbub.flows.parts import Parts, open_parts

_SHOWN = 60  # characters of a text


@click.command("check")
@click.option("--schema", "wants_schema", is_flag=True, help="Write the JSON schema of hubbub.yaml, for editors.")
@click.option(
    "--sample",
    type=click.IntRange(1, FIRST),
    default=None,
    metavar="N",
    help=f"Show the first N records of every file: whom each is about, or why it cannot be used. At most {FIRST}.",
)
@click.option("--online", is_flag=True, help="Ask every network source, too, by one request that costs nothing.")
@options.json_output
@options.config
def command(wants_schema: bool, sample: int | None, online: bool, as_json: bool, config: Path | None) -> int:
    """Try the settings: the file, its examples, every source and every rule. Files are opened; no network is asked."""
    if wants_schema:
        show.as_json(schema())
        return 0
    with open_parts(config) as parts:
        checked = check(parts, online)
        if as_json:
            show.as_json(_as_json(checked, sample or 0))
        else:
            _print(checked, sample or 0, parts)
        return checked.status


def _print(checked: Checked, sample: int, parts: Parts) -> None:
    for tried in checked.sources:
        if tried.answer:
            print(harmless(f"{tried.source}: {tried.answer}"))
        show.table(
            f"{tried.source}, from its start", [_row(row, parts.listening.timezone) for row in _rows(tried, sample)]
        )
    for warning in checked.warnings:
        print(harmless(f"warning: {warning}"))
    for problem in checked.problems:
        print(harmless(problem))
    sources = len(checked.sources)
    print(
        f"{parts.settings.config}: {len(parts.listening.brands)} brands, "
        f"{checked.examples_hold} of {checked.examples} examples hold, "
        f"{checked.ready} of {sources} sources ready, {checked.rules} alert rules"
    )


def _rows(tried: Tried, sample: int) -> list[Row]:
    return list(tried.sample.rows[:sample]) if tried.sample else []


def _row(row: Row, zone: ZoneInfo) -> dict[str, Any]:
    mention = row.mention
    return {
        "posted": shown(mention.posted_at, zone) if mention else "",
        "text": shortened(masked(harmless(mention.words)), _SHOWN) if mention else "",
        "brand": ", ".join(row.brands),
        "cannot be used": row.reason,
    }


def _as_json(checked: Checked, sample: int) -> dict[str, Any]:
    return {
        "problems": checked.problems,
        "warnings": checked.warnings,
        "examples": {"all": checked.examples, "hold": checked.examples_hold},
        "rules": checked.rules,
        "sources": [
            {
                "source": tried.source,
                "answer": tried.answer,
                "unknown_brands": dict(tried.sample.strangers) if tried.sample else {},
                "sample": [
                    {
                        "id": row.mention.id if row.mention else None,
                        "posted_at": iso(row.mention.posted_at) if row.mention else None,
                        "text": masked(row.mention.words) if row.mention else None,
                        "brands": row.brands,
                        "reason": row.reason or None,
                    }
                    for row in _rows(tried, sample)
                ],
            }
            for tried in checked.sources
        ],
    }
