"""The records of alerts in the state, written so that no worker undoes what another wrote.

They are changed only where nobody changed them since, and claimed by the worker that sends. A claim ends when its
worker settles it, or after a minute: then the worker was killed, and another takes over. A notifier has to give up
within that minute.
"""

from collections.abc import Callable
from datetime import timedelta

from hubbub.core.clock import Clock
from hubbub.core.ports import ALL, State
from hubbub.core.records import AlertRecord, RecordKind

TERM = timedelta(minutes=1)

Change = Callable[[AlertRecord], AlertRecord | None]
"""The record as it is to be, or None where it is to stay."""


def load_all(state: State) -> list[AlertRecord]:
    """All of them, last written first."""
    return [AlertRecord.model_validate(record.body) for record in state.list(RecordKind.alert, limit=ALL)]


def load(state: State, key: str) -> AlertRecord | None:
    """The record as it is now, or None."""
    record = state.get(RecordKind.alert, key)
    return AlertRecord.model_validate(record.body) if record is not None else None


def create(state: State, record: AlertRecord) -> bool:
    """Whether it was not there yet: only one of many workers is told so."""
    return state.create(RecordKind.alert, record.key, record.model_dump(mode="json"))


def change(state: State, key: str, to: Change) -> AlertRecord | None:
    """Changes the newest version of the record; None where it is gone or is to stay."""
    while (kept := state.get(RecordKind.alert, key)) is not None:
        wanted = to(AlertRecord.model_validate(kept.body))
        if wanted is None:
            return None
        if state.replace(RecordKind.alert, key, wanted.model_dump(mode="json"), kept.version):
            return wanted
    return None


def claim(state: State, key: str, clock: Clock) -> AlertRecord | None:
    """The alert, where it waits and is ours to send now; others leave it alone until it is settled."""
    return change(state, key, lambda record: _claimed(record, clock) if record.state == "pending" else None)


def delete(state: State, key: str) -> None:
    """Forgets the alert; where it is gone already, does nothing."""
    state.delete(RecordKind.alert, key)


def _claimed(record: AlertRecord, clock: Clock) -> AlertRecord | None:
    if record.claimed is not None and abs(clock() - record.claimed) < TERM:
        return None
    return record.model_copy(update={"claimed": clock()})
