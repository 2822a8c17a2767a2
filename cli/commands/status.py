"""The command `hubbub status`."""

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.core.moments import shown
from hubbub.desk.status import status
from hubbub.flows.parts import open_parts


@click.command("status")
@options.config
@options.json_output
def command(config: Path | None, as_json: bool) -> None:
    """Say how every source is doing, what the index holds, and what waits."""
    with open_parts(config) as parts:
        content, zone = status(parts), parts.listening.timezone
    if as_json:
        show.as_json(content)
        return
    show.table("Sources", [_row(source, zone) for source in content["sources"]])
    held = content["mentions"]
    newest = shown(datetime.fromisoformat(held["newest"]), zone) if held["newest"] else "none"
    show.console.print(f"\n{held['total']:,} mentions in {content['index']}, newest {newest}")
    show.table("\nSentiment", [held["sentiment"]] if held["sentiment"] else [])
    letters, unsent = content["dead_letters"], content["alerts_unsent"]
    if letters:
        show.console.print(
            f"\n{letters:,} dead letters wait: `hubbub dead-letters` says why, `hubbub replay` tries again"
        )
    if unsent:
        show.console.print(f"\n{unsent:,} alerts could not be sent yet; `hubbub alert` tries them again")


def _row(source: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    started: datetime | None = source["last_run"]
    return {**source, "last_run": shown(started, zone) if started else None}
