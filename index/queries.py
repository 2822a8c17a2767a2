"""Every question that the program itself asks of the index, once. The panels own theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hubbub.core.alert import Evidence, WindowCount
from hubbub.core.moments import iso
from hubbub.core.ports import Index, Json

_MANY = 1000  # brands or sources that one watch list may have
_NEGATIVE: Json = {"term": {"sentiment.label": "negative"}}
_BY_THE_BRAND: Json = {"term": {"user.is_brand": True}}


@dataclass(frozen=True)
class Totals:
    """Mentions in all, by sentiment, source and brand (most first), and the time of the newest (ISO 8601)."""

    mentions: int
    sentiments: dict[str, int]
    sources: dict[str, int]
    brands: dict[str, int]
    newest: str | None


def brands(index: Index) -> list[str]:
    """Our own brands that have mentions, the most mentioned first."""
    answer = index.search({"size": 0, "aggs": {"brands": _values("brand")}})
    return list(_counts(answer, "brands"))


def negative_counts(index: Index, brand: str, windows: Sequence[tuple[datetime, datetime]]) -> list[WindowCount]:
    """What customers said of the brand in each window (its end excluded), in the order of `windows`; one search."""
    if not windows:
        return []
    spans = [{"range": {"@timestamp": {"gte": iso(start), "lt": iso(end)}}} for start, end in windows]
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": _customers(brand, min(start for start, _ in windows), max(end for _, end in windows)),
        "aggs": {"windows": {"filters": {"filters": spans}, "aggs": {"negative": {"filter": _NEGATIVE}}}},
    }
    buckets = index.search(body)["aggregations"]["windows"]["buckets"]
    return [
        WindowCount(start=start, end=end, negative=bucket["negative"]["doc_count"], total=bucket["doc_count"])
        for (start, end), bucket in zip(windows, buckets, strict=True)
    ]


def evidence(index: Index, brand: str, start: datetime, end: datetime, limit: int) -> tuple[Evidence, ...]:
    """The newest negative mentions by customers from `start` until before `end`, at most `limit`."""
    body = {
        "size": limit,
        "track_total_hits": False,
        "query": {"bool": {"filter": [_customers(brand, start, end), _NEGATIVE]}},
        "sort": [{"@timestamp": "desc"}],
        "_source": ["title", "message", "url.full", "source", "user.name"],
    }
    return tuple(_evidence(hit) for hit in index.search(body)["hits"]["hits"])


def totals(index: Index) -> Totals:
    body = {
        "size": 0,
        "track_total_hits": True,
        "aggs": {
            "sentiments": _values("sentiment.label"),
            "sources": _values("source"),
            "brands": _values("brand"),
            "newest": {"max": {"field": "@timestamp"}},
        },
    }
    answer = index.search(body)
    return Totals(
        mentions=answer["hits"]["total"]["value"],
        sentiments=_counts(answer, "sentiments"),
        sources=_counts(answer, "sources"),
        brands=_counts(answer, "brands"),
        newest=answer["aggregations"]["newest"].get("value_as_string"),
    )


def _customers(brand: str, start: datetime, end: datetime) -> Json:
    span = {"range": {"@timestamp": {"gte": iso(start), "lt": iso(end)}}}
    return {"bool": {"filter": [{"term": {"brand": brand}}, span], "must_not": [_BY_THE_BRAND]}}


def _values(field: str) -> Json:
    return {"terms": {"field": field, "size": _MANY}}


def _counts(answer: Json, name: str) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][name]["buckets"]}


def _evidence(hit: dict[str, Any]) -> Evidence:
    said = hit["_source"]
    return Evidence(
        mention_id=hit["_id"],
        text="\n".join(said[part] for part in ("title", "message") if part in said),
        url=said.get("url", {}).get("full"),
        source=said["source"],
        author=said.get("user", {}).get("name"),
    )
