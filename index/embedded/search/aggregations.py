"""Elasticsearch's aggregations, each asked once for all the buckets that it stands in: `Slice` tells these apart."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.dates import length, written, zone
from hubbub.index.embedded.chunk import Flags, Ints
from hubbub.index.embedded.search.buckets import Bucket, Ordering, cut, edges, gaps, order
from hubbub.index.embedded.search.masks import exists, mask
from hubbub.index.embedded.search.metrics import cardinality, metric, percentiles, top_hits
from hubbub.index.embedded.search.ranges import limits_of
from hubbub.index.embedded.search.slice import (
    Slice,
    Tally,
    Values,
    number_type,
    numbered,
    plain,
    values_of,
    within,
)
from hubbub.index.query import Scope, Within, needed, options, parse, single

_MS = timedelta(milliseconds=1)


class Aggregator:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def answers(self, asked: Any, part: Slice) -> list[Json]:
        """The answers to named aggregations, for each of the buckets of `part`.

        Raises:
            Misconfigured: one is not known here.
        """
        together: list[Json] = [{} for _ in range(part.groups)]
        if not isinstance(asked, dict):
            raise Misconfigured("aggs takes an object with a name for each aggregation")
        for name, spec in asked.items():
            for answers, answer in zip(together, self._answer(name, spec, part), strict=True):
                answers[name] = answer
        return together

    def _answer(self, name: str, spec: Any, part: Slice) -> list[Json]:
        inner = spec.get("aggs", spec.get("aggregations", {})) if isinstance(spec, dict) else {}
        kinds = (
            [kind for kind in spec if kind not in ("aggs", "aggregations", "meta")] if isinstance(spec, dict) else []
        )
        if len(kinds) != 1:
            raise Misconfigured(f"the aggregation {name!r} takes exactly one kind")
        kind, asked = kinds[0], spec[kinds[0]]
        match kind:
            case "terms":
                return self._terms(asked, inner, part)
            case "date_histogram":
                return self._date_histogram(asked, inner, part)
            case "filter":
                return self._filter(asked, inner, part)
            case "missing":
                options(asked, "missing", "field")
                return self._single(~exists(plain(needed(asked, "field"), part), part.rows), inner, part)
            case "filters":
                return self._filters(asked, inner, part)
            case "range":
                return self._ranges(asked, inner, part)
        if inner:
            raise Misconfigured(f"{kind} has no buckets to aggregate in")
        match kind:
            case "avg" | "min" | "max" | "sum":
                return metric(kind, asked, part)
            case "cardinality":
                return cardinality(asked, part)
            case "percentiles":
                return percentiles(asked, part)
            case "top_hits":
                return top_hits(asked, part)
        raise Misconfigured(f"the embedded index does not answer the aggregation {kind!r}")

    def _fill(self, found: Sequence[Sequence[Bucket]], inner: Any, part: Slice, values: Values) -> None:
        """Adds the inner aggregations' answers to every bucket."""
        buckets = [(group, bucket) for group, some in enumerate(found) for bucket in some if bucket.count]
        if not inner:
            return
        inside = within(part, values, [(group, bucket.code) for group, bucket in buckets])
        for (_, bucket), answers in zip(buckets, self.answers(inner, inside), strict=True):
            bucket.inner = answers

    def _terms(self, asked: Any, inner: Any, part: Slice) -> list[Json]:
        options(asked, "terms", "field", "size", "order", "missing", "min_doc_count", "shard_size")
        field = plain(needed(asked, "field"), part)
        kind, size, least = self._scope.types[field], asked.get("size", 10), asked.get("min_doc_count", 1)
        if not isinstance(size, int) or size < 1 or not isinstance(least, int) or least < 1:
            raise Misconfigured("terms takes a size and a min_doc_count of 1 or more")
        ordering = order(asked.get("order", {"_count": "desc"}), inner)
        if least > 1 and ordering.by[0][0] == "_key":
            raise Misconfigured(
                "terms in the order of _key takes no min_doc_count: Elasticsearch cuts first, then counts"
            )
        values = values_of(part, field)
        if asked.get("missing") is not None:
            values = values.with_missing(_missing(kind, asked["missing"]), len(part.at))
        tally = Tally.of(part, values)
        found, totals = [], []
        for start, end in pairwise(tally.starts):
            codes, counts = tally.codes[start:end], tally.counts[start:end]
            codes, counts = codes[counts >= least], counts[counts >= least]
            totals.append(int(counts.sum()))
            if not ordering.needs_inner:
                codes, counts = _foremost(codes, counts, values, ordering, size)
            rows = zip(values.shown(codes), counts.tolist(), codes.tolist(), strict=True)
            found.append([Bucket(key, count, code) for key, count, code in rows])
        if ordering.needs_inner:
            self._fill(found, inner, part, values)
        found = [cut(buckets, ordering, size) for buckets in found]
        if not ordering.needs_inner:
            self._fill(found, inner, part, values)
        return [
            {
                "doc_count_error_upper_bound": 0,
                "sum_other_doc_count": total - sum(bucket.count for bucket in buckets),
                "buckets": [bucket.json(_shown(kind, bucket.key)) for bucket in buckets],
            }
            for buckets, total in zip(found, totals, strict=True)
        ]

    def _date_histogram(self, asked: Any, inner: Any, part: Slice) -> list[Json]:
        known = ("field", "fixed_interval", "offset", "min_doc_count", "extended_bounds", "time_zone", "order")
        options(asked, "date_histogram", *known)
        field, least = plain(needed(asked, "field"), part), asked.get("min_doc_count", 0)
        if not isinstance(least, int):
            raise Misconfigured(f"min_doc_count takes a count, not {least!r}")
        if self._scope.types[field] != "date" or "fixed_interval" not in asked:
            raise Misconfigured("date_histogram takes a date field and a fixed_interval")
        step = length(asked["fixed_interval"])
        if step <= 0:
            raise Misconfigured("fixed_interval is longer than nothing")
        shift = zone(asked.get("time_zone", "Z"))
        start = length(asked.get("offset", 0) or "0s") - shift // _MS
        bounds = edges(asked.get("extended_bounds"), step, start, self._scope.now)
        ordering = order(asked.get("order", {"_key": "asc"}), inner)
        numbers = part.rows.numbers(field)
        entries = np.flatnonzero(numbers.present[part.at])
        values = numbered(entries, (numbers.values[part.at[entries]] - start) // step)
        tally = Tally.of(part, values)
        found = []
        for begin, end in pairwise(tally.starts):
            codes = tally.codes[begin:end]
            rows = zip(values.shown(codes), tally.counts[begin:end].tolist(), codes.tolist(), strict=True)
            buckets = [Bucket(key * step + start, count, code) for key, count, code in rows]
            found.append(
                gaps(buckets, step, bounds) if least == 0 else [bucket for bucket in buckets if bucket.count >= least]
            )
        self._fill(found, inner, part, values)
        self._fill_empty(found, inner, part)
        return [
            {
                "buckets": [
                    bucket.json({"key_as_string": written(bucket.key, shift), "key": bucket.key})
                    for bucket in cut(buckets, ordering, len(buckets))
                ]
            }
            for buckets in found
        ]

    def _fill_empty(self, found: Sequence[Sequence[Bucket]], inner: Any, part: Slice) -> None:
        """Adds what inner aggregations say of nothing to the buckets without a row."""
        empty = [bucket for buckets in found for bucket in buckets if not bucket.count]
        if inner and empty:
            nothing = Slice(part.rows, part.at[:0], part.group[:0], len(empty))
            for bucket, answers in zip(empty, self.answers(inner, nothing), strict=True):
                bucket.inner = answers

    def _filter(self, query: Any, inner: Any, part: Slice) -> list[Json]:
        return self._single(mask(parse(query, self._scope), part.rows), inner, part)

    def _single(self, wanted: Flags, inner: Any, part: Slice) -> list[Json]:
        """One bucket: the rows that are `wanted`."""
        part = part.narrowed(wanted)
        answers = self.answers(inner, part)
        return [{"doc_count": count, **answer} for count, answer in zip(part.counts(), answers, strict=True)]

    def _filters(self, asked: Any, inner: Any, part: Slice) -> list[Json]:
        options(asked, "filters", "filters")
        filters = needed(asked, "filters")
        if isinstance(filters, list):
            each = [self._filter(query, inner, part) for query in filters]
            return [{"buckets": [answers[group] for answers in each]} for group in range(part.groups)]
        if not isinstance(filters, dict):
            raise Misconfigured("filters takes a list of queries, or an object with a name for each")
        named = {name: self._filter(query, inner, part) for name, query in filters.items()}
        return [{"buckets": {name: answers[group] for name, answers in named.items()}} for group in range(part.groups)]

    def _ranges(self, asked: Any, inner: Any, part: Slice) -> list[Json]:
        options(asked, "range", "field", "ranges", "keyed")
        field = plain(needed(asked, "field"), part)
        kind = number_type(field, "range", part)
        if kind == "date":
            raise Misconfigured("range takes a field of numbers; for dates ask filters with a range query each")
        buckets: list[tuple[str, Json, list[Json]]] = []
        for name, limits in limits_of(needed(asked, "ranges")):
            low, high = (limits.get(side) for side in ("from", "to"))
            if kind == "float":
                low, high = (None if bound is None else single(bound) for bound in (low, high))
            wanted = mask(Within(field, low, True, high, False), part.rows)
            buckets.append((name, limits, self._single(wanted, inner, part)))
        if asked.get("keyed"):
            return [
                {"buckets": {name: {**limits, **answers[group]} for name, limits, answers in buckets}}
                for group in range(part.groups)
            ]
        return [
            {"buckets": [{"key": name, **limits, **answers[group]} for name, limits, answers in buckets]}
            for group in range(part.groups)
        ]


def _foremost(codes: Ints, counts: Ints, values: Values, ordering: Ordering, size: int) -> tuple[Ints, Ints]:
    """Those that may be among the first `size`: no more than these, where there are many."""
    if len(codes) <= size:
        return codes, counts
    (leading, descending), *rest = ordering.by
    if leading == "_count":
        ranks = -counts if descending else counts
        last = np.partition(ranks, size - 1)[size - 1]
        sure = np.flatnonzero(ranks < last)
        tied = np.flatnonzero(ranks == last)
        descending = next(down for name, down in rest if name == "_key")
    else:
        sure, tied = np.zeros(0, np.int64), np.arange(len(codes))
    chosen = np.isin(codes[tied], values.foremost(codes[tied], size - len(sure), descending))
    kept = np.concatenate([sure, tied[chosen]])
    return codes[kept], counts[kept]


def _missing(kind: str, value: Any) -> str | float:
    """What stands for no value in a field of that kind."""
    if kind == "keyword":
        return str(value)
    if not isinstance(value, int | float):
        raise Misconfigured(f"missing takes a number for a field of numbers, not {value!r}")
    return value


def _shown(kind: str, key: Any) -> Json:
    match kind:
        case "boolean":
            return {"key": key, "key_as_string": "true" if key else "false"}
        case "date":
            return {"key": key, "key_as_string": written(key)}
    return {"key": key}
