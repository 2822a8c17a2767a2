"""Hits as Elasticsearch gives them: sorted, cut to a page, with the part of the document that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.moments import from_milliseconds
from hubbub.core.ports import Json
from hubbub.index.embedded.chunk import Ints
from hubbub.index.embedded.documents import documents
from hubbub.index.embedded.search.chunks import TIME
from hubbub.index.embedded.search.order import SortKey, first
from hubbub.index.embedded.search.rows import Rows
from hubbub.index.embedded.tables import Table
from hubbub.index.query import options

WINDOW = 10_000  # Elasticsearch pages no further


class Source:
    """The part of a document that `_source` asks for: all, nothing, a pattern, several, `includes` and `excludes`."""

    def __init__(self, asked: Any) -> None:
        self.wanted = asked is not False
        if isinstance(asked, bool):
            asked = {}
        elif isinstance(asked, str | list):
            asked = {"includes": asked}
        options(asked, "_source", "includes", "excludes")
        self._includes = _patterns(asked.get("includes", "*")) or ("*",)
        self._excludes = _patterns(asked.get("excludes", []))
        self._whole = self._includes == ("*",) and not self._excludes
        self._in = cache(lambda place: _covered(place, self._includes))  # documents have the same few fields
        self._out = cache(lambda place: _covered(place, self._excludes))

    def part(self, document: Json) -> Json:
        return document if self._whole else self._kept(document, "")

    def _kept(self, value: Json, path: str) -> Json:
        kept = {}
        for name, inner in value.items():
            place = path + name
            if self._out(place):
                continue
            if isinstance(inner, dict) and inner:
                part = self._kept(inner, f"{place}.")
                if part:
                    kept[name] = part
            elif self._in(place):
                kept[name] = inner
        return kept


@dataclass(frozen=True)
class Asked:
    """Which hits: at most `size` from `start` on, in the order of `sort`."""

    size: int
    start: int
    sort: tuple[SortKey, ...]
    source: Source

    @classmethod
    def of(cls, body: Mapping[str, Any], table: Table, size: int) -> "Asked":
        """Reads `size`, `from`, `sort` and `_source`; `size` is the default."""
        pages = (body.get("size", size), body.get("from", 0))
        if not all(isinstance(count, int) and count >= 0 for count in pages):
            raise Misconfigured("size and from take counts")
        if sum(pages) > WINDOW:
            raise Misconfigured(f"from + size may not go beyond {WINDOW}")
        sort = body.get("sort", [])
        keys = tuple(SortKey.of(key, table) for key in (sort if isinstance(sort, list) else [sort]))
        return cls(pages[0], pages[1], keys, Source(body.get("_source", True)))


def hits(rows: Rows, at: Ints, asked: Asked) -> list[Json]:
    """The asked ones of the rows `at`."""
    chosen = first(rows, at, asked.sort, asked.start, asked.size)
    if not len(chosen):
        return []
    stored, places = rows.stored, rows.places(chosen).tolist()
    read = documents(stored.connection, stored.table, places)
    posted = rows.numbers(TIME).values[chosen].tolist()
    sorts = zip(*(key.shown(rows, chosen) for key in asked.sort), strict=True) if asked.sort else [()] * len(chosen)
    found = []
    for place, when, sort in zip(places, posted, sorts, strict=True):
        hit: Json = {"_index": stored.table.index_of(from_milliseconds(when)), "_id": read[place][0]}
        hit["_score"] = None if asked.sort else 1.0
        if asked.source.wanted:
            hit["_source"] = asked.source.part(read[place][1])
        if asked.sort:
            hit["sort"] = list(sort)
        found.append(hit)
    return found


def _covered(place: str, patterns: tuple[str, ...]) -> bool:
    parts = place.split(".")
    above = [".".join(parts[: count + 1]) for count in range(len(parts))]
    return any(fnmatchcase(path, pattern) for pattern in patterns for path in above)


def _patterns(asked: Any) -> tuple[str, ...]:
    patterns = asked if isinstance(asked, list) else [asked]
    return tuple(str(pattern).replace("[", "[[]").replace("?", "[?]") for pattern in patterns)
