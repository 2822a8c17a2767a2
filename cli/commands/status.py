"""hubbub status"""

from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.core.moments import shown
from hubbub.core.ports import ALL
from hubbub.core.records import AlertRecord, RecordKind, Run
from hubbub.flows.parts import Parts, open_parts
from hubbub.index import queries

STALE = timedelta(hours=24)
WAITING = timedelta(days=2)  # an alert that could not be sent is given up before


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


def status(parts: Parts) -> dict[str, Any]:
    """Everything that the command shows, as JSON."""
    state = parts.index.state
    recent = state.list(RecordKind.alert, since=parts.clock() - WAITING, limit=ALL)
    unsent = sum(AlertRecord.model_validate(record.body).state == "pending" for record in recent)
    totals = queries.totals(parts.index)
    return {
        "index": parts.settings.index.url or str(parts.settings.home),
        "sources": [_source(entry.name, parts) for entry in parts.listening.sources],
        "mentions": {"total": totals.mentions, "newest": totals.newest, "sentiment": totals.sentiments},
        "brands": totals.brands,
        "dead_letters": state.count(RecordKind.dead_letter),
        "alerts_sent": state.count(RecordKind.alert) - unsent,
        "alerts_unsent": unsent,
    }


def _source(name: str, parts: Parts) -> dict[str, Any]:
    record = parts.index.state.get(RecordKind.last_run, name)
    if record is None:
        return {"source": name, "last_run": None, "fetched": 0, "new": 0, "state": "never run"}
    run = Run.model_validate(record.body)
    times = f" {run.failures} times in a row" if run.failures > 1 else ""
    state = f"failed{times}: {run.error}" if run.error else "ok"
    if not run.error and parts.clock() - run.started > STALE:
        state = "no run for over a day"
    return {"source": name, "last_run": run.started, "fetched": run.fetched, "new": run.new, "state": state}


def _row(source: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    started: datetime | None = source["last_run"]
    return {**source, "last_run": shown(started, zone) if started else None}
