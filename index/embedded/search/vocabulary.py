"""The words of a keyword field over many chunks, told apart by their hashes and read only where they are shown."""

import heapq
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from hubbub.index.embedded.chunk import Hashes, Ints, hash_of
from hubbub.index.embedded.search.chunks import Chunks

_FEW = 10_000  # words that are all read when one is asked for


class Vocabulary:
    """The words of a field in some chunks: each has one number, whichever chunks it stands in."""

    def __init__(self, stored: Chunks, field: str, chunks: Sequence[int], hashes: Sequence[Hashes]) -> None:
        self._stored = stored
        self._field = field
        self._chunks = chunks
        self._starts = np.cumsum([0, *map(len, hashes)])
        distinct, codes = np.unique(np.concatenate([*hashes, np.zeros(0, np.uint64)]), return_inverse=True)
        self._hashes: Hashes = distinct
        self.codes: Ints = codes.astype(np.int64)

    def __len__(self) -> int:
        return len(self._hashes)

    @cached_property
    def _places(self) -> Ints:
        """Where each word stands: the last of its entries in the dictionaries, told through."""
        places = np.zeros(len(self), np.int64)
        places[self.codes] = np.arange(len(self.codes))
        return places

    def codes_of(self, words: Sequence[str]) -> list[int]:
        """The numbers of those of the words that are here, in their order."""
        if not len(self):
            return []
        wanted = np.array([hash_of(word) for word in words], np.uint64)
        at = np.minimum(np.searchsorted(self._hashes, wanted), len(self) - 1)
        alike = np.flatnonzero(self._hashes[at] == wanted)
        codes = at[alike]
        there = zip(alike.tolist(), codes.tolist(), self.words(codes), strict=True)
        return [code for asked, code, word in there if word == words[asked]]

    def words(self, codes: Ints) -> list[str]:
        """The words of these numbers, in their order."""
        if len(self) <= _FEW:
            return [self._every[code] for code in codes.tolist()]
        return self._read(self._places[codes])

    def foremost(self, codes: Ints, count: int, descending: bool) -> Ints:
        """Those of the numbers whose words come first, or last where it descends; at most `count`."""
        choose, best = (heapq.nlargest if descending else heapq.nsmallest), []
        entries = np.sort(self._places[codes])
        borders = np.searchsorted(entries, self._starts)
        for at, (start, end) in enumerate(pairwise(borders.tolist())):
            words = self._stored.words(self._field, self._chunks[at])
            if end - start < len(words):
                words = [words[entry] for entry in (entries[start:end] - self._starts[at]).tolist()]
            best += choose(count, words)
        return np.array(self.codes_of(choose(count, best)), np.int64)

    @cached_property
    def _every(self) -> list[str]:
        return self._read(self._places)

    def _read(self, entries: Ints) -> list[str]:
        chunks = np.searchsorted(self._starts, entries, side="right") - 1
        inner = (entries - self._starts[chunks]).tolist()
        dictionaries = {at: self._stored.words(self._field, self._chunks[at]) for at in np.unique(chunks).tolist()}
        return [dictionaries[at][entry] for at, entry in zip(chunks.tolist(), inner, strict=True)]
