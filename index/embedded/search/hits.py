"""Hits as Elasticsearch gives them: sorted, cut to a page, with the part of the document that is asked for."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Misconfigured
from hubbub.core.moments import from_milliseconds
from hubbub.core.ports import Json
from hubbub.index.embedded.search.query import one, options
from hubbub.index.embedded.tables import Table, column
from hubbub.index.embedded.values import shortest

WINDOW = 10_000  # Elasticsearch pages no further
_LONGS = {"asc": 2**63 - 1, "desc": -(2**63)}
_FLOATS = {"asc": "Infinity", "desc": "-Infinity"}


@dataclass(frozen=True)
class SortKey:
    table: Table
    field: str
    order: str = "asc"
    missing: str = "_last"

    @property
    def expression(self) -> str:
        if self.field == "_doc":
            return "m.n"
        if self.field in self.table.multiple:
            pick = "MIN" if self.order == "asc" else "MAX"
            return f"(SELECT {pick}(value) FROM value WHERE value.n = m.n AND field = '{self.field}')"
        return f"m.{column(self.field)}"

    @property
    def sql(self) -> str:
        ordered = f"{self.expression} {self.order}"
        if self.field in ("_doc", "@timestamp"):  # never missing
            return ordered
        return f"{self.expression} IS NULL {'DESC' if self.missing == '_first' else 'ASC'}, {ordered}"

    def shown(self, value: Any) -> Any:
        """The value as an answer's `sort` shows it."""
        kind = "long" if self.field == "_doc" else self.table.field_type(self.field)
        if value is not None:
            return shortest(value) if kind == "float" else value
        side = self.order if self.missing == "_last" else {"asc": "desc", "desc": "asc"}[self.order]
        return {"keyword": None, "float": _FLOATS[side]}.get(kind, _LONGS[side])


@dataclass(frozen=True)
class Asked:
    """Which hits: at most `size` from `start` on, in the order of `sort`."""

    table: Table
    size: int
    start: int
    sort: tuple[SortKey, ...]
    source: Any

    @classmethod
    def of(cls, body: Mapping[str, Any], table: Table, size: int) -> "Asked":
        """Reads `size`, `from`, `sort` and `_source`; `size` is the default."""
        pages = (body.get("size", size), body.get("from", 0))
        if not all(isinstance(count, int) and count >= 0 for count in pages):
            raise Misconfigured("size and from take counts")
        if sum(pages) > WINDOW:
            raise Misconfigured(f"from + size may not go beyond {WINDOW}")
        sort = body.get("sort", [])
        keys = tuple(_sort_key(key, table) for key in (sort if isinstance(sort, list) else [sort]))
        return cls(table, pages[0], pages[1], keys, body.get("_source", True))

    @property
    def columns(self) -> str:
        """What `hits` needs of each row."""
        return ", ".join(["m.n", "m.id", 'm."@timestamp"', *(key.expression for key in self.sort)])

    @property
    def order(self) -> str:
        return ", ".join([*(key.sql for key in self.sort), "m.n"])


def hits(connection: sqlite.Connection, rows: Iterable[Sequence[Any]], asked: Asked) -> list[Json]:
    """One hit a row of `Asked.columns`."""
    found = []
    for n, name, posted, *values in rows:
        hit: Json = {"_index": asked.table.index_of(from_milliseconds(posted)), "_id": name}
        hit["_score"] = None if asked.sort else 1.0
        if asked.source is not False:
            (body,) = connection.execute(f"SELECT body FROM {asked.table.documents} WHERE n = ?", (n,)).fetchone()
            hit["_source"] = _part(json.loads(body), asked.source)
        if asked.sort:
            hit["sort"] = [key.shown(value) for key, value in zip(asked.sort, values, strict=True)]
        found.append(hit)
    return found


def _sort_key(asked: Any, table: Table) -> SortKey:
    field, how = (asked, {}) if isinstance(asked, str) else one(asked, "a sort key")
    how = {"order": how} if isinstance(how, str) else how
    options(how, f"the sort by {field!r}", "order", "missing", "unmapped_type")
    key = SortKey(table, field, how.get("order", "asc"), how.get("missing", "_last"))
    if key.order not in _LONGS or key.missing not in ("_first", "_last"):
        raise Misconfigured(f"the sort by {field!r} takes asc or desc, with what is missing _first or _last")
    if field != "_doc" and table.field_type(field) == "text":
        raise Misconfigured(f"{field!r} is full text: it has no order to sort by")
    return key


def _part(document: Json, asked: Any) -> Json:
    """The part of a document that `_source` asks for: a pattern, several, or `includes` and `excludes`."""
    if asked is True:
        return document
    if isinstance(asked, str | list):
        asked = {"includes": asked}
    options(asked, "_source", "includes", "excludes")
    includes, excludes = _patterns(asked.get("includes", "*")), _patterns(asked.get("excludes", []))
    return _kept(document, "", includes or ["*"], excludes)


def _kept(value: Json, path: str, includes: list[str], excludes: list[str]) -> Json:
    kept = {}
    for name, inner in value.items():
        place = path + name
        if _covered(place, excludes):
            continue
        if isinstance(inner, dict) and inner:
            part = _kept(inner, f"{place}.", includes, excludes)
            if part:
                kept[name] = part
        elif _covered(place, includes):
            kept[name] = inner
    return kept


def _covered(place: str, patterns: list[str]) -> bool:
    parts = place.split(".")
    above = [".".join(parts[: count + 1]) for count in range(len(parts))]
    return any(fnmatchcase(path, pattern) for pattern in patterns for path in above)


def _patterns(asked: Any) -> list[str]:
    patterns = asked if isinstance(asked, list) else [asked]
    return [str(pattern).replace("[", "[[]").replace("?", "[?]") for pattern in patterns]
