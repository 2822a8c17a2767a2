"""The index without a server: mentions, full text and state in one SQLite file.

A batch and its cursor are one transaction."""

import json
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
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Json, Over, Stored
from hubbub.core.records import DeadLetter, RecordKind
from hubbub.index.embedded import facts as embedded_facts
from hubbub.index.embedded import state as embedded_state
from hubbub.index.embedded import words as embedded_words
from hubbub.index.embedded.file import File
from hubbub.index.embedded.search.answer import answer
from hubbub.index.embedded.state import EmbeddedState
from hubbub.index.embedded.tables import EVENTS, MENTIONS, Table, column
from hubbub.index.embedded.values import as_json, columns, flat, multiple
from hubbub.index.mapping import document, event_document, month, version

SLACK = "slack"
AT_ONCE = 64 * 1024 * 1024  # bytes of a file that is rewritten with every deletion
AT_END = 1024 * 1024 * 1024  # bytes of one that is rewritten when the index is closed; a larger one waits for a day
PAUSE = timedelta(days=1)

_LETTERS = (
    "DELETE FROM record WHERE kind = 'dead_letter' AND json_extract(body, '$.native_id') = ?"
    " AND COALESCE(json_extract(body, '$.source'), ?) = ?"
)
_TABLES: dict[Over, Table] = {"mentions": MENTIONS, "events": EVENTS}
_INSERT = {
    table.name: f"INSERT OR REPLACE INTO {table.name} (n, id, version, {', '.join(map(column, table.columns))})"
    f" VALUES (?, ?, ?{', ?' * len(table.columns)})"
    for table in _TABLES.values()
}


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
        stored = Stored()
        with self._file.writing() as connection:
            deleted = self._bury(connection, batch.gone, stored)
            for enriched in batch.mentions:
                deleted |= self._write(connection, enriched, batch.entry, stored)
            if deleted:
                embedded_words.overwrite_separators(connection, deleted)
            for letter in batch.dead:
                self._set_aside(connection, letter)
            if batch.cursor is not None:
                embedded_state.put(connection, RecordKind.cursor, batch.entry, batch.cursor, self._clock())
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
            return embedded_facts.amend(connection, wanted, self._clock())

    def record(self, events: Sequence[Event]) -> None:
        with self._file.writing() as connection:
            for event in events:
                present = connection.execute("SELECT n FROM event WHERE id = ?", (event.id,)).fetchone()
                wanted = event_document(event)
                n = present[0] if present else None
                _put(connection, EVENTS, n, event.id, version(event.at), flat(wanted), as_json(wanted))

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
        if self._deleted:
            self._sweep(AT_END)
        self._file.close()

    def _bury(self, connection: sqlite.Connection, gone: Sequence[Mention], stored: Stored) -> set[str]:
        """Deletes what is there of each and leaves a tombstone; counts in `stored` whether there was anything. Returns
        the words that it had."""
        words: set[str] = set()
        letters = 0
        for mention in gone:
            tombstone = {"observed": mention.observed_at.isoformat()}
            embedded_state.put(connection, RecordKind.tombstone, mention.id, tombstone, self._clock())
            embedded_state.delete(connection, RecordKind.facts, mention.id)
            letters += connection.execute(_LETTERS, (mention.native_id, mention.source, mention.source)).rowcount
            row = connection.execute("DELETE FROM mention WHERE id = ? RETURNING n", (mention.id,)).fetchone()
            if row is None:
                stored.gone_unknown += 1
                continue
            stored.deleted += 1
            connection.execute("DELETE FROM document WHERE n = ?", row)
            connection.execute("DELETE FROM value WHERE n = ?", row)
            words |= embedded_words.delete(connection, row[0])
        if (stored.deleted or letters) and embedded_state.get(connection, RecordKind.sweep, SLACK) is None:
            embedded_state.put(connection, RecordKind.sweep, SLACK, {}, self._clock())
        return words

    def _sweep(self, most: int) -> None:
        """Rewrites a file of up to so many bytes, or any a day after a deletion, so that no slack of it holds what was
        deleted. Where another process writes or the disk is full, a later deletion or start tries again."""
        with suppress(HubbubError):
            waiting = self._state.get(RecordKind.sweep, SLACK)
            if waiting is None or (self._file.size() > most and self._clock() - waiting.written < PAUSE):
                return
            self._file.rewrite()
            self._state.delete(RecordKind.sweep, SLACK)

    def _write(self, connection: sqlite.Connection, enriched: Enriched, entry: str, stored: Stored) -> set[str]:
        """Writes the mention where it is new or newer, and counts in `stored` what became of it. Returns the words that
        it had before and has no more."""
        mention = enriched.mention
        if embedded_state.get(connection, RecordKind.tombstone, mention.id) is not None:
            stored.unchanged += 1
            return set()
        facts = self._facts(connection, mention, entry)
        wanted = document(enriched, facts)
        observed = version(mention.observed_at)
        present = connection.execute(
            "SELECT n, version, body FROM mention JOIN document USING (n) WHERE id = ?", (mention.id,)
        ).fetchone()
        if present is None:
            stored.new += 1
        elif present[1] > observed or json.loads(present[2]) == wanted:
            stored.unchanged += 1
            return set()
        else:
            stored.updated += 1
        fields = flat(wanted)
        n = _put(connection, MENTIONS, present[0] if present else None, mention.id, observed, fields, as_json(wanted))
        _put_values(connection, n, fields)
        return embedded_words.write(connection, n, wanted, new=present is None)

    def _facts(self, connection: sqlite.Connection, mention: Mention, entry: str) -> Facts:
        """What is known of the mention; where it is seen first, or by a Hubbub that asks for more, it is noted down."""
        known = embedded_state.get(connection, RecordKind.facts, mention.id)
        if known is None:
            facts = Facts(ingested=self._clock(), dataset=entry, index=month(mention.posted_at))
        else:
            facts = Facts.model_validate(known.body)
            if facts.dataset is not None:
                return facts
            facts = facts.amended(Facts(dataset=entry))
        embedded_state.put(connection, RecordKind.facts, mention.id, facts.as_record(), self._clock())
        return facts

    def _set_aside(self, connection: sqlite.Connection, letter: DeadLetter) -> None:
        """Keeps a dead letter, unless its mention was deleted: then nothing of it returns."""
        of = f"{letter.source}:{letter.native_id}"
        if letter.native_id and embedded_state.get(connection, RecordKind.tombstone, of) is not None:
            return
        body = {**letter.model_dump(mode="json", exclude={"raw"}), "raw": letter.raw}
        embedded_state.put(connection, RecordKind.dead_letter, letter.key, body, self._clock())


def _put(
    connection: sqlite.Connection, table: Table, n: int | None, name: str, as_of: int, fields: Json, body: str
) -> int:
    """Writes a document in place `n`, or in a new place, and returns its place."""
    place: int = connection.execute(_INSERT[table.name], (n, name, as_of, *columns(fields, table))).lastrowid
    connection.execute(f"INSERT OR REPLACE INTO {table.documents} (n, body) VALUES (?, ?)", (place, body))
    return place


def _put_values(connection: sqlite.Connection, n: int, fields: Json) -> None:
    """Writes the fields that may have several values, a row each."""
    connection.execute("DELETE FROM value WHERE n = ?", (n,))
    connection.executemany(
        "INSERT INTO value (n, field, value) VALUES (?, ?, ?)", ((n, *pair) for pair in multiple(fields))
    )
