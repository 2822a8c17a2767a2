"""Writes documents by column: a row of the table holds the values of one field in one chunk of places (see `chunk`)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from pysqlite3 import dbapi2 as sqlite

from hubbub.index.embedded import chunk
from hubbub.index.embedded.chunk import SIZE, Ints, Keywords, Numbers
from hubbub.index.embedded.tables import Table
from hubbub.index.embedded.values import Value

Row = tuple[bytes | None, bytes | None]
"""The values of a field in a chunk, and the dictionary of keywords."""


def schema(table: Table) -> str:
    return (
        f"CREATE TABLE {table.chunks} (chunk INTEGER NOT NULL, field TEXT NOT NULL, body BLOB NOT NULL, words BLOB,"
        " UNIQUE (chunk, field))"
    )


def write(
    connection: sqlite.Connection,
    table: Table,
    documents: Mapping[int, Mapping[str, Value]],
    fields: Collection[str] | None = None,
) -> None:
    """Writes the values of documents, by their places.

    Args:
        documents: what is kept of each (see `values.kept`); nothing of one that is gone.
        fields: only these; other values stay. None: all, whatever was there before.
    """
    places = np.array(sorted(documents), np.int64)
    for number in np.unique(places // SIZE).tolist():
        here = places[places // SIZE == number]
        _write_chunk(connection, table, number, here % SIZE, [documents[place] for place in here.tolist()], fields)


def _write_chunk(
    connection: sqlite.Connection,
    table: Table,
    number: int,
    places: Ints,
    documents: Sequence[Mapping[str, Value]],
    fields: Collection[str] | None,
) -> None:
    rows = connection.execute(f"SELECT field, body, words FROM {table.chunks} WHERE chunk = ?", (number,))
    before: dict[str, Row] = {field: (body, words) for field, body, words in rows}
    named = set(before).union(*documents)
    after = {
        field: _changed(before.get(field), table.types.get(field), places, [each.get(field) for each in documents])
        for field in (named if fields is None else named & {*fields})
    }
    changed = {field: row for field, row in after.items() if row != before.get(field, (None, None))}
    connection.executemany(
        f"INSERT INTO {table.chunks} (chunk, field, body, words) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET body = excluded.body, words = excluded.words",
        [(number, field, *row) for field, row in changed.items() if row[0] is not None],
    )
    connection.executemany(
        f"DELETE FROM {table.chunks} WHERE chunk = ? AND field = ?",
        [(number, field) for field, row in changed.items() if row[0] is None],
    )


def _changed(before: Row | None, kind: str | None, places: Ints, values: Sequence[Any]) -> Row:
    """The row with these values in these places.

    Args:
        kind: the field's type; None of one that the mapping has no more, but the row has.
    """
    body, words = before or (None, None)
    if (body or b"").startswith(b"k") or (body is None and kind == "keyword"):
        old = Keywords.none() if body is None else chunk.read_keywords(body)
        keywords, dictionary = chunk.changed_keywords(old, chunk.split(words), places, [each or () for each in values])
        return chunk.write_keywords(keywords), dictionary
    numbers = Numbers.none(kind or "long") if body is None else chunk.read_numbers(body)
    return chunk.write_numbers(chunk.changed_numbers(numbers, places, values)), None
