"""The columns that a search asks for, of the chunks that it looks at, as arrays with one row a place."""

from dataclasses import dataclass
from functools import cached_property
from itertools import compress

import numpy as np

from hubbub.index.embedded import chunk
from hubbub.index.embedded.chunk import SIZE, Array, Flags, Ints, Numbers
from hubbub.index.embedded.search.chunks import Chunks
from hubbub.index.embedded.search.vocabulary import Vocabulary
from hubbub.index.query import Query


@dataclass(frozen=True)
class Keywords:
    """Attributes:
    owners: the row of each value, in order; a row with several values is there as often.
    codes: the number of its word.
    single: no row has more than one.
    rows: how many there are.
    """

    owners: Ints
    codes: Ints
    vocabulary: Vocabulary
    single: bool

    rows: int

    @cached_property
    def _of_row(self) -> Ints:
        """The code of each row; -1 where it has none."""
        codes = np.full(self.rows, -1, np.int64)
        codes[self.owners] = self.codes
        return codes

    @cached_property
    def _counts(self) -> Ints:
        """How many values each row has."""
        return np.bincount(self.owners, minlength=self.rows)

    @cached_property
    def _starts(self) -> Ints:
        """Where those of each row begin."""
        return np.cumsum(self._counts) - self._counts

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        """The values of these rows: which of them, as its place in `rows`, and the code; in their order."""
        if self.single:
            codes = self._of_row[rows]
            known = np.flatnonzero(codes >= 0)
            return known, codes[known]
        starts, counts = self._starts[rows], self._counts[rows]
        at = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        return at, self.codes[np.repeat(starts, counts) + within]


class Rows:
    """The places of some chunks, in their order: row `r` is place `r % SIZE` of the chunk `chunks[r // SIZE]`.

    Attributes:
        masks: which rows answer the queries that were asked before.
    """

    def __init__(self, stored: Chunks, chunks: tuple[int, ...], siblings: dict[tuple[int, ...], "Rows"]) -> None:
        self.stored = stored
        self.chunks = chunks
        self._siblings = siblings
        self.masks: dict[Query, Flags] = {}
        self._edges: dict[str, tuple[Array, Array]] = {}
        self._numbers: dict[str, Numbers] = {}
        self._keywords: dict[str, Keywords] = {}

    @classmethod
    def of(cls, stored: Chunks) -> "Rows":
        """The places of all chunks."""
        return cls(stored, tuple(stored.numbers()), {})

    def __len__(self) -> int:
        return len(self.chunks) * SIZE

    def within(self, mask: Flags) -> tuple["Rows", Flags]:
        """Without the chunks of which no row is in the mask."""
        some: Flags = np.any(mask.reshape(-1, SIZE), axis=1)
        if some.all():
            return self, mask
        chunks = tuple(compress(self.chunks, some.tolist()))
        if chunks not in self._siblings:
            self._siblings[chunks] = Rows(self.stored, chunks, self._siblings)
        return self._siblings[chunks], mask.reshape(-1, SIZE)[some].reshape(-1)

    def places(self, rows: Ints) -> Ints:
        return np.array(self.chunks, np.int64)[rows // SIZE] * SIZE + rows % SIZE

    def mask(self, places: Ints) -> Flags:
        """The rows of those of the places that are here."""
        found, chunks = np.zeros(len(self), np.bool_), np.array(self.chunks, np.int64)
        if len(chunks):
            at = np.minimum(np.searchsorted(chunks, places // SIZE), len(chunks) - 1)
            here = chunks[at] == places // SIZE
            found[at[here] * SIZE + places[here] % SIZE] = True
        return found

    def edges(self, field: str) -> tuple[Array, Array]:
        """The smallest and the largest number of each chunk."""
        if field not in self._edges:
            values = self.numbers(field).values.reshape(-1, SIZE)
            self._edges[field] = np.fmin.reduce(values, axis=1), np.fmax.reduce(values, axis=1)
        return self._edges[field]

    def numbers(self, field: str) -> Numbers:
        if field not in self._numbers:
            dtype = np.float64 if self.stored.table.types[field] == "float" else np.int64
            values, present = np.zeros((len(self.chunks), SIZE), dtype), np.zeros((len(self.chunks), SIZE), np.bool_)
            for at, body in enumerate(self.stored.bodies(field, self.chunks)):
                if body is not None:
                    one = chunk.read_numbers(body)
                    values[at], present[at] = one.values, one.present
            self._numbers[field] = Numbers(values.reshape(-1), present.reshape(-1))
        return self._numbers[field]

    def keywords(self, field: str) -> Keywords:
        if field not in self._keywords:
            owners, codes, hashes, words = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [], 0
            for at, body in enumerate(self.stored.bodies(field, self.chunks)):
                one = chunk.Keywords.none() if body is None else chunk.read_keywords(body)
                owners.append(one.owners + at * SIZE)
                codes.append(one.codes + words)
                hashes.append(one.hashes)
                words += len(one.hashes)
            every = np.concatenate(owners)
            vocabulary = Vocabulary(self.stored, field, self.chunks, hashes)
            single = bool((every[1:] != every[:-1]).all())
            told = vocabulary.codes[np.concatenate(codes)]
            self._keywords[field] = Keywords(every, told, vocabulary, single, len(self))
        return self._keywords[field]
