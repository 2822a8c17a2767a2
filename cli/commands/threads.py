"""The command `hubbub threads`."""

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.core.moments import shown
from hubbub.core.text import harmless
from hubbub.desk.threads import summed_up, threads
from hubbub.flows.parts import open_parts

TABLES = {
    "all": "Threads (times in minutes)",
    "brand": "\nBy brand",
    "platform": "\nBy platform",
    "hour": "\nBy hour at which they opened",
}
ENDS = ("private", "reopened", "better", "worse")  # outcomes worth a look


@click.command("threads")
@click.option("--brand", metavar="NAME", help="Only what customers ask of this brand.")
@click.option("--open", "only_open", is_flag=True, help="Only where a customer waits for an answer.")
@click.option("--summary", is_flag=True, help="A table by brand, platform and hour of the day instead.")
@options.config
@options.json_output
def command(brand: str | None, only_open: bool, summary: bool, config: Path | None, as_json: bool) -> None:
    """Show conversations with customers, oldest first: who asked, who was answered and how soon, who waits.

    With --json it writes one line a thread.
    """
    if summary and only_open:
        raise click.UsageError("--summary counts all threads, --open shows some; choose one")
    with open_parts(config) as parts:
        zone = parts.listening.timezone
        if summary:
            rows = summed_up(parts, brand)
            if as_json:
                show.as_json(rows)
            else:
                for by, title in TABLES.items():
                    show.table(title, [_row(row) for row in rows if row["by"] == by])
            return
        number = 0
        for line in threads(parts, brand, only_open):
            print(show.json_text(line) if as_json else _line(line, zone))
            number += 1
        if not as_json:
            print(f"{number:,} threads" if number else "no threads")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        row["by"]: row["name"],
        "threads": row["threads"],
        "answered": row["answered"],
        "open": row["open"],
        "median": row["median_minutes"],
        "p90": row["p90_minutes"],
        "in time": _percent(row["within_level"]),
        "first contact": _percent(row["first_contact"]),
        "ended": ", ".join(f"{row['outcome'][name]} {name}" for name in ENDS if name in row["outcome"]),
    }


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"


def _line(line: dict[str, Any], zone: tzinfo) -> str:
    opened, due = (shown(datetime.fromisoformat(line[name]), zone) for name in ("opened_at", "due_at"))
    seconds = line["first_response_seconds"]
    told = [
        opened,
        line["brand"],
        " ".join(part for part in (line["source"], line["channel"]) if part),
        "not answered" if seconds is None else f"answered after {seconds / 60:,.0f} min",
        f"waits, due {due}" if line["open"] else line["outcome"],
        f"{line['posts']} posts",
        line["id"],
    ]
    return harmless(" · ".join(part for part in told if part))
