"""What an aggregation looks at: rows, told apart by the bucket around it that each is in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.index.embedded.chunk import Flags, Ints
from hubbub.index.embedded.search.rows import Rows
from hubbub.index.query import field_type

_SPARSE = 8  # of how many rows one has to be in a slice, so that it is worth while to know where each is
_DENSE = 1 << 22  # counters of eight bytes that a tally may have for each combination there could be


@dataclass(frozen=True)
class Slice:
    """Attributes:
    at: rows; one that is in several buckets is there as often.
    group: the number of the bucket that each is in.
    groups: how many buckets there are.
    """

    rows: Rows
    at: Ints
    group: Ints
    groups: int

    @classmethod
    def of(cls, rows: Rows, at: Ints) -> "Slice":
        """One bucket."""
        return cls(rows, at, np.zeros(len(at), np.int64), 1)

    def narrowed(self, mask: Flags) -> "Slice":
        """Those of the rows that are in the mask."""
        if self._where is None:
            kept = np.flatnonzero(mask[self.at])
        else:
            places = self._where[np.flatnonzero(mask)]
            kept = places[places >= 0]
        return Slice(self.rows, self.at[kept], self.group[kept], self.groups)

    @cached_property
    def _where(self) -> Ints | None:
        """Which of `at` each row is, -1 where it is none; None where `at` has a row twice, or hardly any."""
        if len(self.at) * _SPARSE < len(self.rows) or not (self.at[1:] > self.at[:-1]).all():
            return None
        where = np.full(len(self.rows), -1, np.int64)
        where[self.at] = np.arange(len(self.at))
        return where

    def counts(self) -> list[int]:
        """How many rows each bucket holds."""
        counts: list[int] = np.bincount(self.group, minlength=self.groups).tolist()
        return counts


@dataclass(frozen=True)
class Values:
    """What the rows of a slice have in one field.

    Attributes:
        entries: which row of the slice, in order; one with several values is there as often.
        codes: the number of its value.
        size: how many numbers there are.
        shown: values by their numbers.
    foremost: of some numbers, those whose values come first (or last, where it descends), at most so many.
    """

    entries: Ints
    codes: Ints
    size: int
    shown: Callable[[Ints], Sequence[Any]]
    foremost: Callable[[Ints, int, bool], Ints]

    def with_missing(self, missing: Any, rows: int) -> "Values":
        """With that value where there is none."""
        without = np.setdiff1d(np.arange(rows), self.entries, assume_unique=False)
        every = self.shown(np.arange(self.size))
        code = every.index(missing) if missing in every else self.size
        values = [*every, missing]
        entries = np.concatenate([self.entries, without])
        codes = np.concatenate([self.codes, np.full(len(without), code)])
        in_order = np.argsort(entries, kind="stable")

        def shown(codes: Ints) -> list[Any]:
            return [values[code] for code in codes.tolist()]

        def foremost(codes: Ints, count: int, descending: bool) -> Ints:
            ordered = sorted(codes.tolist(), key=values.__getitem__, reverse=descending)
            return np.array(ordered[:count], np.int64)

        return Values(entries[in_order], codes[in_order], len(values), shown, foremost)


@dataclass(frozen=True)
class Tally:
    """How often each value is in each bucket: combinations that there are, bucket by bucket, the values in order.

    Attributes:
        starts: where those of each bucket begin, and where the last ends.
    """

    starts: list[int]
    codes: Ints
    counts: Ints

    @classmethod
    def of(cls, part: Slice, values: Values) -> "Tally":
        pairs = part.group[values.entries] * values.size + values.codes
        if part.groups * values.size <= _DENSE:
            every = np.bincount(pairs)
            found = np.flatnonzero(every)
            counts = every[found]
        else:
            found, counts = np.unique(pairs, return_counts=True)
        starts = np.searchsorted(found, np.arange(part.groups + 1) * values.size)
        return cls(starts.tolist(), found % max(values.size, 1), counts)


def within(part: Slice, values: Values, chosen: Sequence[tuple[int, int]]) -> Slice:
    """The slice told apart by chosen combinations of bucket and value, which are its buckets, in their order."""
    pairs = part.group[values.entries] * values.size + values.codes
    wanted = np.array([group * values.size + code for group, code in chosen], np.int64)
    if part.groups * values.size <= _DENSE:
        numbers = np.full(part.groups * values.size, -1, np.int64)
        numbers[wanted] = np.arange(len(wanted))
        group = numbers[pairs]
    else:
        order = np.argsort(wanted)
        at = np.minimum(np.searchsorted(wanted[order], pairs), len(wanted) - 1)
        group = np.where(wanted[order][at] == pairs, order[at], -1)
    kept = group >= 0
    return Slice(part.rows, part.at[values.entries[kept]], group[kept], len(wanted))


def values_of(part: Slice, field: str) -> Values:
    if part.rows.stored.table.types[field] == "keyword":
        keywords = part.rows.keywords(field)
        entries, codes = keywords.of(part.at)
        return Values(entries, codes, len(keywords.vocabulary), keywords.vocabulary.words, keywords.vocabulary.foremost)
    numbers = part.rows.numbers(field)
    entries = np.flatnonzero(numbers.present[part.at])
    return numbered(entries, numbers.values[part.at[entries]])


def numbered(entries: Ints, values: Any) -> Values:
    """Numbers as values, coded in their order."""
    if len(values) and values.dtype == np.int64 and (span := int(values.max()) - (low := int(values.min()))) < _DENSE:
        return Values(entries, values - low, span + 1, lambda codes: (codes + low).tolist(), _in_order)
    distinct, codes = np.unique(values, return_inverse=True)
    return Values(entries, codes, len(distinct), lambda codes: distinct[codes].tolist(), _in_order)


def _in_order(codes: Ints, count: int, descending: bool) -> Ints:
    ordered = np.sort(codes)
    return ordered[::-1][:count] if descending else ordered[:count]


def by_group(part: Slice, group: Ints) -> tuple[Ints, list[int]]:
    """The order that brings those of each bucket together, and where each bucket begins and the last ends."""
    narrow = group.astype(np.uint16) if part.groups < 1 << 16 else group
    order = np.argsort(narrow, kind="stable")
    return order, np.searchsorted(group[order], np.arange(part.groups + 1)).tolist()


def plain(field: Any, part: Slice) -> str:
    """The field, which is not full text."""
    if field_type(field, part.rows.stored.table.types) == "text":
        raise Misconfigured(f"{field!r} is full text: it has no values to aggregate")
    return str(field)


def number_type(field: str, kind: str, part: Slice) -> str:
    of = part.rows.stored.table.types[field]
    if of not in (("long", "float") if kind == "sum" else ("long", "float", "date")):
        raise Misconfigured(f"{kind} cannot take {field!r}, which is a {of}")
    return of
