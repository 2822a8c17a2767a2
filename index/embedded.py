"""The index without a server: mentions, full text and state in one SQLite file.

A batch and its cursor are one transaction."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Json, Stored
from hubbub.core.records import RecordKind
from hubbub.index import embedded_state
from hubbub.index.embedded_file import COLUMNS, File, column
from hubbub.index.embedded_search import answer
from hubbub.index.embedded_state import EmbeddedState
from hubbub.index.embedded_values import columns, flat, multiple
from hubbub.index.mapping import document, iso, month, version
from hubbub.index.segment import has_thai, thai_words, words

_MENTION = (
    f"INSERT OR REPLACE INTO mention (n, id, version, {', '.join(map(column, COLUMNS))})"
    f" VALUES (?, ?, ?{', ?' * len(COLUMNS)})"
)
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_WORDS = "INSERT OR REPLACE INTO words (rowid, message, title, message_th, title_th) VALUES (?, ?, ?, ?, ?)"


class EmbeddedIndex:
    """`hubbub.core.ports.Index` in the folder `home`. Several processes and threads may use it at once."""

    def __init__(self, home: Path, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._file = File(home)
        self._state = EmbeddedState(self._file)

    @property
    def state(self) -> EmbeddedState:
        return self._state

    def prepare(self) -> None:
        with self._file.reading():
            pass

    def store(self, batch: Batch) -> Stored:
        stored = Stored()
        with self._file.writing() as connection:
            stored.deleted = sum(self._bury(connection, mention) for mention in batch.gone)
            for enriched in batch.mentions:
                self._write(connection, enriched, stored)
            for letter in batch.dead:
                body = {**letter.model_dump(mode="json", exclude={"raw"}), "raw": letter.raw}
                embedded_state.put(connection, RecordKind.dead_letter, letter.key, body)
            if batch.cursor is not None:
                embedded_state.put(connection, RecordKind.cursor, batch.entry, batch.cursor)
        return stored

    def get(self, mention_id: str) -> Json | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT body FROM document JOIN mention USING (n) WHERE id = ?", (mention_id,)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def search(self, body: Mapping[str, Any]) -> Json:
        with self._file.reading() as connection:
            return answer(connection, clean_json(dict(body)), self._clock())

    def refresh(self) -> None:
        """What is stored can be searched at once."""

    def close(self) -> None:
        self._file.close()

    def _bury(self, connection: sqlite.Connection, mention: Mention) -> bool:
        """Deletes what is there of the mention and leaves a tombstone; whether there was anything."""
        tombstone = {"observed": mention.observed_at.isoformat()}
        embedded_state.put(connection, RecordKind.tombstone, mention.id, tombstone)
        embedded_state.delete(connection, RecordKind.facts, mention.id)
        row = connection.execute("DELETE FROM mention WHERE id = ? RETURNING n", (mention.id,)).fetchone()
        if row is None:
            return False
        connection.execute("DELETE FROM document WHERE n = ?", row)
        connection.execute("DELETE FROM value WHERE n = ?", row)
        connection.execute("DELETE FROM words WHERE rowid = ?", row)
        return True

    def _write(self, connection: sqlite.Connection, enriched: Enriched, stored: Stored) -> None:
        """Writes the mention where it is new or newer, and counts in `stored` what became of it."""
        mention = enriched.mention
        if embedded_state.get(connection, RecordKind.tombstone, mention.id) is not None:
            return
        facts = embedded_state.get(connection, RecordKind.facts, mention.id)
        first = {"ingested": iso(self._clock()), "index": month(mention.posted_at)}
        wanted = document(enriched, facts or first)
        if facts is None:
            embedded_state.put(connection, RecordKind.facts, mention.id, first)
        body, observed = _AS_JSON(wanted), version(mention.observed_at)
        present = connection.execute(
            "SELECT n, version, body FROM mention JOIN document USING (n) WHERE id = ?", (mention.id,)
        ).fetchone()
        if present is None:
            stored.new += 1
        elif present[1] > observed or present[2] == body:
            stored.unchanged += 1
            return
        else:
            stored.updated += 1
        _put(connection, present[0] if present else None, mention.id, observed, wanted, body)


def _put(connection: sqlite.Connection, n: int | None, name: str, observed: int, wanted: Json, body: str) -> None:
    """Writes a document in place `n`, or in a new place."""
    fields = flat(wanted)
    n = connection.execute(_MENTION, (n, name, observed, *columns(fields))).lastrowid
    connection.execute("INSERT OR REPLACE INTO document (n, body) VALUES (?, ?)", (n, body))
    connection.execute("DELETE FROM value WHERE n = ?", (n,))
    connection.executemany(
        "INSERT INTO value (n, field, value) VALUES (?, ?, ?)", ((n, *pair) for pair in multiple(fields))
    )
    texts = (wanted.get("message"), wanted.get("title"))
    plain = (" ".join(words(text)) if text is not None else None for text in texts)
    thai = (" ".join(thai_words(text)) if text and has_thai(text) else None for text in texts)
    connection.execute(_WORDS, (n, *plain, *thai))
