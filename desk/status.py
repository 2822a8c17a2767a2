"""Status: how every source is doing, what the index holds, and what waits."""

from datetime import timedelta
from typing import Any

from hubbub.core.ports import ALL
from hubbub.core.records import AlertRecord, RecordKind, Run
from hubbub.flows.parts import Parts
from hubbub.index import queries

STALE = timedelta(hours=24)
WAITING = timedelta(days=2)  # an alert that could not be sent is given up before


def status(parts: Parts) -> dict[str, Any]:
    """What the sources did last, what the index holds, and what waits."""
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
