"""Buckets of an aggregation: their order, the empty ones between, and how they look in an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.dates import moment
from hubbub.index.query import one, options

_MOST = 65_536  # buckets in one answer, as in Elasticsearch


@dataclass
class Bucket:
    """Attributes:
    code: the number of its key among the values that are told apart.
    """

    key: Any
    count: int = 0
    code: int = 0
    inner: Json = field(default_factory=dict)

    def json(self, shown: Json) -> Json:
        return {**shown, "doc_count": self.count, **self.inner}


@dataclass(frozen=True)
class Ordering:
    """Attributes:
    by: what to sort by, the most important first, with whether it descends: `_count`, `_key`, or an inner aggregation.
    """

    by: tuple[tuple[str, bool], ...]

    @property
    def needs_inner(self) -> bool:
        return any(name not in ("_count", "_key") for name, _ in self.by)


def order(asked: Any, inner: Any) -> Ordering:
    """Reads `order`; `inner` holds the aggregations that it may name.

    Raises:
        Misconfigured: it names none of them.
    """
    by = []
    for entry in asked if isinstance(asked, list) else [asked]:
        name, direction = one(entry, "order")
        if direction not in ("asc", "desc") or (name not in ("_count", "_key") and _owner(name) not in inner):
            raise Misconfigured(f"order takes _count, _key or an inner aggregation, and asc or desc; not {entry!r}")
        by.append((name, direction == "desc"))
    return Ordering((*by, ("_key", False)))


def cut(buckets: Sequence[Bucket], ordering: Ordering, size: int) -> list[Bucket]:
    """The first `size`; those without a number come last, whichever the direction."""
    ordered = list(buckets)
    for name, descending in reversed(ordering.by):
        known = [bucket for bucket in ordered if _value(bucket, name) is not None]
        unknown = [bucket for bucket in ordered if _value(bucket, name) is None]
        ordered = sorted(known, key=lambda bucket: _value(bucket, name), reverse=descending) + unknown
    return ordered[:size]


def edges(asked: Any, step: int, start: int, now: datetime) -> tuple[int, int] | None:
    """First and last bucket of `extended_bounds`."""
    if asked is None:
        return None
    options(asked, "extended_bounds", "min", "max")
    if len(asked) != 2:
        raise Misconfigured("extended_bounds takes min and max")
    first, last = ((moment(asked[side], now) - start) // step * step + start for side in ("min", "max"))
    return first, last


def gaps(buckets: list[Bucket], step: int, bounds: tuple[int, int] | None) -> list[Bucket]:
    """All buckets from the first to the last, the empty ones too."""
    present = {bucket.key: bucket for bucket in buckets}
    ends = [*present, *(bounds if bounds and bounds[0] <= bounds[1] else ())]
    if not ends:
        return []
    keys = range(min(ends), max(ends) + 1, step)
    if len(keys) > _MOST:
        raise Misconfigured(f"more than {_MOST} buckets: ask for a longer fixed_interval or a shorter time")
    return [present.get(key) or Bucket(key) for key in keys]


def _owner(path: str) -> str:
    return path.removesuffix(".value").removesuffix("._count").removesuffix(".doc_count")


def _value(bucket: Bucket, name: str) -> Any:
    if name == "_count":
        return bucket.count
    if name == "_key":
        return bucket.key
    answer = bucket.inner[_owner(name)]
    if "value" not in answer and "doc_count" not in answer:
        raise Misconfigured(f"{name!r} is not one number to order by")
    return answer.get("value", answer.get("doc_count"))
