"""Elasticsearch's aggregations as SQL: one GROUP BY for each, over the keys of all buckets that it stands in.

An aggregation inside others is asked once for all buckets around it, and nested into them here. `Slice` is what it
looks at, a `Key` tells those buckets apart.
"""

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.embedded.search.buckets import Bucket, cut, edges, gaps, order
from hubbub.index.embedded.search.dates import length, zone
from hubbub.index.embedded.search.metrics import cardinality, metric, percentiles, top_hits
from hubbub.index.embedded.search.query import Scope, Sql, both, condition, exists, needed, options
from hubbub.index.embedded.search.slice import Answers, Key, Slice, by_value, counts, number_type, plain
from hubbub.index.embedded.tables import column
from hubbub.index.embedded.values import iso, single

_MS = timedelta(milliseconds=1)


class Aggregator:
    def __init__(self, connection: sqlite.Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

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
                return self._filter(asked, inner, part, keys)
            case "missing":
                options(asked, "missing", "field")
                field = plain(needed(asked, "field"), part.table)
                return self._single(Sql(f"NOT ({exists(field, part.table).text})"), inner, part, keys)
            case "filters":
                return self._filters(asked, inner, part, keys)
            case "range":
                return self._ranges(asked, inner, part, keys)
        if inner:
            raise Misconfigured(f"{kind} has no buckets to aggregate in")
        match kind:
            case "avg" | "min" | "max" | "sum":
                return metric(self._connection, kind, asked, part, keys)
            case "cardinality":
                return cardinality(self._connection, asked, part, keys)
            case "percentiles":
                return percentiles(self._connection, asked, part, keys)
            case "top_hits":
                return top_hits(self._connection, asked, part, keys)
        raise Misconfigured(f"the embedded index does not answer the aggregation {kind!r}")

    def _nested(self, part: Slice, keys: Sequence[Key]) -> dict[Key, list[Bucket]]:
        """The buckets of the innermost key of `part` within each of `keys`, those without a value left out."""
        found: dict[Key, list[Bucket]] = {key: [] for key in keys}
        for (*outer, value), count in counts(self._connection, part).items():
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
        field = plain(needed(asked, "field"), part.table)
        kind, size, least = part.table.field_type(field), asked.get("size", 10), asked.get("min_doc_count", 1)
        if not isinstance(size, int) or size < 1 or not isinstance(least, int) or least < 1:
            raise Misconfigured("terms takes a size and a min_doc_count of 1 or more")
        ordering = order(asked.get("order", {"_count": "desc"}), inner)
        if least > 1 and ordering.by[0][0] == "_key":
            raise Misconfigured(
                "terms in the order of _key takes no min_doc_count: Elasticsearch cuts first, then counts"
            )
        part = by_value(part, field, asked.get("missing"))
        found = self._nested(part, keys)
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
        field, least = plain(needed(asked, "field"), part.table), asked.get("min_doc_count", 0)
        if not isinstance(least, int):
            raise Misconfigured(f"min_doc_count takes a count, not {least!r}")
        if part.table.field_type(field) != "date" or "fixed_interval" not in asked:
            raise Misconfigured("date_histogram takes a date field and a fixed_interval")
        step = length(asked["fixed_interval"])
        if step <= 0:
            raise Misconfigured("fixed_interval is longer than nothing")
        shift = zone(asked.get("time_zone", "Z"))
        start = length(asked.get("offset", 0) or "0s") - shift // _MS
        name = f"(m.{column(field)} - {start})"
        part = part.told_apart(Sql(f"({name} - (({name} % {step}) + {step}) % {step} + {start})"))
        bounds = edges(asked.get("extended_bounds"), step, start, self._scope.now)
        found = self._nested(part, keys)
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

    def _filter(self, query: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        return self._single(condition(query, self._scope), inner, part, keys)

    def _single(self, wanted: Sql, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        """One bucket: the rows that are `wanted`."""
        part = part.narrowed(wanted)
        found = counts(self._connection, part)
        answers = self.answers(inner, part, keys)
        return {key: {"doc_count": found.get(key, 0), **answers[key]} for key in keys}

    def _filters(self, asked: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "filters", "filters")
        filters = needed(asked, "filters")
        if isinstance(filters, list):
            each = [self._filter(query, inner, part, keys) for query in filters]
            return {key: {"buckets": [answers[key] for answers in each]} for key in keys}
        if not isinstance(filters, dict):
            raise Misconfigured("filters takes a list of queries, or an object with a name for each")
        named = {name: self._filter(query, inner, part, keys) for name, query in filters.items()}
        return {key: {"buckets": {name: answers[key] for name, answers in named.items()}} for key in keys}

    def _ranges(self, asked: Any, inner: Any, part: Slice, keys: Sequence[Key]) -> Answers:
        options(asked, "range", "field", "ranges", "keyed")
        field = plain(needed(asked, "field"), part.table)
        kind = number_type(field, "range", part.table)
        if kind == "date":
            raise Misconfigured("range takes a field of numbers; for dates ask filters with a range query each")
        buckets: list[tuple[str, Json, Answers]] = []
        for name, limits in sorted(_limits(needed(asked, "ranges")), key=_from_and_to):
            wanted = exists(field, part.table)
            for side, limit in limits.items():
                bound = single(limit) if kind == "float" else limit
                wanted = both(wanted, Sql(f"m.{column(field)} {'>=' if side == 'from' else '<'} ?", (bound,)))
            buckets.append((name, limits, self._single(wanted, inner, part, keys)))
        if asked.get("keyed"):
            return {k: {"buckets": {name: {**limits, **a[k]} for name, limits, a in buckets}} for k in keys}
        return {k: {"buckets": [{"key": name, **limits, **a[k]} for name, limits, a in buckets]} for k in keys}


def _limits(asked: Any) -> list[tuple[str, Json]]:
    """The name and the `from` and `to` of each range."""
    if not isinstance(asked, list) or not asked:
        raise Misconfigured("ranges takes a list of ranges")
    found = []
    for spec in asked:
        options(spec, "a range", "from", "to", "key")
        limits = {side: spec[side] for side in ("from", "to") if spec.get(side) is not None}
        if not all(isinstance(limit, int | float) for limit in limits.values()):
            raise Misconfigured(f"a range goes from a number to a number, not {spec}")
        limits = {side: float(limit) for side, limit in limits.items()}
        found.append((str(spec.get("key", f"{limits.get('from', '*')}-{limits.get('to', '*')}")), limits))
    return found


def _from_and_to(spec: tuple[str, Json]) -> tuple[float, float]:
    return spec[1].get("from", -math.inf), spec[1].get("to", math.inf)


def _shown(kind: str, key: Any) -> Json:
    match kind:
        case "boolean":
            return {"key": key, "key_as_string": "true" if key else "false"}
        case "date":
            return {"key": key, "key_as_string": iso(key)}
    return {"key": key}
