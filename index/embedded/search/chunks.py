"""Reads the chunks of one table from the file, each part once a search."""

import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from pysqlite3 import dbapi2 as sqlite

from hubbub.index.embedded.chunk import Ints, split
from hubbub.index.embedded.tables import Table

TIME = "@timestamp"  # every document has one


class Chunks:
    def __init__(self, connection: sqlite.Connection, table: Table) -> None:
        self.connection = connection
        self.table = table
        self._bodies: dict[str, dict[int, bytes | None]] = defaultdict(dict)
        self._words: dict[tuple[str, int], list[str]] = {}
        self._found: dict[str, Ints] = {}

    def numbers(self) -> list[int]:
        """Of all chunks that there are, in order."""
        select = f"SELECT chunk FROM {self.table.chunks} WHERE field = ? ORDER BY chunk"
        return [number for (number,) in self.connection.execute(select, (TIME,))]

    def bodies(self, field: str, chunks: Sequence[int]) -> list[bytes | None]:
        """None where no place of the chunk has a value."""
        known = self._bodies[field]
        if missing := [number for number in chunks if number not in known]:
            rows = self.connection.execute(
                f"SELECT chunk, body FROM json_each(?) JOIN {self.table.chunks} ON chunk = value AND field = ?",
                (json.dumps(missing), field),
            )
            known.update(dict.fromkeys(missing))
            known.update(rows.fetchall())
        return [known[number] for number in chunks]

    def words(self, field: str, number: int) -> list[str]:
        """The dictionary of a chunk."""
        if (field, number) not in self._words:
            select = f"SELECT words FROM {self.table.chunks} WHERE chunk = ? AND field = ?"
            found = self.connection.execute(select, (number, field)).fetchone()
            self._words[field, number] = split(found[0]) if found else []
        return self._words[field, number]

    def found(self, match: str) -> Ints:
        """The places that the full text finds (https://www.sqlite.org/fts5.html#full_text_query_syntax)."""
        if match not in self._found:
            self._found[match] = self.places("SELECT rowid AS n FROM words WHERE words MATCH ?", match)
        return self._found[match]

    def places(self, select: str, value: str) -> Ints:
        """The places `n` that a SELECT finds."""
        (told,) = self.connection.execute(f"SELECT group_concat(n) FROM ({select})", (value,)).fetchone()
        return np.fromstring(told or "", np.int64, sep=",")
