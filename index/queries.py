"""Every question that the program itself asks of the index, once. The panels own theirs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hubbub.core.alert import Counted, Evidence, Finding, Wanted
from hubbub.core.clock import utc_now
from hubbub.core.moments import iso, milliseconds
from hubbub.core.ports import Index, Json, Over
from hubbub.index.mapping import TYPES
from hubbub.index.pages import pages
from hubbub.index.query import Scope, parse

_MANY = 1000  # brands or sources that one watch list may have
_BUCKETS = 50_000  # of one search; Elasticsearch gives up at 65,536


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


def counted(
    index: Index, wanted: Sequence[Wanted], names: Mapping[str, Sequence[str]]
) -> list[dict[str, list[Counted]]]:
    """The answers to each `Wanted`, by name, in the order of its windows. One search over mentions and one over events.

    Args:
        names: what is watched, by the field that it is told apart by.
    """
    answers: list[dict[str, list[Counted]]] = [{} for _ in wanted]
    for over in ("mentions", "events"):
        asked = {str(at): each for at, each in enumerate(wanted) if each.over == over and names[each.by]}
        buckets = sum(len(each.windows) * (1 + len(each.parts)) for each in asked.values())
        longest = max((len(names[each.by]) for each in asked.values()), default=0)
        step = max(_BUCKETS // max(buckets, 1), 1)
        for start in range(0, longest, step):
            some = {by: of[start : start + step] for by, of in names.items()}
            for at, found in _counted(index, asked, some, over).items():
                answers[int(at)].update(found)
    return answers


def check_filter(query: Json, over: Over) -> None:
    """Refuses a filter that no index would answer.

    Raises:
        Misconfigured: the query is not one that an index answers, or names a field that is not there.
    """
    parse(query, Scope(TYPES[over], utc_now()))


def evidence(index: Index, finding: Finding, limit: int) -> tuple[Evidence, ...]:
    """The newest mentions that the finding counted, at most `limit`; none where it counted events."""
    if finding.over != "mentions":
        return ()
    return _posts(index, finding.query, limit)


def posts(index: Index, ids: Sequence[str]) -> tuple[Evidence, ...]:
    """Those of the mentions that are in the index, newest first within each thousand."""
    some = (list(ids[start : start + _MANY]) for start in range(0, len(ids), _MANY))
    return tuple(post for each in some for post in _posts(index, {"ids": {"values": each}}, len(each)))


def unanswered(index: Index, brand: str | None, fields: Sequence[str]) -> Iterator[dict[str, Json]]:
    """Pages of the posts that stand for a customer who waits, or whom somebody reopened; what is snoozed is among them.

    Args:
        fields: of their documents.
    """
    done: Json = {"terms": {"queue.state": ["answered", "dismissed"]}}
    waits: Json = {"terms": {"queue.state": ["waiting", "taken", "snoozed"]}}
    of_an_older_hubbub: Json = {"bool": {"filter": [{"term": {"conversation.open": True}}], "must_not": [done]}}
    wanted: Json = {"bool": {"should": [waits, of_an_older_hubbub], "minimum_should_match": 1}}
    ours: list[Json] = [] if brand is None else [{"term": {"brand": brand}}]
    return pages(index, {"bool": {"filter": [wanted, *ours]}}, fields)


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


def _counted(
    index: Index, asked: Mapping[str, Wanted], names: Mapping[str, Sequence[str]], over: Over
) -> dict[str, dict[str, list[Counted]]]:
    """One search for all of `asked`."""
    spans = [span for each in asked.values() for span in each.windows]
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": _span(min(start for start, _ in spans), max(end for _, end in spans)),
        "aggs": {key: _aggregation(each, names[each.by]) for key, each in asked.items()},
    }
    found = index.search(body, over=over)["aggregations"]
    return {key: dict(_answers(each, names[each.by], found[key])) for key, each in asked.items()}


def _aggregation(wanted: Wanted, names: Sequence[str]) -> Json:
    parts: Json = {}
    for name, part in wanted.parts.items():
        parts[name] = {"filter": part}
        if wanted.newest:
            newest = {"size": 1, "sort": [{wanted.newest_by: "desc"}], "_source": list(wanted.newest)}
            parts[name]["aggs"] = {"newest": {"top_hits": newest}}
    windows: Json = {"filters": {"filters": [_span(start, end) for start, end in wanted.windows]}}
    if step := _step(wanted.windows):
        first = min(start for start, _ in wanted.windows)
        offset = f"{milliseconds(first) % step}ms"
        windows = {
            "date_histogram": {
                "field": "@timestamp",
                "fixed_interval": f"{step}ms",
                "offset": offset,
                "min_doc_count": 1,
            }
        }
    by_name = {**_values(wanted.by), "aggs": {"windows": {**windows, "aggs": parts} if parts else windows}}
    watched = [wanted.where, {"terms": {wanted.by: list(names)}}]
    return {"filter": {"bool": {"filter": watched}}, "aggs": {"names": by_name}}


def _answers(wanted: Wanted, names: Sequence[str], found: Json) -> Iterator[tuple[str, list[Counted]]]:
    by_name = {bucket["key"]: bucket["windows"]["buckets"] for bucket in found["names"]["buckets"]}
    nothing: Json = {"doc_count": 0}
    for name in names:
        buckets = by_name.get(name, [nothing] * len(wanted.windows))
        if _step(wanted.windows):
            by_start = {bucket["key"]: bucket for bucket in by_name.get(name, ())}
            buckets = [by_start.get(milliseconds(start), nothing) for start, _ in wanted.windows]
        yield name, [_answer(wanted, name, *span, bucket) for span, bucket in zip(wanted.windows, buckets, strict=True)]


def _answer(wanted: Wanted, name: str, start: datetime, end: datetime, bucket: Json) -> Counted:
    parts = {part: bucket.get(part, {"doc_count": 0}) for part in wanted.parts}
    hits = {part: found["newest"]["hits"]["hits"] for part, found in parts.items() if "newest" in found}
    return Counted(
        start=start,
        end=end,
        total=bucket["doc_count"],
        query={"bool": {"filter": [{"term": {wanted.by: name}}, _span(start, end), wanted.where]}},
        parts={part: found["doc_count"] for part, found in parts.items()},
        newest={part: _told(found[0]["_source"], wanted.newest) for part, found in hits.items() if found},
    )


def _told(document: Json, fields: Sequence[str]) -> Json:
    """The fields that the document has, by their dotted names."""
    told: Json = {}
    for field in fields:
        value: Any = document
        for name in field.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            told[field] = value
    return told


def _step(windows: Sequence[tuple[datetime, datetime]]) -> int | None:
    """The length in milliseconds of windows that follow one another without a gap; None for others."""
    lengths = {end - start for start, end in windows}
    starts = sorted(start for start, _ in windows)
    if len(windows) < 2 or len(lengths) > 1 or {later - first for first, later in pairwise(starts)} != lengths:
        return None
    return lengths.pop() // timedelta(milliseconds=1)


def _span(start: datetime, end: datetime) -> Json:
    return {"range": {"@timestamp": {"gte": iso(start), "lt": iso(end)}}}


def _posts(index: Index, query: Json, limit: int) -> tuple[Evidence, ...]:
    body = {
        "size": limit,
        "track_total_hits": False,
        "query": query,
        "sort": [{"@timestamp": "desc"}],
        "_source": ["title", "message", "url.full", "source", "user.name"],
    }
    return tuple(_evidence(hit) for hit in index.search(body)["hits"]["hits"])


def _values(field: str) -> Json:
    return {"terms": {"field": field, "size": _MANY}}


def _counts(answer: Json, name: str) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][name]["buckets"]}


def _evidence(hit: dict[str, Any]) -> Evidence:
    said = hit["_source"]
    return Evidence(
        mention_id=hit["_id"],
        title=said.get("title"),
        text=said.get("message", ""),
        url=said.get("url", {}).get("full"),
        source=said["source"],
        author=said.get("user", {}).get("name"),
    )
