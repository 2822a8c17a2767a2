"""A search on the embedded index, asked and answered in Elasticsearch's JSON."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.embedded.search.aggregations import Aggregator
from hubbub.index.embedded.search.chunks import Chunks
from hubbub.index.embedded.search.hits import Asked, hits
from hubbub.index.embedded.search.masks import matching
from hubbub.index.embedded.search.rows import Rows
from hubbub.index.embedded.search.slice import Slice
from hubbub.index.embedded.tables import Table
from hubbub.index.query import Scope, options, parse

_COUNTED = 10_000  # Elasticsearch counts no further unless asked to


def answer(connection: sqlite.Connection, body: Mapping[str, Any], table: Table, now: datetime) -> Json:
    """The answer to a search body over the table.

    Raises:
        Misconfigured: the body holds something that Hubbub does not ask.
    """
    began = time.monotonic()
    options(body, "a search", "query", "aggs", "aggregations", "size", "from", "sort", "_source", "track_total_hits")
    scope = Scope(table.types, now)
    query = parse(body.get("query", {"match_all": {}}), scope)
    asked = Asked.of(body, table, size=10)
    rows, mask = matching(query, Rows.of(Chunks(connection, table)))
    at = np.flatnonzero(mask)
    found: Json = {"total": _total(len(at), body.get("track_total_hits", _COUNTED)), "max_score": None}
    found["hits"] = hits(rows, at, asked)
    if found["hits"] and not asked.sort:
        found["max_score"] = 1.0
    if found["total"] is None:
        del found["total"]
    wanted = body.get("aggs", body.get("aggregations"))
    computed = {}
    if wanted:
        (computed["aggregations"],) = Aggregator(scope).answers(wanted, Slice.of(rows, at))
    return {
        "took": int((time.monotonic() - began) * 1000),
        "timed_out": False,
        "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
        "hits": found,
        **computed,
    }


def _total(count: int, track: Any) -> Json | None:
    """How many rows answer; `track` is True, False or the count up to which it has to be exact."""
    if track is False:
        return None
    if not isinstance(track, int):
        raise Misconfigured("track_total_hits takes true, false or a count")
    if track is True or count <= track:
        return {"value": count, "relation": "eq"}
    return {"value": track, "relation": "gte"}
