"""State in the embedded index: small JSON records in the same file as the mentions.

A record's version is its row number, which every write makes anew.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.clock import Clock
from hubbub.core.moments import from_milliseconds, milliseconds
from hubbub.core.ports import Json
from hubbub.core.records import Record, RecordKind
from hubbub.index.embedded.file import File


class EmbeddedState:
    """`hubbub.core.ports.State`."""

    def __init__(self, file: File, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def get(self, kind: RecordKind, key: str) -> Record | None:
        with self._file.reading() as connection:
            return get(connection, kind, key)

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        with self._file.writing() as connection:
            put(connection, kind, key, body, self._clock())

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        with self._file.writing() as connection:
            if get(connection, kind, key) is not None:
                return False
            put(connection, kind, key, body, self._clock())
            return True

    def replace(self, kind: RecordKind, key: str, body: Json, version: str) -> bool:
        with self._file.writing() as connection:
            present = get(connection, kind, key)
            if present is None or present.version != version:
                return False
            put(connection, kind, key, body, self._clock())
            return True

    def delete(self, kind: RecordKind, key: str) -> None:
        with self._file.writing() as connection:
            delete(connection, kind, key)

    def list(self, kind: RecordKind, *, since: datetime | None = None, limit: int = 1000) -> list[Record]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT key, body, n, written FROM record WHERE kind = ? AND written >= ? ORDER BY n DESC LIMIT ?",
                (kind.value, milliseconds(since) if since else 0, limit),
            )
            return [_record(row) for row in rows]

    def count(self, kind: RecordKind) -> int:
        with self._file.reading() as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM record WHERE kind = ?", (kind.value,)).fetchone()
            return int(count)

    def expire(self, kind: RecordKind, before: datetime) -> None:
        with self._file.writing() as connection:
            connection.execute("DELETE FROM record WHERE kind = ? AND written < ?", (kind.value, milliseconds(before)))


def get(connection: sqlite.Connection, kind: RecordKind, key: str) -> Record | None:
    row = connection.execute(
        "SELECT key, body, n, written FROM record WHERE kind = ? AND key = ?", (kind.value, key)
    ).fetchone()
    return None if row is None else _record(row)


def put(connection: sqlite.Connection, kind: RecordKind, key: str, body: Json, now: datetime) -> None:
    """A record written again gets a new place at the end."""
    put_many(connection, kind, [(key, body)], now)


def put_many(
    connection: sqlite.Connection, kind: RecordKind, records: Iterable[tuple[str, Json]], now: datetime
) -> None:
    written = milliseconds(now)
    connection.executemany(
        "INSERT OR REPLACE INTO record (kind, key, body, written) VALUES (?, ?, ?, ?)",
        ((kind.value, key, json.dumps(body, default=str), written) for key, body in records),
    )


def delete(connection: sqlite.Connection, kind: RecordKind, key: str) -> None:
    connection.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind.value, key))


def _record(row: tuple[str, str, int, int]) -> Record:
    key, body, n, written = row
    return Record(key, json.loads(body), str(n), from_milliseconds(written))
