"""The index without a server: mentions, full text and state in one SQLite file.

A batch and its cursor are one transaction."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import HubbubError
from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.ports import Batch, Json, Over, Stored
from hubbub.core.records import DeadLetter, RecordKind
from hubbub.index.embedded.documents import documents
from hubbub.index.embedded.events import record
from hubbub.index.embedded.facts import amend
from hubbub.index.embedded.file import File
from hubbub.index.embedded.garbage import uncollected
from hubbub.index.embedded.mentions import TOMBSTONES, delete, store
from hubbub.index.embedded.records import Records
from hubbub.index.embedded.search.answer import answer
from hubbub.index.embedded.state import EmbeddedState
from hubbub.index.embedded.tables import MENTIONS, TABLES
from hubbub.index.embedded.words import overwrite_separators

SLACK = "slack"
AT_ONCE = 64 * 1024 * 1024  # bytes of a file that is rewritten with every deletion
AT_END = 1024 * 1024 * 1024  # bytes of one that is rewritten when the index is closed; a larger one waits for a day
PAUSE = timedelta(days=1)

_CURSORS = Records(RecordKind.cursor)
_LETTERS = Records(RecordKind.dead_letter)
_SWEEPS = Records(RecordKind.sweep)


class EmbeddedIndex:
    """`hubbub.core.ports.Index` in the folder `home`. Several processes and threads may use it at once."""

    def __init__(self, home: Path, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._file = File(home)
        self._state = EmbeddedState(self._file, clock)
        self._deleted = False

    @property
    def state(self) -> EmbeddedState:
        return self._state

    def prepare(self) -> None:
        with self._file.reading():
            pass
        self._sweep(AT_END)

    def store(self, batch: Batch) -> Stored:
        stored, now = Stored(), self._clock()
        with uncollected(), self._file.writing() as connection:
            lost, deleted = delete(connection, batch.gone, now, stored)
            lost |= store(connection, batch.mentions, batch.entry, now, stored)
            if lost:
                overwrite_separators(connection, lost)
            if deleted and _SWEEPS.get(connection, SLACK) is None:
                _SWEEPS.put(connection, SLACK, {}, now)
            for letter in batch.dead:
                self._set_aside(connection, letter)
            if batch.cursor is not None:
                _CURSORS.put(connection, batch.entry, batch.cursor, now)
        if batch.gone:
            self._deleted = True
            self._sweep(AT_ONCE)
        return stored

    def amend(self, ids: Sequence[str], facts: Facts | Sequence[Facts]) -> int:
        each = [facts] * len(ids) if isinstance(facts, Facts) else facts
        wanted: dict[str, Facts] = {}
        for name, by in zip(ids, each, strict=True):
            wanted[name] = wanted[name].amended(by) if name in wanted else by
        with self._file.writing() as connection:
            return amend(connection, wanted, self._clock())

    def record(self, events: Sequence[Event]) -> None:
        with self._file.writing() as connection:
            record(connection, events)

    def get(self, mention_id: str) -> Json | None:
        with self._file.reading() as connection:
            row = connection.execute("SELECT n FROM mention WHERE id = ?", (mention_id,)).fetchone()
            found = documents(connection, MENTIONS, row or ())
        return next((document for _, document in found.values()), None)

    def search(self, body: Mapping[str, Any], over: Over = "mentions") -> Json:
        with self._file.reading() as connection:
            return answer(connection, clean_json(dict(body)), TABLES[over], self._clock())

    def refresh(self) -> None:
        """What is stored can be searched at once."""

    def close(self) -> None:
        if self._deleted:
            self._sweep(AT_END)
        self._file.close()

    def _sweep(self, most: int) -> None:
        """Rewrites a file of up to so many bytes, or any a day after a deletion, so that no slack of it holds what was
        deleted. Where another process writes or the disk is full, a later deletion or start tries again."""
        with suppress(HubbubError):
            waiting = self._state.get(RecordKind.sweep, SLACK)
            if waiting is None or (self._file.size() > most and self._clock() - waiting.written < PAUSE):
                return
            self._file.rewrite()
            self._state.delete(RecordKind.sweep, SLACK)

    def _set_aside(self, connection: sqlite.Connection, letter: DeadLetter) -> None:
        """Keeps a dead letter, unless its mention was deleted: then nothing of it returns."""
        of = f"{letter.source}:{letter.native_id}"
        if letter.native_id and TOMBSTONES.get(connection, of) is not None:
            return
        body = {**letter.model_dump(mode="json", exclude={"raw"}), "raw": letter.raw}
        _LETTERS.put(connection, letter.key, body, self._clock())
