"""State in the embedded index: small JSON records in the same file as the mentions."""

import json
import sqlite3

from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index.embedded_file import File


class EmbeddedState:
    """`hubbub.core.ports.State`."""

    def __init__(self, file: File) -> None:
        self._file = file

    def get(self, kind: RecordKind, key: str) -> Json | None:
        with self._file.reading() as connection:
            return get(connection, kind, key)

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        with self._file.writing() as connection:
            put(connection, kind, key, body)

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        with self._file.writing() as connection:
            if get(connection, kind, key) is not None:
                return False
            put(connection, kind, key, body)
            return True

    def delete(self, kind: RecordKind, key: str) -> None:
        with self._file.writing() as connection:
            delete(connection, kind, key)

    def list(self, kind: RecordKind, *, limit: int = 1000) -> list[tuple[str, Json]]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT key, body FROM record WHERE kind = ? ORDER BY n DESC LIMIT ?", (kind.value, limit)
            )
            return [(key, json.loads(body)) for key, body in rows]


def get(connection: sqlite3.Connection, kind: RecordKind, key: str) -> Json | None:
    row = connection.execute("SELECT body FROM record WHERE kind = ? AND key = ?", (kind.value, key)).fetchone()
    return None if row is None else json.loads(row[0])


def put(connection: sqlite3.Connection, kind: RecordKind, key: str, body: Json) -> None:
    """A record written again gets a new place at the end."""
    connection.execute(
        "INSERT OR REPLACE INTO record (kind, key, body) VALUES (?, ?, ?)",
        (kind.value, key, json.dumps(body, default=str)),
    )


def delete(connection: sqlite3.Connection, kind: RecordKind, key: str) -> None:
    connection.execute("DELETE FROM record WHERE kind = ? AND key = ?", (kind.value, key))
