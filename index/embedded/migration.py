"""Brings a file of an older release to today's form, in place: what it keeps stays, what it deleted is overwritten.

The first release had other records (format 0). Both it and the second (format 2) had a column for each field in wide
rows, a row for each value of fields with several, documents with facts in them, and a full text with a copy of its own.
"""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index import migrations
from hubbub.index.embedded import columns, records, schema, words
from hubbub.index.embedded.bodies import pack
from hubbub.index.embedded.chunk import SIZE
from hubbub.index.embedded.tables import EVENTS, MENTIONS
from hubbub.index.embedded.values import flat
from hubbub.index.mapping import FACT_FIELDS, amended

_TIMES = ("finished", "started", "at", "since", "observed")
_WRITTEN = "COALESCE(" + ", ".join(f"json_extract(body, '$.{name}')" for name in _TIMES) + ")"
_NO_FACTS = Facts(**dict.fromkeys(FACT_FIELDS))
_OLD_MENTIONS = (
    "SELECT m.n, m.id, m.version, d.body, w.c0, w.c1, w.c2, w.c3, f.body, f.n, f.written"
    " FROM old_mention m JOIN document d USING (n) LEFT JOIN old_words_content w ON w.id = m.n"
    " LEFT JOIN record f ON f.kind = 'facts' AND f.key = m.id ORDER BY m.n"
)
_FACTS_ALONE = (
    "INSERT INTO mention (id, facts, facts_version, facts_written)"
    " SELECT key, body, n, written FROM record WHERE kind = 'facts' AND key NOT IN (SELECT id FROM mention)"
)
_LAST_FACTS = "UPDATE facts_versions SET given = COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'record'), 0)"


def rewrite(connection: sqlite.Connection, version: int) -> None:
    """All that a transaction can hold; whoever calls it ends with VACUUM. Doing it twice changes nothing."""
    if "written" not in {row[1] for row in connection.execute("PRAGMA table_info(record)")}:
        connection.execute("ALTER TABLE record ADD COLUMN written INTEGER NOT NULL DEFAULT 0")
    for statement in records.INDEXES:
        connection.execute(statement)
    if version < 2:
        _rewrite_records(connection)
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'value'").fetchone():
        _rewrite_documents(connection)


def _rewrite_records(connection: sqlite.Connection) -> None:
    connection.execute(
        f"UPDATE record SET written = COALESCE(CAST(unixepoch({_WRITTEN}, 'subsec') * 1000 AS INTEGER), 0)"
        " WHERE written = 0"
    )
    connection.execute("DELETE FROM record WHERE kind = 'claim'")
    _each(connection, RecordKind.alert, migrations.alert_record)
    _each(connection, RecordKind.dead_letter, migrations.dead_letter)
    _delete_letters_of_what_is_gone(connection)


def _rewrite_documents(connection: sqlite.Connection) -> None:
    """A chunk of them at a time."""
    for table in ("mention", "words", "event"):
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    schema.create(connection)
    mentions = connection.execute(_OLD_MENTIONS)
    while some := list(islice(mentions, SIZE)):
        _write_mentions(connection, some)
    connection.execute(_FACTS_ALONE)
    connection.execute(_LAST_FACTS)
    connection.execute("DELETE FROM record WHERE kind = 'facts'")
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'old_event'").fetchone():
        _write_events(connection)
    for table in ("old_mention", "old_words", "old_event", "document", "event_document", "value"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def _write_mentions(connection: sqlite.Connection, rows: list[tuple[Any, ...]]) -> None:
    bare, whole, found = {}, {}, {}
    for n, _, _, body, message, title, message_th, title_th, facts, *_ in rows:
        found[n] = (message or "", title or "", message_th or "", title_th or "")
        bare[n] = amended(json.loads(body), _NO_FACTS)
        whole[n] = flat(amended(bare[n], Facts.model_validate_json(facts or "{}")))
    connection.executemany(
        "INSERT INTO mention (n, id, version, facts, facts_version, facts_written) VALUES (?, ?, ?, ?, ?, ?)",
        [(n, name, version, *facts) for n, name, version, _, _, _, _, _, *facts in rows],
    )
    connection.executemany(
        "INSERT INTO mention_body (n, body) VALUES (?, ?)", [(n, pack(bare[n], found[n])) for n in bare]
    )
    words.insert(connection, found.items())
    columns.write(connection, MENTIONS, whole)


def _write_events(connection: sqlite.Connection) -> None:
    connection.execute("INSERT INTO event (n, id, version) SELECT n, id, version FROM old_event")
    events = connection.execute("SELECT n, body FROM event_document ORDER BY n")
    while some := {n: json.loads(body) for n, body in islice(events, SIZE)}:
        rows = [(n, pack(document)) for n, document in some.items()]
        connection.executemany("INSERT INTO event_body (n, body) VALUES (?, ?)", rows)
        columns.write(connection, EVENTS, {n: flat(document) for n, document in some.items()})


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
