"""hubbub status"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from hubbub.cli import options, show
from hubbub.core.ports import ALL
from hubbub.core.records import AlertRecord, RecordKind, Run
from hubbub.flows.parts import Parts, open_parts
from hubbub.index import queries

STALE = timedelta(hours=24)


@click.command("status")
@options.config
@options.json_output
def command(config: Path | None, as_json: bool) -> None:
    """Say how every source is doing, what the index holds, and what waits."""
    with open_parts(config) as parts:
        content = status(parts)
    if as_json:
        show.as_json(content)
        return
    show.table("Sources", [_row(source) for source in content["sources"]])
    held = content["mentions"]
    show.console.print(f"\n{held['total']:,} mentions in {content['index']}, newest {held['newest'] or 'none'}")
    show.table("\nSentiment", [held["sentiment"]] if held["sentiment"] else [])
    letters, unsent = content["dead_letters"], content["alerts_unsent"]
    if letters:
        show.console.print(f"\n{letters:,} dead letters wait; `hubbub replay` tries them again")
    if unsent:
        show.console.print(f"\n{unsent:,} alerts could not be sent yet; `hubbub alert` tries them again")


def status(parts: Parts) -> dict[str, Any]:
    """Everything that the command shows, as JSON."""
    state = parts.index.state
    alerts = [AlertRecord.model_validate(body) for _, body in state.list(RecordKind.alert, limit=ALL)]
    totals = queries.totals(parts.index)
    return {
        "index": parts.settings.index.url or str(parts.settings.home),
        "sources": [_source(entry.name, parts) for entry in parts.listening.sources],
        "mentions": {"total": totals.mentions, "newest": totals.newest, "sentiment": totals.sentiments},
        "brands": totals.brands,
        "dead_letters": len(state.list(RecordKind.dead_letter, limit=ALL)),
        "alerts_sent": sum(alert.state == "sent" for alert in alerts),
        "alerts_unsent": sum(alert.state == "pending" for alert in alerts),
    }


def _source(name: str, parts: Parts) -> dict[str, Any]:
    body = parts.index.state.get(RecordKind.last_run, name)
    if body is None:
        return {"source": name, "last_run": None, "fetched": 0, "new": 0, "state": "never run"}
    run = Run.model_validate(body)
    state = f"failed: {run.error}" if run.error else "ok"
    if not run.error and parts.clock() - run.started > STALE:
        state = "no run for over a day"
    return {"source": name, "last_run": run.started, "fetched": run.fetched, "new": run.new, "state": state}


def _row(source: dict[str, Any]) -> dict[str, Any]:
    started: datetime | None = source["last_run"]
    return {**source, "last_run": f"{started:%Y-%m-%d %H:%M} UTC" if started else None}
