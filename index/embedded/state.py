"""`hubbub.core.ports.State` in the embedded index."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.clock import Clock
from hubbub.core.ports import Json
from hubbub.core.records import Name, Record, RecordKind
from hubbub.index.embedded.facts import FactRecords
from hubbub.index.embedded.file import File
from hubbub.index.embedded.records import Records


class _OfAKind(Protocol):
    """The records of one kind, within a transaction."""

    def get(self, connection: sqlite.Connection, key: str) -> Record | None: ...

    def put(self, connection: sqlite.Connection, key: str, body: Json, now: datetime) -> None: ...

    def delete(self, connection: sqlite.Connection, key: str) -> None: ...

    def listed(self, connection: sqlite.Connection, since: datetime | None, limit: int) -> list[Record]: ...

    def count(self, connection: sqlite.Connection) -> int: ...

    def expire(self, connection: sqlite.Connection, before: datetime) -> None: ...


class EmbeddedState:
    """`hubbub.core.ports.State`: facts lie with their mentions, all else in a table of its own."""

    def __init__(self, file: File, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def get(self, kind: RecordKind, key: str) -> Record | None:
        with self._file.reading() as connection:
            return _of(kind).get(connection, key)

    def get_many(self, names: Iterable[Name]) -> dict[Name, Record]:
        with self._file.reading() as connection:
            found = {(kind, key): _of(kind).get(connection, key) for kind, key in names}
        return {name: record for name, record in found.items() if record is not None}

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        with self._file.writing() as connection:
            _of(kind).put(connection, key, body, self._clock())

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        with self._file.writing() as connection:
            if _of(kind).get(connection, key) is not None:
                return False
            _of(kind).put(connection, key, body, self._clock())
            return True

    def replace(self, kind: RecordKind, key: str, body: Json, version: str) -> bool:
        with self._file.writing() as connection:
            present = _of(kind).get(connection, key)
            if present is None or present.version != version:
                return False
            _of(kind).put(connection, key, body, self._clock())
            return True

    def delete(self, kind: RecordKind, key: str) -> None:
        with self._file.writing() as connection:
            _of(kind).delete(connection, key)

    def list(self, kind: RecordKind, *, since: datetime | None = None, limit: int = 1000) -> list[Record]:
        with self._file.reading() as connection:
            return _of(kind).listed(connection, since, limit)

    def count(self, kind: RecordKind) -> int:
        with self._file.reading() as connection:
            return _of(kind).count(connection)

    def expire(self, kind: RecordKind, before: datetime) -> None:
        with self._file.writing() as connection:
            _of(kind).expire(connection, before)


def _of(kind: RecordKind) -> _OfAKind:
    return FactRecords() if kind is RecordKind.facts else Records(kind)
