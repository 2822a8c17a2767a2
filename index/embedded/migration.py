"""Brings a file of the first release to today's form, in place: what it keeps stays, what it deleted is overwritten."""

import json
from collections.abc import Callable

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index import migrations

_TIMES = ("finished", "started", "at", "since", "observed")
_WRITTEN = "COALESCE(" + ", ".join(f"json_extract(body, '$.{name}')" for name in _TIMES) + ")"


def rewrite(connection: sqlite.Connection) -> None:
    """All that a transaction can hold; whoever calls it ends with VACUUM. Doing it twice changes nothing."""
    connection.execute(
        f"UPDATE record SET written = COALESCE(CAST(unixepoch({_WRITTEN}, 'subsec') * 1000 AS INTEGER), 0)"
        " WHERE written = 0"
    )
    connection.execute("DELETE FROM record WHERE kind = 'claim'")
    _each(connection, RecordKind.alert, migrations.alert_record)
    _each(connection, RecordKind.dead_letter, migrations.dead_letter)
    _delete_letters_of_what_is_gone(connection)
    connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)")
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')")


def _each(connection: sqlite.Connection, kind: RecordKind, change: Callable[[Json], Json]) -> None:
    for n, body in connection.execute("SELECT n, body FROM record WHERE kind = ?", (kind.value,)).fetchall():
        connection.execute("UPDATE record SET body = ? WHERE n = ?", (json.dumps(change(json.loads(body))), n))


def _delete_letters_of_what_is_gone(connection: sqlite.Connection) -> None:
    """As deletion does today; the first release left them."""
    tombstones = connection.execute("SELECT key FROM record WHERE kind = ?", (RecordKind.tombstone.value,))
    gone = migrations.gone(key for (key,) in tombstones)
    letters = connection.execute(
        "SELECT n, json_extract(body, '$.source'), json_extract(body, '$.native_id') FROM record WHERE kind = ?",
        (RecordKind.dead_letter.value,),
    )
    of_these = [(n,) for n, source, native_id in letters if (source, native_id) in gone]
    connection.executemany("DELETE FROM record WHERE n = ?", of_these)
