"""One run reads a source at a time, over all processes and machines, as far as that is cheap to have.

A run takes its turn, renews it with every page, and gives it back. A turn that was not renewed for long is over, so one
that was killed blocks nobody for good. Two runs at once would do no harm, only the same work twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from hubbub.core.clock import Clock
from hubbub.core.moments import iso
from hubbub.core.ports import Json, State
from hubbub.core.records import Record, RecordKind

LONGEST = timedelta(minutes=10)  # without a page read


class Turn:
    def __init__(self, state: State, source: str, clock: Clock) -> None:
        self._state = state
        self._source = source
        self._clock = clock
        self._holder = uuid4().hex

    def take(self) -> bool:
        """False where another run has its turn."""
        if self._state.create(RecordKind.turn, self._source, self._body()):
            return True
        record = self._state.get(RecordKind.turn, self._source)
        if record is None:
            return self._state.create(RecordKind.turn, self._source, self._body())
        if datetime.fromisoformat(record.body["until"]) > self._clock():
            return False
        return self._state.replace(RecordKind.turn, self._source, self._body(), record.version)

    def renew(self) -> None:
        record = self._ours()
        if record is not None:
            self._state.replace(RecordKind.turn, self._source, self._body(), record.version)

    def give_back(self) -> None:
        if self._ours() is not None:
            self._state.delete(RecordKind.turn, self._source)

    def _ours(self) -> Record | None:
        record = self._state.get(RecordKind.turn, self._source)
        return record if record is not None and record.body["holder"] == self._holder else None

    def _body(self) -> Json:
        return {"holder": self._holder, "until": iso(self._clock() + LONGEST)}


@contextmanager
def turn(state: State, source: str, clock: Clock) -> Iterator[Turn | None]:
    """The turn of reading that source, or None where another run has it."""
    ours = Turn(state, source, clock)
    if not ours.take():
        yield None
        return
    try:
        yield ours
    finally:
        ours.give_back()
