"""What is remembered of a run: its record, the source's last run, and the events that dashboards and rules count."""

from collections.abc import Mapping
from datetime import datetime

from hubbub.core.events import Event, Value
from hubbub.core.moments import iso
from hubbub.core.ports import Json, State
from hubbub.core.records import RETENTION, RecordKind, Run
from hubbub.flows.parts import Parts

_COUNTS = ("fetched", "new", "updated", "unchanged", "dropped", "deleted", "gone_unknown", "dead_lettered", "missed")


def remember(parts: Parts, run: Run, retried: bool = False) -> None:
    """Writes down the run, which has ended, and says what happened.

    Args:
        retried: it tried once more what the run before it had failed at: if it has failed too, that is one failure.
    """
    state = parts.index.state
    last = state.get(RecordKind.last_run, run.entry)
    before = Run.model_validate(last.body) if last else None
    run.finished = parts.clock()
    if before is not None:
        run.last_good = before.last_good if before.error else before.finished
    if run.error:
        failures = before.failures if before else 0
        run.failures = max(failures, 1) if retried else failures + 1
    keep(state, run)
    state.put(RecordKind.last_run, run.entry, _body(run))
    parts.index.record([_ran(run), *([] if run.since else _gaps(run, before))])
    if before is None or before.started.date() != run.started.date():
        for kind, age in RETENTION.items():
            state.expire(kind, parts.clock() - age)


def keep(state: State, run: Run) -> None:
    state.put(RecordKind.run, f"{run.entry}:{run.started:%Y%m%dT%H%M%S.%fZ}", _body(run))


def _body(run: Run) -> Json:
    """The run as state keeps it: without unknown brands, which are people's words where the column is a wrong one."""
    return run.model_dump(mode="json", exclude={"unknown_brands"})


def _ran(run: Run) -> Event:
    told: dict[str, Value | None] = {
        "event.dataset": run.entry,
        "event.outcome": "failure" if run.error else "success",
        "event.reason": run.error,
        "event.start": run.started,
        "event.end": run.finished,
        **{f"run.{name}": getattr(run, name) for name in (*_COUNTS, "failures")},
    }
    return Event(f"run:{run.entry}:{iso(run.started)}", "run", _end(run), _told(told))


def _gaps(run: Run, before: Run | None) -> list[Event]:
    """What this run failed to read or missed, and what the runs before it failed to read where this one has read it."""
    gaps = []
    if run.error:
        gaps.append(_gap(run, _place(run), run.last_good, "failure"))
    elif before is not None and before.error and not run.missed:
        gaps.append(_gap(run, _place(before), before.last_good, "success"))
    if run.missed:
        gaps.append(_gap(run, iso(run.started), run.last_good, "failure"))
    return gaps


def _gap(run: Run, place: str, start: datetime | None, outcome: str) -> Event:
    told = {
        "event.dataset": run.entry,
        "event.outcome": outcome,
        "event.start": start,
        "event.end": _end(run),
        "run.missed": run.missed,
    }
    return Event(f"gap:{run.entry}:{place}", "gap", _end(run), _told(told))


def _place(run: Run) -> str:
    """By what runs that fail in a row find the one gap that they leave."""
    return f"after {iso(run.last_good)}" if run.last_good else "ever"


def _end(run: Run) -> datetime:
    return run.finished or run.started


def _told(fields: Mapping[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value is not None}
