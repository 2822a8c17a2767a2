"""Writes events, over those of the same id."""

from collections.abc import Sequence

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.events import Event
from hubbub.index.embedded import columns
from hubbub.index.embedded.bodies import pack
from hubbub.index.embedded.places import following
from hubbub.index.embedded.tables import EVENTS
from hubbub.index.embedded.values import flat
from hubbub.index.mapping import event_document, version

SCHEMA = "CREATE TABLE event (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL)"


def record(connection: sqlite.Connection, events: Sequence[Event]) -> None:
    free = following(connection, EVENTS)
    placed: dict[str, tuple[int, Event]] = {}
    for event in events:
        present = connection.execute("SELECT n FROM event WHERE id = ?", (event.id,)).fetchone()
        place = present[0] if present else placed[event.id][0] if event.id in placed else next(free)
        placed[event.id] = (place, event)
    documents = {place: event_document(event) for place, event in placed.values()}
    connection.executemany(
        "INSERT OR REPLACE INTO event (n, id, version) VALUES (?, ?, ?)",
        [(place, event.id, version(event.at)) for place, event in placed.values()],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO event_body (n, body) VALUES (?, ?)",
        [(place, pack(document)) for place, document in documents.items()],
    )
    columns.write(connection, EVENTS, {place: flat(document) for place, document in documents.items()})
