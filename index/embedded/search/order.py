"""In which order hits come: `sort` read, and the first of many rows found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.index.embedded.chunk import Flags, Ints
from hubbub.index.embedded.search.rows import Rows
from hubbub.index.embedded.search.shortest import shortest
from hubbub.index.embedded.tables import Table
from hubbub.index.query import field_type, one, options

_LONGS = {"asc": 2**63 - 1, "desc": -(2**63)}
_FLOATS = {"asc": "Infinity", "desc": "-Infinity"}
_FEW = 1000  # rows that are put in order as they are


@dataclass(frozen=True)
class SortKey:
    kind: str
    field: str
    order: str
    missing: str

    @classmethod
    def of(cls, asked: Any, table: Table) -> "SortKey":
        field, how = (asked, {}) if isinstance(asked, str) else one(asked, "a sort key")
        how = {"order": how} if isinstance(how, str) else how
        options(how, f"the sort by {field!r}", "order", "missing", "unmapped_type")
        order, missing = how.get("order", "asc"), how.get("missing", "_last")
        if order not in ("asc", "desc") or missing not in ("_first", "_last"):
            raise Misconfigured(f"the sort by {field!r} takes asc or desc, with what is missing _first or _last")
        kind = "place" if field == "_doc" else field_type(field, table.types)
        if kind == "text":
            raise Misconfigured(f"{field!r} is full text: it has no order to sort by")
        return cls(kind, field, order, missing)

    def ranks(self, rows: Rows, at: Ints) -> list[Any]:
        """Arrays to sort the rows `at` by, the most important first; the smallest comes first."""
        if self.kind == "place":
            return [at if self.order == "asc" else -at]
        values, present = self._values(rows, at)
        missing = present if self.missing == "_first" else ~present
        values = np.where(present, values, 0)
        descending = ~values if values.dtype == np.int64 else -values
        return [missing, values if self.order == "asc" else descending]

    def shown(self, rows: Rows, at: Ints) -> list[Any]:
        """The values of the rows as an answer's `sort` shows them."""
        if self.kind == "place":
            return list(rows.places(at).tolist())
        side = self.order if self.missing == "_last" else {"asc": "desc", "desc": "asc"}[self.order]
        if self.kind == "keyword":
            vocabulary = rows.keywords(self.field).vocabulary
            codes, present = self._picked(rows, at)
            words = iter(vocabulary.words(codes[present]))
            return [next(words) if known else None for known in present.tolist()]
        numbers = rows.numbers(self.field)
        nothing = _FLOATS[side] if self.kind == "float" else _LONGS[side]
        shown = shortest if self.kind == "float" else int
        pairs = zip(numbers.values[at].tolist(), numbers.present[at].tolist(), strict=True)
        return [shown(value) if known else nothing for value, known in pairs]

    def _values(self, rows: Rows, at: Ints) -> tuple[Any, Flags]:
        if self.kind == "keyword":
            codes, present = self._picked(rows, at)
            used = np.unique(codes[present])
            words = rows.keywords(self.field).vocabulary.words(used)
            ranks = np.zeros(len(used), np.int64)
            ranks[sorted(range(len(used)), key=words.__getitem__)] = np.arange(len(used))
            values = np.zeros(len(at), np.int64)
            values[present] = ranks[np.searchsorted(used, codes[present])]
            return values, present
        numbers = rows.numbers(self.field)
        return numbers.values[at], numbers.present[at]

    def _picked(self, rows: Rows, at: Ints) -> tuple[Ints, Flags]:
        """The code of each row's word, the first or the last of several, and whether it has one."""
        keywords = rows.keywords(self.field)
        entries, codes = keywords.of(at)
        if not keywords.single:
            words = keywords.vocabulary.words(codes)
            order = sorted(range(len(words)), key=words.__getitem__, reverse=self.order == "asc")
            entries, codes = entries[order], codes[order]  # of those of one row, the last is written
        picked, present = np.zeros(len(at), np.int64), np.zeros(len(at), np.bool_)
        picked[entries], present[entries] = codes, True
        return picked, present


def first(rows: Rows, at: Ints, sort: Sequence[SortKey], start: int, size: int) -> Ints:
    """Those of the rows that come from `start` on, at most `size`; where `sort` leaves it open, as they lie."""
    if not size:
        return at[:0]
    ranks = [rank for key in sort for rank in key.ranks(rows, at)]
    leading = next((rank for rank in ranks if rank.dtype != np.bool_ or rank.any() != rank.all()), None)
    if leading is not None and leading.dtype != np.bool_ and len(at) > max(start + size, _FEW):
        last = np.partition(leading, start + size - 1)[start + size - 1]
        fewer = leading <= last
        at, ranks = at[fewer], [rank[fewer] for rank in ranks]
    order = np.lexsort([at, *reversed(ranks)])
    return at[order[start : start + size]]
