"""Writes documents by column: a row of the table holds the values of one field in one chunk of places (see `chunk`)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from pysqlite3 import dbapi2 as sqlite

from hubbub.core.ports import Json
from hubbub.index.embedded import chunk
from hubbub.index.embedded.chunk import SIZE, Ints, Keywords, Numbers
from hubbub.index.embedded.tables import Table
from hubbub.index.embedded.values import keywords, numbers

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
    documents: Mapping[int, Json],
    fields: Collection[str] | None = None,
) -> None:
    """Writes the values of documents, by their places.

    Args:
        documents: flat (see `values.flat`); of one that is gone, empty.
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
    documents: Sequence[Json],
    fields: Collection[str] | None,
) -> None:
    rows = connection.execute(f"SELECT field, body, words FROM {table.chunks} WHERE chunk = ?", (number,))
    before: dict[str, Row] = {field: (body, words) for field, body, words in rows}
    named = set(before).union(*documents) & (before.keys() | table.fields.keys())
    after = {
        field: _changed(before.get(field), table.fields.get(field), places, [each.get(field) for each in documents])
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


def _changed(before: Row | None, field: Json | None, places: Ints, values: Sequence[Any]) -> Row:
    """The row with these values in these places.

    Args:
        field: its mapping; None of one that the mapping has no more, but the row has: there no value stays.
    """
    body, words = before or (None, None)
    kind = field["type"] if field else None
    if (body or b"").startswith(b"k") or (body is None and kind == "keyword"):
        given = keywords(field["ignore_above"], values) if field else [()] * len(values)
        old = Keywords.none() if body is None else chunk.read_keywords(body)
        new, dictionary = chunk.changed_keywords(old, chunk.split(words), places, given)
        return chunk.write_keywords(new), dictionary
    numeric = numbers(kind, values) if kind else [None] * len(values)
    there = Numbers.none(kind or "long") if body is None else chunk.read_numbers(body)
    return chunk.write_numbers(chunk.changed_numbers(there, places, numeric)), None
