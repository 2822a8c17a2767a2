"""The same mentions in DuckDB, and the panels' questions as its SQL, to see how far a columnar database goes."""

import csv
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from hubbub.core.insight import Enriched
from hubbub.index.dates import length
from hubbub.index.mapping import FIELDS, TYPES, observed

_TYPES = {"date": "TIMESTAMP", "float": "FLOAT", "long": "BIGINT", "boolean": "BOOLEAN"}
_LISTS = ("brand", "match.term", "match.kind", "match.product", "competitor")
_COLUMNS = [name for name in FIELDS if TYPES["mentions"].get(name) and name not in ("themes", "signals")]
_BETWEEN = "\x1f"


class Rows:
    """Collects mentions for `Duck` in a file of comma-separated values."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)

    def add(self, mentions: Iterable[Enriched]) -> None:
        self._writer.writerows(_row(observed(enriched)) for enriched in mentions)

    def close(self) -> None:
        self._file.close()


class Duck:
    def __init__(self, rows: Path, folder: Path) -> None:
        self._path = folder / "mentions.duckdb"
        self._connection = duckdb.connect(str(self._path))
        columns = {name: "VARCHAR" if name in _LISTS else _type(name) for name in _COLUMNS}
        read = ", ".join(
            f'string_split("{name}", chr(31)) AS "{name}"' if name in _LISTS else f'"{name}"' for name in columns
        )
        told = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        began = time.perf_counter()
        self._connection.execute(
            f"CREATE TABLE mention AS SELECT {read} FROM read_csv('{rows}', header=false, columns={{{told}}},"
            " nullstr='', quote='\"', escape='\"')"
        )
        self._connection.execute("CHECKPOINT")
        self.seconds = time.perf_counter() - began

    @property
    def size(self) -> int:
        return self._path.stat().st_size

    def ask(self, body: dict[str, Any]) -> list[Any]:
        """Asks all that a search body asks, one statement a part."""
        where = _where(body.get("query", {"match_all": {}}))
        found = [self._connection.execute(f"SELECT COUNT(*) FROM mention WHERE {where}").fetchall()]
        if body.get("size", 10):
            fields = ", ".join(f'"{name}"' for name in body.get("_source", _COLUMNS))
            order = 'ORDER BY "@timestamp" DESC' if body.get("sort") else ""
            select = f"SELECT {fields} FROM mention WHERE {where} {order} LIMIT {body.get('size', 10)}"
            found.append(self._connection.execute(select).fetchall())
        for spec in body.get("aggs", {}).values():
            found.append(self._connection.execute(_aggregation(spec, where)).fetchall())
        return found

    def close(self) -> None:
        self._connection.close()


def _type(name: str) -> str:
    return _TYPES.get(TYPES["mentions"][name], "VARCHAR")


def _row(document: dict[str, Any]) -> list[Any]:
    row = []
    for name in _COLUMNS:
        value: Any = document
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        row.append(_BETWEEN.join(value) if isinstance(value, list) else value)
    return row


def _where(query: dict[str, Any]) -> str:
    ((kind, asked),) = query.items()
    match kind:
        case "match_all":
            return "true"
        case "exists":
            return f'"{asked["field"]}" IS NOT NULL'
        case "term":
            ((field, value),) = asked.items()
            return _is(field, [value])
        case "terms":
            ((field, values),) = asked.items()
            return _is(field, values)
        case "range":
            ((field, bounds),) = asked.items()
            signs = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
            return " AND ".join(f"\"{field}\" {signs[side]} '{bound}'" for side, bound in bounds.items())
        case "bool":
            parts = [_where(each) for name in ("must", "filter") for each in _list(asked.get(name, []))]
            parts += [f"({_where(each)}) IS NOT TRUE" for each in _list(asked.get("must_not", []))]
            if should := [_where(each) for each in _list(asked.get("should", []))]:
                parts.append(f"({' OR '.join(should)})")
            return " AND ".join(f"({part})" for part in parts) or "true"
    raise ValueError(f"no SQL for the query {kind}")


def _is(field: str, values: list[Any]) -> str:
    told = ", ".join(str(value).lower() if isinstance(value, bool) else f"'{value}'" for value in values)
    return f'list_has_any("{field}", [{told}])' if field in _LISTS else f'"{field}" IN ({told})'


def _list(clauses: Any) -> list[Any]:
    return clauses if isinstance(clauses, list) else [clauses]


def _aggregation(spec: dict[str, Any], where: str) -> str:
    kind = next(name for name in spec if name != "aggs")
    asked, inner = spec[kind], spec.get("aggs", {})
    counted = ", ".join(["COUNT(*) AS c", *(count for part in inner.values() for count in _counts(part))])
    match kind:
        case "terms":
            field, size = asked["field"], asked.get("size", 10)
            value = f'unnest("{field}")' if field in _LISTS else f'"{field}"'
            source = f"(SELECT {value} AS k, * FROM mention WHERE {where})"
            return f"SELECT k, {counted} FROM {source} WHERE k IS NOT NULL GROUP BY k ORDER BY c DESC, k LIMIT {size}"
        case "date_histogram":
            step, start = length(asked["fixed_interval"]), length(asked.get("offset", "0s"))
            key = f'(epoch_ms("{asked["field"]}") - {start}) // {step} * {step} + {start}'
            return f"SELECT {key} AS k, {counted} FROM mention WHERE {where} GROUP BY k ORDER BY k"
        case "filter":
            return f"SELECT {counted} FROM mention WHERE {where} AND {_where(asked)}"
        case _:
            return f"SELECT {', '.join(_counts(spec))} FROM mention WHERE {where}"


def _counts(spec: dict[str, Any]) -> list[str]:
    kind = next(name for name in spec if name != "aggs")
    match kind:
        case "filters":
            queries = spec[kind]["filters"]
            each = queries.values() if isinstance(queries, dict) else queries
            return [f"COUNT(*) FILTER ({_where(query)})" for query in each]
        case "filter":
            return [f"COUNT(*) FILTER ({_where(spec[kind])})"]
        case "max" | "min" | "avg" | "sum":
            return [f'{kind}("{spec[kind]["field"]}")']
        case "cardinality":
            return [f'COUNT(DISTINCT "{spec[kind]["field"]}")']
    raise ValueError(f"no SQL for the aggregation {kind}")
