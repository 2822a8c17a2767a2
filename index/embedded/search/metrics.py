"""The aggregations that have no buckets: numbers, and the hits of a bucket."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.dates import written
from hubbub.index.embedded.chunk import Floats
from hubbub.index.embedded.search.hits import Asked, hits
from hubbub.index.embedded.search.slice import Slice, Tally, by_group, number_type, plain, values_of
from hubbub.index.query import needed, options

_PERCENTS = (1, 5, 25, 50, 75, 95, 99)


def metric(kind: str, asked: Any, part: Slice) -> list[Json]:
    options(asked, kind, "field")
    field = plain(needed(asked, "field"), part)
    of = number_type(field, kind, part)
    numbers = part.rows.numbers(field)
    kept = numbers.present[part.at]
    values, group = numbers.values[part.at[kept]], part.group[kept]
    counts = np.bincount(group, minlength=part.groups)
    match kind:
        case "min":
            told = np.full(part.groups, np.inf)
            np.minimum.at(told, group, values.astype(np.float64))
        case "max":
            told = np.full(part.groups, -np.inf)
            np.maximum.at(told, group, values.astype(np.float64))
        case "sum":
            told = np.bincount(group, values, part.groups)
        case _:
            told = np.bincount(group, values, part.groups) / np.maximum(counts, 1)
    nothing = 0.0 if kind == "sum" else None
    answers: list[Json] = []
    for value, count in zip(told.tolist(), counts.tolist(), strict=True):
        answers.append({"value": value if count else nothing})
        if of == "date" and count:
            answers[-1]["value_as_string"] = written(value)
    return answers


def cardinality(asked: Any, part: Slice) -> list[Json]:
    options(asked, "cardinality", "field", "precision_threshold")
    tally = Tally.of(part, values_of(part, plain(needed(asked, "field"), part)))
    return [{"value": end - start} for start, end in pairwise(tally.starts)]


def percentiles(asked: Any, part: Slice) -> list[Json]:
    options(asked, "percentiles", "field", "percents", "keyed")
    field, percents = plain(needed(asked, "field"), part), _percents(asked.get("percents", _PERCENTS))
    number_type(field, "percentiles", part)
    numbers = part.rows.numbers(field)
    kept = numbers.present[part.at]
    values, group = numbers.values[part.at[kept]].astype(np.float64), part.group[kept]
    order, starts = by_group(part, group)
    values = values[order]
    answers: list[Json] = []
    for start, end in pairwise(starts):
        ordered = np.sort(values[start:end])
        read = {percent: _percentile(ordered, percent) for percent in percents}
        shown: Any = {str(percent): value for percent, value in read.items()}
        if asked.get("keyed") is False:
            shown = [{"key": percent, "value": value} for percent, value in read.items()]
        answers.append({"values": shown})
    return answers


def top_hits(asked: Any, part: Slice) -> list[Json]:
    options(asked, "top_hits", "size", "from", "sort", "_source")
    wanted = Asked.of(asked, part.rows.stored.table, size=3)
    order, starts = by_group(part, part.group)
    at = part.at[order]
    answers: list[Json] = []
    for start, end in pairwise(starts):
        answers.append(
            {
                "hits": {
                    "total": {"value": end - start, "relation": "eq"},
                    "max_score": None if wanted.sort or start == end else 1.0,
                    "hits": hits(part.rows, at[start:end], wanted),
                }
            }
        )
    return answers


def _percents(asked: Any) -> list[float]:
    if not isinstance(asked, list | tuple) or not all(isinstance(p, int | float) and 0 <= p <= 100 for p in asked):
        raise Misconfigured("percents takes a list of numbers from 0 to 100")
    return [float(percent) for percent in asked]


def _percentile(ordered: Floats, percent: float) -> float | None:
    """By linear interpolation between the values, as Elasticsearch has it for few of them."""
    if not len(ordered):
        return None
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    return low + (high - low) * (place - below)
