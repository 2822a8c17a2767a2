"""The index without a server: mentions, full text and state in one SQLite file.

A batch and its cursor are one transaction."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Json, Over, Stored
from hubbub.core.records import DeadLetter, RecordKind
from hubbub.index import embedded_state
from hubbub.index.embedded_file import File
from hubbub.index.embedded_search import answer
from hubbub.index.embedded_state import EmbeddedState
from hubbub.index.embedded_tables import EVENTS, MENTIONS, Table, column
from hubbub.index.embedded_values import columns, flat, multiple
from hubbub.index.mapping import FACT_FIELDS, amended, document, event_document, month, version
from hubbub.index.segment import has_thai, thai_words, words

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_WORDS = "INSERT OR REPLACE INTO words (rowid, message, title, message_th, title_th) VALUES (?, ?, ?, ?, ?)"
_LETTERS = (
    "DELETE FROM record WHERE kind = 'dead_letter' AND json_extract(body, '$.native_id') = ?"
    " AND COALESCE(json_extract(body, '$.source'), ?) = ?"
)
_TABLES: dict[Over, Table] = {"mentions": MENTIONS, "events": EVENTS}


class EmbeddedIndex:
    """`hubbub.core.ports.Index` in the folder `home`. Several processes and threads may use it at once."""

    def __init__(self, home: Path, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._file = File(home)
        self._state = EmbeddedState(self._file, clock)

    @property
    def state(self) -> EmbeddedState:
        return self._state

    def prepare(self) -> None:
        with self._file.reading():
            pass

    def store(self, batch: Batch) -> Stored:
        stored = Stored()
        with self._file.writing() as connection:
            for mention in batch.gone:
                if self._bury(connection, mention):
                    stored.deleted += 1
                else:
                    stored.gone_unknown += 1
            for enriched in batch.mentions:
                self._write(connection, enriched, batch.entry, stored)
            for letter in batch.dead:
                self._set_aside(connection, letter)
            if batch.cursor is not None:
                embedded_state.put(connection, RecordKind.cursor, batch.entry, batch.cursor, self._clock())
        return stored

    def amend(self, ids: Sequence[str], facts: Facts | Sequence[Facts]) -> int:
        each = [facts] * len(ids) if isinstance(facts, Facts) else facts
        with self._file.writing() as connection:
            return sum(self._amend(connection, name, by) for name, by in zip(ids, each, strict=True))

    def record(self, events: Sequence[Event]) -> None:
        with self._file.writing() as connection:
            for event in events:
                present = connection.execute("SELECT n FROM event WHERE id = ?", (event.id,)).fetchone()
                wanted = event_document(event)
                n = present[0] if present else None
                _put(connection, EVENTS, n, event.id, version(event.at), flat(wanted), _AS_JSON(wanted))

    def get(self, mention_id: str) -> Json | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "SELECT body FROM document JOIN mention USING (n) WHERE id = ?", (mention_id,)
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def search(self, body: Mapping[str, Any], over: Over = "mentions") -> Json:
        with self._file.reading() as connection:
            return answer(connection, clean_json(dict(body)), _TABLES[over], self._clock())

    def refresh(self) -> None:
        """What is stored can be searched at once."""

    def close(self) -> None:
        self._file.close()

    def _bury(self, connection: sqlite.Connection, mention: Mention) -> bool:
        """Deletes what is there of the mention and leaves a tombstone; whether there was anything."""
        tombstone = {"observed": mention.observed_at.isoformat()}
        embedded_state.put(connection, RecordKind.tombstone, mention.id, tombstone, self._clock())
        embedded_state.delete(connection, RecordKind.facts, mention.id)
        connection.execute(_LETTERS, (mention.native_id, mention.source, mention.source))
        row = connection.execute("DELETE FROM mention WHERE id = ? RETURNING n", (mention.id,)).fetchone()
        if row is None:
            return False
        connection.execute("DELETE FROM document WHERE n = ?", row)
        connection.execute("DELETE FROM value WHERE n = ?", row)
        connection.execute("DELETE FROM words WHERE rowid = ?", row)
        return True

    def _write(self, connection: sqlite.Connection, enriched: Enriched, entry: str, stored: Stored) -> None:
        """Writes the mention where it is new or newer, and counts in `stored` what became of it."""
        mention = enriched.mention
        if embedded_state.get(connection, RecordKind.tombstone, mention.id) is not None:
            stored.unchanged += 1
            return
        facts = self._facts(connection, mention, entry)
        wanted = document(enriched, facts)
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
        fields = flat(wanted)
        n = _put(connection, MENTIONS, present[0] if present else None, mention.id, observed, fields, body)
        _put_words(connection, n, wanted, fields)

    def _facts(self, connection: sqlite.Connection, mention: Mention, entry: str) -> Facts:
        """What is known of the mention; where it is seen first, or by a Hubbub that asks for more, it is noted down."""
        known = embedded_state.get(connection, RecordKind.facts, mention.id)
        facts = Facts.model_validate(known.body) if known else Facts(ingested=self._clock())
        if facts.dataset is None:
            facts = facts.amended(Facts(dataset=entry, index=month(mention.posted_at)))
            embedded_state.put(connection, RecordKind.facts, mention.id, facts.as_record(), self._clock())
        return facts

    def _amend(self, connection: sqlite.Connection, name: str, by: Facts) -> bool:
        """Sets facts of one mention; whether it is here."""
        known = embedded_state.get(connection, RecordKind.facts, name)
        present = connection.execute(
            "SELECT n, body FROM mention JOIN document USING (n) WHERE id = ?", (name,)
        ).fetchone()
        if known is None or present is None:
            return False
        facts = Facts.model_validate(known.body).amended(by)
        embedded_state.put(connection, RecordKind.facts, name, facts.as_record(), self._clock())
        n, body = present
        wanted = amended(json.loads(body), facts)
        connection.execute("UPDATE document SET body = ? WHERE n = ?", (_AS_JSON(wanted), n))
        values = dict(zip(MENTIONS.columns, columns(flat(wanted), MENTIONS), strict=True))
        connection.execute(_FACTS, (*(values[field] for field in FACT_FIELDS), n))
        return True

    def _set_aside(self, connection: sqlite.Connection, letter: DeadLetter) -> None:
        """Keeps a dead letter, unless its mention was deleted: then nothing of it returns."""
        of = f"{letter.source}:{letter.native_id}"
        if letter.native_id and embedded_state.get(connection, RecordKind.tombstone, of) is not None:
            return
        body = {**letter.model_dump(mode="json", exclude={"raw"}), "raw": letter.raw}
        embedded_state.put(connection, RecordKind.dead_letter, letter.key, body, self._clock())


_FACTS = f"UPDATE mention SET {', '.join(f'{column(field)} = ?' for field in FACT_FIELDS)} WHERE n = ?"


def _put(
    connection: sqlite.Connection, table: Table, n: int | None, name: str, as_of: int, fields: Json, body: str
) -> int:
    """Writes a document in place `n`, or in a new place, and returns its place."""
    names = ", ".join(map(column, table.columns))
    connection.execute(
        f"INSERT OR REPLACE INTO {table.name} (n, id, version, {names}) VALUES (?, ?, ?{', ?' * len(table.columns)})",
        (n, name, as_of, *columns(fields, table)),
    )
    (n,) = connection.execute("SELECT last_insert_rowid()").fetchone()
    connection.execute(f"INSERT OR REPLACE INTO {table.documents} (n, body) VALUES (?, ?)", (n, body))
    return int(n)


def _put_words(connection: sqlite.Connection, n: int, wanted: Json, fields: Json) -> None:
    """Writes what a mention is found by: its several values and its full text."""
    connection.execute("DELETE FROM value WHERE n = ?", (n,))
    connection.executemany(
        "INSERT INTO value (n, field, value) VALUES (?, ?, ?)", ((n, *pair) for pair in multiple(fields))
    )
    texts = (wanted.get("message"), wanted.get("title"))
    plain = (" ".join(words(text)) if text is not None else None for text in texts)
    thai = (" ".join(thai_words(text)) if text and has_thai(text) else None for text in texts)
    connection.execute(_WORDS, (n, *plain, *thai))
