"""What every index answers to queries, sorts and pages."""

from datetime import timedelta
from typing import Any

import pytest

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Index, Json
from tests.index.made import DAY, NOW, batch, said

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def filled(shared_index: Index) -> Index:
    shared_index.store(
        batch(
            said(1, "My parcel is late, I don't like it", at=NOW - 9 * DAY, name="ann", likes=5, title=""),
            said(
                2, "Great support at Café Acme!", at=NOW - 2 * DAY, label="positive", score=0.1, brands=("Acme", "Beta")
            ),
            said(3, "We are sorry", at=NOW - DAY, label="neutral", score=0.0, by_brand=True, name="acme", likes=-2),
            said(4, "parcel lost; support is great?", at=NOW - HOUR, brands=("Beta",), score=-0.9, name="bob"),
            said(5, "A rival ships faster", at=NOW, brands=(), competitor="Gamma", label="neutral", score=0.5, likes=5),
        )
    )
    shared_index.refresh()
    return shared_index


def found(index: Index, query: Json, **body: Any) -> list[str]:
    hits = index.search({"query": query, "sort": [{"@timestamp": "asc"}], **body})["hits"]["hits"]
    return [hit["_id"].removeprefix("forum:") for hit in hits]


QUERIES: list[tuple[Json, str]] = [
    ({"match_all": {}}, "12345"),
    ({"term": {"brand": "Acme"}}, "123"),
    ({"term": {"brand": {"value": "Beta"}}}, "24"),
    ({"term": {"brand": "acme"}}, ""),
    ({"term": {"user.is_brand": True}}, "3"),
    ({"term": {"user.is_brand": "false"}}, "1245"),
    ({"term": {"engagement.likes": 5}}, "15"),
    ({"term": {"engagement.likes": "-2"}}, "3"),
    ({"term": {"sentiment.score": 0.1}}, "2"),
    ({"term": {"@timestamp": "2026-11-19"}}, "3"),
    ({"terms": {"sentiment.label": ["positive", "neutral"]}}, "235"),
    ({"terms": {"brand": ["Beta", "Gamma"]}}, "24"),
    ({"terms": {"brand": []}}, ""),
    ({"ids": {"values": ["forum:1", "forum:5", "forum:9"]}}, "15"),
    ({"exists": {"field": "user.name"}}, "134"),
    ({"exists": {"field": "brand"}}, "1234"),
    ({"exists": {"field": "competitor"}}, "5"),
    ({"exists": {"field": "message"}}, "12345"),
    ({"exists": {"field": "title"}}, "1"),
    ({"exists": {"field": "title.th"}}, "1"),
    ({"exists": {"field": "themes"}}, ""),
    ({"range": {"engagement.likes": {"gt": -2}}}, "15"),
    ({"range": {"engagement.likes": {"gte": -2, "lt": "5"}}}, "3"),
    ({"range": {"sentiment.score": {"gte": 0.1}}}, "25"),
    ({"range": {"sentiment.score": {"gt": 0.1}}}, "5"),
    ({"range": {"sentiment.score": {"lt": 0.1, "gte": -0.9}}}, "134"),
    ({"range": {"user.name": {"gte": "ann", "lt": "bob"}}}, "1"),
    ({"range": {"@timestamp": {}}}, "12345"),
    ({"range": {"@timestamp": {"gte": "2026-11-19"}}}, "345"),
    ({"range": {"@timestamp": {"gt": "2026-11-19"}}}, "45"),
    ({"range": {"@timestamp": {"lte": "2026-11-19"}}}, "123"),
    ({"range": {"@timestamp": {"lt": "2026-11-19"}}}, "12"),
    ({"range": {"@timestamp": {"gte": "2026-11-20T11", "lte": "2026-11-20T11"}}}, "4"),
    ({"range": {"@timestamp": {"gte": "2026-11-20T19:00:00.000+07:00"}}}, "5"),
    ({"range": {"@timestamp": {"gte": "2026-11-20T12:00:00Z", "lte": None}}}, "5"),
    ({"range": {"@timestamp": {"gte": 1795176000000}}}, "5"),
    ({"range": {"@timestamp": {"gte": 1795172400000, "lt": 1795176000000}}}, "4"),
    ({"range": {"@timestamp": {"gte": "2026-11-12||-1d/d", "lt": "2026-11-12"}}}, "1"),
    ({"range": {"@timestamp": {"gte": "2026-11-18||/M", "lte": "2026-11-11||/w"}}}, "1"),
    ({"range": {"@timestamp": {"gt": "2026-10-19||+1M/d", "lt": "2025-11-20||+1y+12h"}}}, "4"),
    ({"match": {"message": "parcel"}}, "14"),
    ({"match": {"message": "PARCEL support"}}, "124"),
    ({"match": {"message": {"query": "parcel support", "operator": "and"}}}, "4"),
    ({"match": {"message": "don't"}}, "1"),
    ({"match": {"message": "don"}}, ""),
    ({"match": {"message": "café"}}, "2"),
    ({"match": {"message": "cafe"}}, ""),
    ({"match": {"message": "?!"}}, ""),
    ({"match": {"message.th": "parcel"}}, "14"),
    ({"match": {"brand": "Beta"}}, "24"),
    ({"match_phrase": {"message": "parcel is"}}, "1"),
    ({"match_phrase": {"message": "is parcel"}}, ""),
    ({"match_phrase": {"message": {"query": "lost support"}}}, "4"),
    ({"match": {"message": 'parcel" OR "sorry'}}, "134"),
    ({"match": {"message": "sorr*"}}, ""),
    ({"match": {"message": "NOT late"}}, "1"),
    ({"bool": {}}, "12345"),
    ({"bool": {"must": {"term": {"brand": "Acme"}}, "must_not": [{"exists": {"field": "user.name"}}]}}, "2"),
    ({"bool": {"must_not": [{"term": {"brand": "Acme"}}]}}, "45"),
    ({"bool": {"must_not": [{"range": {"engagement.likes": {"gt": 0}}}]}}, "234"),
    ({"bool": {"must_not": [{"match": {"message": "parcel"}}]}}, "235"),
    ({"bool": {"should": [{"term": {"brand": "Beta"}}, {"term": {"user.name": "ann"}}]}}, "124"),
    ({"bool": {"filter": [{"term": {"brand": "Acme"}}], "should": [{"term": {"brand": "Beta"}}]}}, "123"),
    (
        {
            "bool": {
                "should": [
                    {"term": {"brand": "Beta"}},
                    {"match": {"message": "great"}},
                    {"term": {"sentiment.label": "negative"}},
                ],
                "minimum_should_match": 2,
            }
        },
        "24",
    ),
    ({"bool": {"must_not": {"bool": {"must_not": {"term": {"source": "forum"}}}}}}, "12345"),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=[str(query)[:80] for query, _ in QUERIES])
def test_query(filled: Index, query: Json, expected: str):
    assert "".join(found(filled, query)) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"query": {"no_such_query": {}}},
        {"query": {"term": {"brand": "a", "source": "b"}}},
        {"query": {"range": {"@timestamp": {"gte": "last Tuesday"}}}},
        {"query": {"range": {"@timestamp": {"gte": "2026-11-01", "lt": 1795176000000}}}},
        {"query": {"range": {"engagement.likes": {"gte": "many"}}}},
        {"query": {"range": {"engagement.likes": {"gte": 1, "below": 2}}}},
        {"query": {"term": {"user.is_brand": "maybe"}}},
        {"query": {"match": {"message": {"query": "a", "operator": "xor"}}}},
        {"query": {"bool": {"maybe": []}}},
        {"aggs": {"a": {"no_such_aggregation": {}}}},
        {"aggs": {"a": {"terms": {"field": "message"}}}},
        {"aggs": {"a": {"avg": {"field": "brand"}}}},
        {"aggs": {"a": {"terms": {"field": "brand", "order": {"b": "desc"}}}}},
        {"aggs": {"a": {"avg": {"field": "sentiment.score"}, "aggs": {"b": {"avg": {"field": "urgency"}}}}}},
        {"aggs": {"a": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1 day"}}}},
        {"sort": [{"message": "asc"}]},
        {"sort": [{"no.such.field": "asc"}]},
        {"from": 9_999, "size": 2},
        {"size": -1},
        {"no_such_part": 1},
    ],
    ids=str,
)
def test_anything_else_is_refused_in_one_line(filled: Index, body: Json):
    with pytest.raises(Misconfigured) as refused:
        filled.search(body)
    assert str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("sort", "ids", "values"),
    [
        ([{"@timestamp": "desc"}], "54321", None),
        ([{"engagement.likes": {"order": "desc"}}, {"@timestamp": {"order": "asc"}}], "15324", None),
        ([{"user.name": "asc"}, {"@timestamp": "asc"}], "31425", ["acme", "ann", "bob", None, None]),
        ([{"user.name": {"order": "desc", "missing": "_first"}}, {"@timestamp": "asc"}], "25413", None),
        (["sentiment.score"], "41325", [-0.9, -0.5, 0.0, 0.1, 0.5]),
        ([{"engagement.likes": "asc"}, "@timestamp"], "31524", [-2, 5, 5, 2**63 - 1, 2**63 - 1]),
        ([{"engagement.likes": "desc"}, "@timestamp"], "15324", [5, 5, -2, -(2**63), -(2**63)]),
        ([{"brand": "asc"}, {"@timestamp": "asc"}], "12345", ["Acme", "Acme", "Acme", "Beta", None]),
        ([{"brand": "desc"}, {"@timestamp": "asc"}], "24135", ["Beta", "Beta", "Acme", "Acme", None]),
        ([{"user.is_brand": "desc"}, "@timestamp"], "31245", [1, 0, 0, 0, 0]),
        ([{"urgency": "asc"}, "@timestamp"], "12345", ["Infinity"] * 5),
    ],
    ids=str,
)
def test_sort(filled: Index, sort: list, ids: str, values: list | None):
    hits = filled.search({"sort": sort})["hits"]
    assert "".join(hit["_id"].removeprefix("forum:") for hit in hits["hits"]) == ids
    assert hits["max_score"] is None
    if values is not None:
        assert [hit["sort"][0] for hit in hits["hits"]] == values


def test_pages_and_totals(filled: Index):
    body = {"sort": [{"@timestamp": "asc"}], "size": 2, "from": 1}
    hits = filled.search(body)["hits"]
    assert [hit["_id"] for hit in hits["hits"]] == ["forum:2", "forum:3"]
    assert hits["total"] == {"value": 5, "relation": "eq"}
    assert hits["hits"][0]["_index"] == "mentions-2026.11"
    assert hits["hits"][0]["sort"] == [1795003200000]
    assert filled.search({**body, "track_total_hits": 5})["hits"]["total"] == {"value": 5, "relation": "eq"}
    assert filled.search({"size": 0, "track_total_hits": 3})["hits"]["total"] == {"value": 3, "relation": "gte"}
    assert "total" not in filled.search({**body, "track_total_hits": False})["hits"]
    assert filled.search({"size": 0})["hits"]["hits"] == []
    assert len(filled.search({})["hits"]["hits"]) == 5


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (["message", "user.*"], {"message": "We are sorry", "user": {"name": "acme", "is_brand": True}}),
        ("user.name", {"user": {"name": "acme"}}),
        (["user", "nothing"], {"user": {"name": "acme", "is_brand": True}}),
        (
            {"includes": ["sentiment"], "excludes": ["sentiment.m*", "*.uncertain"]},
            {"sentiment": {"label": "neutral", "confidence": 0.75, "score": 0.0}},
        ),
        ({"includes": ["u*r", "source"], "excludes": ["user"]}, {"source": "forum"}),
        (["nothing"], {}),
    ],
    ids=str,
)
def test_part_of_the_document(filled: Index, source: Any, expected: Json):
    (hit,) = filled.search({"query": {"ids": {"values": ["forum:3"]}}, "_source": source})["hits"]["hits"]
    assert hit["_source"] == expected


def test_no_document_or_the_whole(filled: Index):
    body = {"query": {"ids": {"values": ["forum:3"]}}}
    assert "_source" not in filled.search({**body, "_source": False})["hits"]["hits"][0]
    assert filled.search({**body, "_source": True})["hits"]["hits"][0]["_source"] == filled.get("forum:3")
