"""The aggregations that have no buckets: numbers, and the hits of a bucket."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Misconfigured
from hubbub.index.embedded.search.hits import Asked, hits
from hubbub.index.embedded.search.query import Sql, exists, needed, options
from hubbub.index.embedded.search.slice import Answers, Key, Slice, by_value, counts, number_type, plain, rows
from hubbub.index.embedded.tables import column
from hubbub.index.embedded.values import iso

_PERCENTS = (1, 5, 25, 50, 75, 95, 99)


def metric(connection: sqlite.Connection, kind: str, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
    options(asked, kind, "field")
    field = plain(needed(asked, "field"), part.table)
    of = number_type(field, kind, part.table)
    found = rows(connection, part.grouped(f"{kind.upper()}(m.{column(field)})"), part)
    values = {key: value for key, (value,) in found}
    nothing = 0.0 if kind == "sum" else None
    answers: Answers = {}
    for key in keys:
        value = values.get(key)
        answers[key] = {"value": nothing if value is None else float(value)}
        if of == "date" and value is not None:
            answers[key]["value_as_string"] = iso(value)
    return answers


def cardinality(connection: sqlite.Connection, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
    options(asked, "cardinality", "field", "precision_threshold")
    counted = by_value(part, plain(needed(asked, "field"), part.table), None)
    grouped = f"GROUP BY {part.key_names}" if part.keys else ""
    found = rows(connection, counted.select(f"COUNT(DISTINCT {counted.keys[-1].text})", grouped), counted)
    values = {key[:-1]: count for key, (count,) in found}
    return {key: {"value": values.get(key, 0)} for key in keys}


def percentiles(connection: sqlite.Connection, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
    options(asked, "percentiles", "field", "percents", "keyed")
    field, percents = plain(needed(asked, "field"), part.table), _percents(asked.get("percents", _PERCENTS))
    number_type(field, "percentiles", part.table)
    part = part.narrowed(exists(field, part.table))
    names = f"{part.key_names}, " if part.keys else ""
    found = rows(connection, part.select(f"m.{column(field)} AS v", f"ORDER BY {names}v"), part)
    values = {key: [value for _, (value,) in group] for key, group in groupby(found, key=_first)}
    answers: Answers = {}
    for key in keys:
        read = {percent: _percentile(values.get(key, []), percent) for percent in percents}
        shown: Any = {str(percent): value for percent, value in read.items()}
        if asked.get("keyed") is False:
            shown = [{"key": percent, "value": value} for percent, value in read.items()]
        answers[key] = {"values": shown}
    return answers


def top_hits(connection: sqlite.Connection, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
    options(asked, "top_hits", "size", "from", "sort", "_source")
    wanted = Asked.of(asked, part.table, size=3)
    totals = counts(connection, part)
    around = f"PARTITION BY {', '.join(str(key.text) for key in part.keys)}" if part.keys else ""
    values = tuple(value for key in part.keys for value in key.values)
    place = f"ROW_NUMBER() OVER ({around} ORDER BY {wanted.order})"
    chosen = part.select(f"{place} AS place, {wanted.columns}")
    window = Sql(
        f"SELECT * FROM ({chosen.text}) WHERE place > {wanted.start} AND place <= {wanted.start + wanted.size}"
        f" ORDER BY {part.key_names + ', ' if part.keys else ''}place",
        values + chosen.values if part.keys else chosen.values,
    )
    chosen_rows = groupby(rows(connection, window, part), key=_first)
    found = {key: hits(connection, (row[1:] for _, row in group), wanted) for key, group in chosen_rows}
    return {
        key: {
            "hits": {
                "total": {"value": totals.get(key, 0), "relation": "eq"},
                "max_score": None if wanted.sort or not totals.get(key) else 1.0,
                "hits": found.get(key, []),
            }
        }
        for key in keys
    }


def _percents(asked: Any) -> list[float]:
    if not isinstance(asked, list | tuple) or not all(isinstance(p, int | float) and 0 <= p <= 100 for p in asked):
        raise Misconfigured("percents takes a list of numbers from 0 to 100")
    return [float(percent) for percent in asked]


def _percentile(ordered: Sequence[float], percent: float) -> float | None:
    """By linear interpolation between the values, as Elasticsearch has it for few of them."""
    if not ordered:
        return None
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    return low + (high - low) * (place - below)


def _first(pair: tuple[Key, Any]) -> Key:
    return pair[0]
