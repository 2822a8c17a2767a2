"""The records of state in the embedded index: small JSON bodies by kind and key, in the same file as the mentions.

A record's version is its row number, which every write makes anew.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.moments import from_milliseconds, milliseconds
from hubbub.core.ports import Json
from hubbub.core.records import Record, RecordKind

TABLE = (
    "CREATE TABLE record (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL,"
    " body TEXT NOT NULL, written INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, key))"
)
INDEXES = (
    "CREATE INDEX IF NOT EXISTS record_by_kind ON record (kind, n)",
    "CREATE INDEX IF NOT EXISTS letter_by_mention ON record (json_extract(body, '$.native_id'))"
    " WHERE kind = 'dead_letter'",
)
_LETTERS = (
    "DELETE FROM record WHERE kind = 'dead_letter' AND json_extract(body, '$.native_id') = ?"
    " AND COALESCE(json_extract(body, '$.source'), ?) = ?"
)


class Records:
    """Those of one kind."""

    def __init__(self, kind: RecordKind) -> None:
        self._kind = kind.value

    def get(self, connection: sqlite.Connection, key: str) -> Record | None:
        row = connection.execute(
            "SELECT key, body, n, written FROM record WHERE kind = ? AND key = ?", (self._kind, key)
        ).fetchone()
        return None if row is None else record(*row)

    def among(self, connection: sqlite.Connection, keys: Iterable[str]) -> set[str]:
        """Those of the keys that have a record."""
        rows = connection.execute(
            "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM record WHERE kind = ? AND key = value)",
            (json.dumps([*keys]), self._kind),
        )
        return {key for (key,) in rows}

    def put(self, connection: sqlite.Connection, key: str, body: Json, now: datetime) -> None:
        """A record written again gets a new place at the end."""
        connection.execute(
            "INSERT OR REPLACE INTO record (kind, key, body, written) VALUES (?, ?, ?, ?)",
            (self._kind, key, json.dumps(body, default=str), milliseconds(now)),
        )

    def delete(self, connection: sqlite.Connection, key: str) -> None:
        connection.execute("DELETE FROM record WHERE kind = ? AND key = ?", (self._kind, key))

    def listed(self, connection: sqlite.Connection, since: datetime | None, limit: int) -> list[Record]:
        rows = connection.execute(
            "SELECT key, body, n, written FROM record WHERE kind = ? AND written >= ? ORDER BY n DESC LIMIT ?",
            (self._kind, milliseconds(since) if since else 0, limit),
        )
        return [record(*row) for row in rows]

    def count(self, connection: sqlite.Connection) -> int:
        (count,) = connection.execute("SELECT COUNT(*) FROM record WHERE kind = ?", (self._kind,)).fetchone()
        return int(count)

    def expire(self, connection: sqlite.Connection, before: datetime) -> None:
        connection.execute("DELETE FROM record WHERE kind = ? AND written < ?", (self._kind, milliseconds(before)))


def record(key: str, body: str, version: int, written: int) -> Record:
    return Record(key, json.loads(body), str(version), from_milliseconds(written))


def delete_letters(connection: sqlite.Connection, source: str, native_id: str) -> int:
    """Deletes the dead letters of a mention, those of an unknown source too, and returns how many they were."""
    return int(connection.execute(_LETTERS, (native_id, source, source)).rowcount)
