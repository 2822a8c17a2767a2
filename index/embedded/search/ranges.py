"""The limits that the aggregation `range` is asked with."""

import math
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.query import options


def limits_of(asked: Any) -> list[tuple[str, Json]]:
    """The name and the `from` and `to` of each range, the lowest first.

    Raises:
        Misconfigured: they are no ranges of numbers.
    """
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
    return sorted(found, key=_from_and_to)


def _from_and_to(spec: tuple[str, Json]) -> tuple[float, float]:
    return spec[1].get("from", -math.inf), spec[1].get("to", math.inf)
