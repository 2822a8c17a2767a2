"""Who is sending an alert just now. `State` can create a record for one of many, not change one: a claim is such a
record.

A claim ends when its worker releases it, or after a minute: then the worker was killed, and the next claim is another
record. A notifier has to give up within that minute.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from hubbub.core.clock import Clock
from hubbub.core.ports import State
from hubbub.core.records import RecordKind

TERM = timedelta(minutes=1)


@contextmanager
def claim(state: State, key: str, clock: Clock) -> Iterator[bool]:
    """Whether the alert of that key is ours to send until the end of the block; False: another worker has it."""
    number = 0
    while (claimed := state.get(RecordKind.claim, f"{key}/{number}")) is not None:
        if abs(clock() - datetime.fromisoformat(claimed["at"])) < TERM:
            yield False
            return
        number += 1
    ours = state.create(RecordKind.claim, f"{key}/{number}", {"at": clock().isoformat()})
    try:
        yield ours
    finally:
        if ours:
            for old in range(number, -1, -1):
                state.delete(RecordKind.claim, f"{key}/{old}")
