"""Elasticsearch's aggregations as SQL: one GROUP BY for each, over the keys of all buckets that it stands in.

An aggregation inside others is asked once for all buckets around it, and nested into them here. `Slice` is what it
looks at, a `Key` tells those buckets apart.
"""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.embedded_buckets import Bucket, cut, edges, gaps, order
from hubbub.index.embedded_dates import length, zone
from hubbub.index.embedded_file import MULTIPLE, column
from hubbub.index.embedded_hits import Asked, hits
from hubbub.index.embedded_query import Sql, both, condition, exists, options
from hubbub.index.embedded_values import field_type, iso, single

Key = tuple[Any, ...]
Answers = dict[Key, Json]

_MS = timedelta(milliseconds=1)
_PERCENTS = (1, 5, 25, 50, 75, 95, 99)


@dataclass(frozen=True)
class Slice:
    """The mentions of `where`, once for each value of the `joins`, told apart by `keys`."""

    where: Sql
    joins: tuple[str, ...] = ()
    keys: tuple[Sql, ...] = ()

    def narrowed(self, further: Sql) -> "Slice":
        return replace(self, where=both(self.where, further))

    def told_apart(self, key: Sql, *joins: str) -> "Slice":
        return replace(self, joins=(*self.joins, *joins), keys=(*self.keys, key))

    def select(self, columns: str, order: str = "") -> Sql:
        """The keys and `columns` of every row; `order` is an ORDER BY."""
        names = ", ".join([*(f"{key.text} AS k{i}" for i, key in enumerate(self.keys)), columns])
        values = tuple(value for key in self.keys for value in key.values) + self.where.values
        return Sql(f"SELECT {names} FROM mention m {' '.join(self.joins)} WHERE {self.where.text} {order}", values)

    def grouped(self, columns: str) -> Sql:
        """The keys and `columns` of every group of rows with the same keys."""
        return self.select(columns, f"GROUP BY {self.key_names}" if self.keys else "")

    @property
    def key_names(self) -> str:
        return ", ".join(f"k{i}" for i in range(len(self.keys)))


class Aggregator:
    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def answers(self, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        """The answers to named aggregations, for each of the buckets `keys`.

        Raises:
            Misconfigured: one is not known here.
        """
        together: Answers = {key: {} for key in keys}
        if not isinstance(asked, dict):
            raise Misconfigured("aggs takes an object with a name for each aggregation")
        for name, spec in asked.items():
            for key, answer in self._answer(name, spec, part, keys).items():
                together[key][name] = answer
        return together

    def _answer(self, name: str, spec: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        inner = spec.get("aggs", spec.get("aggregations", {})) if isinstance(spec, dict) else {}
        kinds = (
            [kind for kind in spec if kind not in ("aggs", "aggregations", "meta")] if isinstance(spec, dict) else []
        )
        if len(kinds) != 1:
            raise Misconfigured(f"the aggregation {name!r} takes exactly one kind")
        kind, asked = kinds[0], spec[kinds[0]]
        match kind:
            case "terms":
                return self._terms(asked, inner, part, keys)
            case "date_histogram":
                return self._date_histogram(asked, inner, part, keys)
            case "filter":
                return self._single(condition(asked, self._now), inner, part, keys)
            case "missing":
                options(asked, "missing", "field")
                return self._single(Sql(f"NOT ({exists(_plain(asked['field'])).text})"), inner, part, keys)
            case "filters":
                return self._filters(asked, inner, part, keys)
            case "range":
                return self._ranges(asked, inner, part, keys)
        if inner:
            raise Misconfigured(f"{kind} has no buckets to aggregate in")
        match kind:
            case "avg" | "min" | "max" | "sum":
                return self._metric(kind, asked, part, keys)
            case "cardinality":
                return self._cardinality(asked, part, keys)
            case "percentiles":
                return self._percentiles(asked, part, keys)
            case "top_hits":
                return self._top_hits(asked, part, keys)
        raise Misconfigured(f"the embedded index does not answer the aggregation {kind!r}")

    def _rows(self, sql: Sql, keys: int) -> Iterator[tuple[Key, tuple[Any, ...]]]:
        """Key and columns of each row."""
        for row in self._connection.execute(*sql):
            yield row[:keys], row[keys:]

    def _counts(self, part: Slice) -> dict[Key, int]:
        return {key: count for key, (count,) in self._rows(part.grouped("COUNT(*)"), len(part.keys))}

    def _nested(self, asked: Any, part: Slice, keys: Sequence[Key]) -> dict[Key, list[Bucket]]:
        """The buckets of the innermost key of `part` within each of `keys`, those without a value left out."""
        found: dict[Key, list[Bucket]] = {key: [] for key in keys}
        for (*outer, value), count in self._counts(part).items():
            if value is not None and tuple(outer) in found:
                found[tuple(outer)].append(Bucket(value, count))
        return found

    def _fill(self, found: dict[Key, list[Bucket]], inner: Any, part: Slice) -> None:
        """Adds the inner aggregations' answers to every bucket."""
        if not inner:
            return
        places = {(*outer, bucket.key): bucket for outer, buckets in found.items() for bucket in buckets}
        for key, answers in self.answers(inner, part, list(places)).items():
            places[key].inner = answers

    def _terms(self, asked: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "terms", "field", "size", "order", "missing", "min_doc_count", "shard_size")
        field = _plain(asked["field"])
        kind, size, least = field_type(field), asked.get("size", 10), asked.get("min_doc_count", 1)
        if not isinstance(size, int) or size < 1 or not isinstance(least, int) or least < 1:
            raise Misconfigured("terms takes a size and a min_doc_count of 1 or more")
        ordering = order(asked.get("order", {"_count": "desc"}), inner)
        part = _by_value(part, field, asked.get("missing"))
        found = self._nested(asked, part, keys)
        found = {key: [b for b in buckets if b.count >= least] for key, buckets in found.items()}
        totals = {key: sum(bucket.count for bucket in buckets) for key, buckets in found.items()}
        if ordering.needs_inner:
            self._fill(found, inner, part)
        found = {key: cut(buckets, ordering, size) for key, buckets in found.items()}
        if not ordering.needs_inner:
            self._fill(found, inner, part)
        return {
            key: {
                "doc_count_error_upper_bound": 0,
                "sum_other_doc_count": totals[key] - sum(bucket.count for bucket in buckets),
                "buckets": [bucket.json(_shown(kind, bucket.key)) for bucket in buckets],
            }
            for key, buckets in found.items()
        }

    def _date_histogram(self, asked: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        known = ("field", "fixed_interval", "offset", "min_doc_count", "extended_bounds", "time_zone", "order")
        options(asked, "date_histogram", *known)
        field, least = _plain(asked["field"]), asked.get("min_doc_count", 0)
        if field_type(field) != "date" or "fixed_interval" not in asked:
            raise Misconfigured("date_histogram takes a date field and a fixed_interval")
        step = length(asked["fixed_interval"])
        if step <= 0:
            raise Misconfigured("fixed_interval is longer than nothing")
        shift = zone(asked.get("time_zone", "Z"))
        start = length(asked.get("offset", 0) or "0s") - shift // _MS
        name = f"(m.{column(field)} - {start})"
        part = part.told_apart(Sql(f"({name} - (({name} % {step}) + {step}) % {step} + {start})"))
        bounds = edges(asked.get("extended_bounds"), step, start, self._now)
        found = self._nested(asked, part, keys)
        ordering = order(asked.get("order", {"_key": "asc"}), inner)
        found = {
            key: gaps(sorted(buckets, key=lambda b: b.key), step, bounds)
            if least == 0
            else [b for b in buckets if b.count >= least]
            for key, buckets in found.items()
        }
        self._fill(found, inner, part)
        return {
            key: {
                "buckets": [
                    bucket.json({"key_as_string": iso(bucket.key, shift), "key": bucket.key})
                    for bucket in cut(buckets, ordering, len(buckets))
                ]
            }
            for key, buckets in found.items()
        }

    def _single(self, wanted: Sql, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        """One bucket: the mentions that are `wanted`."""
        part = part.narrowed(wanted)
        counts = self._counts(part)
        answers = self.answers(inner, part, keys)
        return {key: {"doc_count": counts.get(key, 0), **answers[key]} for key in keys}

    def _filters(self, asked: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "filters", "filters")
        filters = asked["filters"]
        if isinstance(filters, list):
            each = [self._single(condition(query, self._now), inner, part, keys) for query in filters]
            return {key: {"buckets": [answers[key] for answers in each]} for key in keys}
        options(filters, "filters", *filters)
        named = {name: self._single(condition(query, self._now), inner, part, keys) for name, query in filters.items()}
        return {key: {"buckets": {name: answers[key] for name, answers in named.items()}} for key in keys}

    def _ranges(self, asked: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "range", "field", "ranges", "keyed")
        field = _plain(asked["field"])
        kind = _number(field, "range")
        if kind == "date":
            raise Misconfigured("range takes a field of numbers; for dates ask filters with a range query each")
        buckets: dict[str, tuple[Json, Answers]] = {}
        for spec in sorted(asked["ranges"], key=lambda r: (r.get("from", -math.inf), r.get("to", math.inf))):
            options(spec, "a range", "from", "to", "key")
            limits = {side: float(spec[side]) for side in ("from", "to") if spec.get(side) is not None}
            name = spec.get("key", f"{limits.get('from', '*')}-{limits.get('to', '*')}")
            wanted = exists(field)
            for side, limit in limits.items():
                bound = single(limit) if kind == "float" else limit
                wanted = both(wanted, Sql(f"m.{column(field)} {'>=' if side == 'from' else '<'} ?", (bound,)))
            buckets[name] = (limits, self._single(wanted, inner, part, keys))
        if asked.get("keyed"):
            return {k: {"buckets": {n: {**limits, **a[k]} for n, (limits, a) in buckets.items()}} for k in keys}
        return {k: {"buckets": [{"key": n, **limits, **a[k]} for n, (limits, a) in buckets.items()]} for k in keys}

    def _metric(self, kind: str, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, kind, "field")
        field = _plain(asked["field"])
        of = _number(field, kind)
        rows = self._rows(part.grouped(f"{kind.upper()}(m.{column(field)})"), len(part.keys))
        values = {key: value for key, (value,) in rows}
        nothing = 0.0 if kind == "sum" else None
        answers: Answers = {}
        for key in keys:
            value = values.get(key)
            answers[key] = {"value": nothing if value is None else float(value)}
            if of == "date" and value is not None:
                answers[key]["value_as_string"] = iso(value)
        return answers

    def _cardinality(self, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "cardinality", "field", "precision_threshold")
        counted = _by_value(part, _plain(asked["field"]), None)
        grouped = f"GROUP BY {part.key_names}" if part.keys else ""
        rows = self._rows(counted.select(f"COUNT(DISTINCT {counted.keys[-1].text})", grouped), len(counted.keys))
        values = {key[:-1]: count for key, (count,) in rows}
        return {key: {"value": values.get(key, 0)} for key in keys}

    def _percentiles(self, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "percentiles", "field", "percents", "keyed")
        field, percents = _plain(asked["field"]), [float(p) for p in asked.get("percents", _PERCENTS)]
        _number(field, "percentiles")
        part = part.narrowed(exists(field))
        names = f"{part.key_names}, " if part.keys else ""
        rows = self._rows(part.select(f"m.{column(field)} AS v", f"ORDER BY {names}v"), len(part.keys))
        values = {key: [value for _, (value,) in group] for key, group in groupby(rows, key=_first)}
        answers: Answers = {}
        for key in keys:
            read = {percent: _percentile(values.get(key, []), percent) for percent in percents}
            shown: Any = {str(percent): value for percent, value in read.items()}
            if asked.get("keyed") is False:
                shown = [{"key": percent, "value": value} for percent, value in read.items()]
            answers[key] = {"values": shown}
        return answers

    def _top_hits(self, asked: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "top_hits", "size", "from", "sort", "_source")
        wanted = Asked.of(asked, size=3)
        counts = self._counts(part)
        around = f"PARTITION BY {', '.join(str(key.text) for key in part.keys)}" if part.keys else ""
        values = tuple(value for key in part.keys for value in key.values)
        place = f"ROW_NUMBER() OVER ({around} ORDER BY {wanted.order})"
        chosen = part.select(f"{place} AS place, {wanted.columns}")
        window = Sql(
            f"SELECT * FROM ({chosen.text}) WHERE place > {wanted.start} AND place <= {wanted.start + wanted.size}"
            f" ORDER BY {part.key_names + ', ' if part.keys else ''}place",
            values + chosen.values if part.keys else chosen.values,
        )
        rows = self._rows(window, len(part.keys))
        found = {
            key: hits(self._connection, (row[1:] for _, row in group), wanted)
            for key, group in groupby(rows, key=_first)
        }
        return {
            key: {
                "hits": {
                    "total": {"value": counts.get(key, 0), "relation": "eq"},
                    "max_score": None if wanted.sort or not counts.get(key) else 1.0,
                    "hits": found.get(key, []),
                }
            }
            for key in keys
        }


def _by_value(part: Slice, field: str, missing: Any) -> Slice:
    """The slice, once for each value of the field; `missing` stands for none."""
    name = f"m.{column(field)}"
    joins = []
    if field in MULTIPLE:
        alias = f"v{len(part.joins)}"
        name = f"{alias}.value"
        side = "JOIN" if missing is None else "LEFT JOIN"
        joins = [f"{side} value {alias} ON {alias}.n = m.n AND {alias}.field = '{field}'"]
    key = Sql(name) if missing is None else Sql(f"COALESCE({name}, ?)", (missing,))
    return part.told_apart(key, *joins)


def _plain(field: Any) -> str:
    """The field, which is not full text."""
    if field_type(field) == "text":
        raise Misconfigured(f"{field!r} is full text: it has no values to aggregate")
    return str(field)


def _number(field: str, kind: str) -> str:
    of = field_type(field)
    if of not in ("long", "float", "date"):
        raise Misconfigured(f"{kind} takes a field of numbers or dates, and {field!r} is {of}")
    return of


def _shown(kind: str, key: Any) -> Json:
    match kind:
        case "boolean":
            return {"key": key, "key_as_string": "true" if key else "false"}
        case "date":
            return {"key": key, "key_as_string": iso(key)}
    return {"key": key}


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
