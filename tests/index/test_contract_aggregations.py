"""What every index answers to aggregations, held against numbers counted by hand."""

from datetime import timedelta
from typing import Any

import pytest

from hubbub.core.ports import Index, Json
from tests.index.made import DAY, NOW, batch, said

HOUR = timedelta(hours=1)
MORNING = NOW - 12 * HOUR  # 2026-11-20T00:00Z


@pytest.fixture(scope="module")
def filled(shared_index: Index) -> Index:
    shared_index.store(
        batch(
            said(1, at=MORNING, likes=1, score=-0.9, name="ann"),
            said(2, at=MORNING + HOUR, likes=2, score=-0.7, brands=("Acme", "Beta"), name="ann"),
            said(3, at=MORNING - DAY, likes=3, score=0.1, label="neutral", brands=("Beta",), name="bob"),
            said(4, at=MORNING - 3 * DAY, likes=10, score=0.8, label="positive", by_brand=True, source="x"),
            said(5, at=MORNING - 3 * DAY + 23 * HOUR, score=0.5, label="positive", brands=(), competitor="Gamma"),
        )
    )
    shared_index.refresh()
    return shared_index


def ask(index: Index, **aggregation: Any) -> Json:
    answer = index.search({"size": 0, "aggs": {"asked": aggregation}})["aggregations"]["asked"]
    answer.pop("doc_count_error_upper_bound", None)
    return answer


def counts(answer: Json) -> list[tuple[Any, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]


@pytest.mark.parametrize(
    ("asked", "expected", "others"),
    [
        ({"field": "sentiment.label"}, [("negative", 2), ("positive", 2), ("neutral", 1)], 0),
        ({"field": "sentiment.label", "size": 1}, [("negative", 2)], 3),
        (
            {"field": "sentiment.label", "order": {"_count": "asc"}},
            [("neutral", 1), ("negative", 2), ("positive", 2)],
            0,
        ),
        (
            {"field": "sentiment.label", "order": {"_key": "desc"}},
            [("positive", 2), ("neutral", 1), ("negative", 2)],
            0,
        ),
        (
            {"field": "sentiment.label", "order": [{"_count": "desc"}, {"_key": "desc"}], "size": 2},
            [("positive", 2), ("negative", 2)],
            1,
        ),
        ({"field": "sentiment.label", "min_doc_count": 2, "size": 5}, [("negative", 2), ("positive", 2)], 0),
        ({"field": "brand"}, [("Acme", 3), ("Beta", 2)], 0),
        ({"field": "brand", "size": 1}, [("Acme", 3)], 2),
        ({"field": "brand", "missing": "none"}, [("Acme", 3), ("Beta", 2), ("none", 1)], 0),
        ({"field": "user.name", "missing": "ann"}, [("ann", 4), ("bob", 1)], 0),
        ({"field": "match.term"}, [("acme", 3), ("beta", 2), ("gamma", 1)], 0),
        ({"field": "competitor"}, [("Gamma", 1)], 0),
        ({"field": "themes"}, [], 0),
        ({"field": "user.is_brand"}, [(0, 4), (1, 1)], 0),
        ({"field": "engagement.likes", "size": 2}, [(1, 1), (2, 1)], 2),
        ({"field": "@timestamp", "size": 1, "order": {"_key": "desc"}}, [(1795136400000, 1)], 4),
    ],
    ids=str,
)
def test_terms(filled: Index, asked: Json, expected: list, others: int):
    answer = ask(filled, terms=asked)
    assert counts(answer) == expected
    assert answer["sum_other_doc_count"] == others


def test_terms_of_a_boolean_and_a_date_are_written_out(filled: Index):
    assert [b["key_as_string"] for b in ask(filled, terms={"field": "user.is_brand"})["buckets"]] == ["false", "true"]
    newest = ask(filled, terms={"field": "@timestamp", "order": {"_key": "desc"}})["buckets"][0]
    assert newest == {"key": 1795136400000, "key_as_string": "2026-11-20T01:00:00.000Z", "doc_count": 1}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"score": "asc"}, ["negative", "neutral", "positive"]),
        ({"score": "desc"}, ["positive", "neutral", "negative"]),
        ({"score.value": "desc"}, ["positive", "neutral", "negative"]),
        ({"likes": "desc"}, ["positive", "negative", "neutral"]),
        ([{"ann": "desc"}, {"_key": "desc"}], ["negative", "positive", "neutral"]),
        ({"urgent": "desc"}, ["negative", "neutral", "positive"]),
    ],
    ids=str,
)
def test_terms_by_an_inner_number(filled: Index, order: Any, expected: list[str]):
    inner = {
        "score": {"avg": {"field": "sentiment.score"}},
        "likes": {"sum": {"field": "engagement.likes"}},
        "ann": {"filter": {"term": {"user.name": "ann"}}},
        "urgent": {"avg": {"field": "urgency"}},
    }
    answer = ask(filled, terms={"field": "sentiment.label", "order": order}, aggs=inner)
    assert [bucket["key"] for bucket in answer["buckets"]] == expected
    first = ask(filled, terms={"field": "sentiment.label", "order": order, "size": 1}, aggs=inner)
    assert first["buckets"] == answer["buckets"][:1]
    assert first["sum_other_doc_count"] == 5 - first["buckets"][0]["doc_count"]


D17, D18, D19, D20 = (1794873600000 + day * 86_400_000 for day in range(4))


def test_date_histogram_has_the_empty_days_too(filled: Index):
    answer = ask(filled, date_histogram={"field": "@timestamp", "fixed_interval": "1d"})
    assert counts(answer) == [(D17, 2), (D18, 0), (D19, 1), (D20, 2)]
    assert answer["buckets"][1] == {"key_as_string": "2026-11-18T00:00:00.000Z", "key": D18, "doc_count": 0}


H = 3_600_000
DAYS = {"fixed_interval": "1d", "min_doc_count": 1}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (DAYS, [(D17, 2), (D19, 1), (D20, 2)]),
        ({**DAYS, "min_doc_count": 2}, [(D17, 2), (D20, 2)]),
        ({**DAYS, "order": {"_key": "desc"}}, [(D20, 2), (D19, 1), (D17, 2)]),
        ({**DAYS, "order": {"_count": "asc"}}, [(D19, 1), (D17, 2), (D20, 2)]),
        ({"fixed_interval": "2d"}, [(D17, 2), (D19, 3)]),
        (
            {**DAYS, "offset": "+1h"},
            [(D17 - 23 * H, 1), (D17 + H, 1), (D18 + H, 1), (D19 + H, 1), (D20 + H, 1)],
        ),
        ({**DAYS, "offset": "-1h"}, [(D17 - H, 1), (D18 - H, 1), (D19 - H, 1), (D20 - H, 2)]),
        (
            {"fixed_interval": "12h", "time_zone": "+07:00", "min_doc_count": 1},
            [(D17 - 7 * H, 1), (D17 + 17 * H, 1), (D19 - 7 * H, 1), (D20 - 7 * H, 2)],
        ),
        (
            {"fixed_interval": "30m", "min_doc_count": 1},
            [(D17, 1), (D17 + 23 * H, 1), (D19, 1), (D20, 1), (D20 + H, 1)],
        ),
        (
            {"fixed_interval": "1d", "extended_bounds": {"min": "2026-11-16", "max": "2026-11-21T05:00:00Z"}},
            [(D17 - 24 * H, 0), (D17, 2), (D18, 0), (D19, 1), (D20, 2), (D20 + 24 * H, 0)],
        ),
        (
            {"fixed_interval": "1d", "extended_bounds": {"min": D18, "max": D19}},
            [(D17, 2), (D18, 0), (D19, 1), (D20, 2)],
        ),
    ],
    ids=str,
)
def test_date_histogram(filled: Index, asked: Json, expected: list):
    assert counts(ask(filled, date_histogram={"field": "@timestamp", **asked})) == expected


def test_date_histogram_writes_its_keys_in_its_zone(filled: Index):
    asked = {"field": "@timestamp", "fixed_interval": "1d", "time_zone": "+07:00", "min_doc_count": 1}
    keys = [bucket["key_as_string"] for bucket in ask(filled, date_histogram=asked)["buckets"]]
    assert keys[0] == "2026-11-17T00:00:00.000+07:00"


def test_date_histogram_of_nothing(filled: Index):
    asked = {"field": "conversation.answered_at", "fixed_interval": "1d"}
    assert ask(filled, date_histogram=asked) == {"buckets": []}
    bounds = {"min": "2026-11-17", "max": "2026-11-18"}
    assert counts(ask(filled, date_histogram={**asked, "extended_bounds": bounds})) == [(D17, 0), (D18, 0)]


def test_day_by_label_with_numbers_inside(filled: Index):
    answer = ask(
        filled,
        date_histogram={"field": "@timestamp", "fixed_interval": "1d"},
        aggs={
            "labels": {
                "terms": {"field": "sentiment.label"},
                "aggs": {"likes": {"sum": {"field": "engagement.likes"}}},
            },
            "score": {"avg": {"field": "sentiment.score"}},
        },
    )
    days = [
        (
            [(b["key"], b["doc_count"], b["likes"]["value"]) for b in bucket["labels"]["buckets"]],
            bucket["score"]["value"],
        )
        for bucket in answer["buckets"]
    ]
    assert days == [
        ([("positive", 2, 10.0)], pytest.approx(0.65)),
        ([], None),
        ([("neutral", 1, 3.0)], pytest.approx(0.1)),
        ([("negative", 2, 3.0)], pytest.approx(-0.8)),
    ]


def test_a_mention_of_two_brands_counts_in_both(filled: Index):
    answer = ask(
        filled,
        terms={"field": "brand"},
        aggs={
            "terms": {"terms": {"field": "match.term"}},
            "people": {"cardinality": {"field": "user.name"}},
            "score": {"max": {"field": "sentiment.score"}},
        },
    )
    assert [(b["key"], counts(b["terms"]), b["people"]["value"], b["score"]["value"]) for b in answer["buckets"]] == [
        ("Acme", [("acme", 3), ("beta", 1)], 1, pytest.approx(0.8)),
        ("Beta", [("beta", 2), ("acme", 1)], 2, pytest.approx(0.1)),
    ]


def test_filter_filters_missing(filled: Index):
    acme: Json = {"term": {"brand": "Acme"}}
    beta: Json = {"term": {"brand": "Beta"}}
    inner = {"aggs": {"likes": {"max": {"field": "engagement.likes"}}}}
    assert ask(filled, filter=acme, **inner) == {"doc_count": 3, "likes": {"value": 10.0}}
    assert ask(filled, filters={"filters": {"a": acme, "b": beta}}, **inner)["buckets"] == {
        "a": {"doc_count": 3, "likes": {"value": 10.0}},
        "b": {"doc_count": 2, "likes": {"value": 3.0}},
    }
    assert [b["doc_count"] for b in ask(filled, filters={"filters": [beta, acme]})["buckets"]] == [2, 3]
    assert ask(filled, missing={"field": "brand"}, **inner) == {"doc_count": 1, "likes": {"value": None}}
    assert (
        ask(filled, missing={"field": "source"}, aggs={"labels": {"terms": {"field": "sentiment.label"}}})["labels"][
            "buckets"
        ]
        == []
    )


def test_filters_within_days(filled: Index):
    answer = ask(
        filled,
        date_histogram={"field": "@timestamp", "fixed_interval": "1d"},
        aggs={
            "bad": {"filter": {"range": {"sentiment.score": {"lt": 0}}}, "aggs": {"b": {"terms": {"field": "brand"}}}}
        },
    )
    assert [b["bad"]["doc_count"] for b in answer["buckets"]] == [0, 0, 0, 2]
    assert counts(answer["buckets"][-1]["bad"]["b"]) == [("Acme", 2), ("Beta", 1)]


def test_range(filled: Index):
    ranges = [{"from": 0.5, "key": "good"}, {"to": 0.1}, {"from": 0.1, "to": 0.5}, {"from": -1, "to": 1}]
    answer = ask(filled, range={"field": "sentiment.score", "ranges": ranges})
    assert answer["buckets"] == [
        {"key": "*-0.1", "to": 0.1, "doc_count": 2},
        {"key": "-1.0-1.0", "from": -1.0, "to": 1.0, "doc_count": 5},
        {"key": "0.1-0.5", "from": 0.1, "to": 0.5, "doc_count": 1},
        {"key": "good", "from": 0.5, "doc_count": 2},
    ]
    keyed = ask(
        filled,
        range={"field": "engagement.likes", "ranges": [{"to": 2}, {"from": 2}], "keyed": True},
        aggs={"score": {"min": {"field": "sentiment.score"}}},
    )
    assert keyed["buckets"] == {
        "*-2.0": {"to": 2.0, "doc_count": 1, "score": {"value": pytest.approx(-0.9)}},
        "2.0-*": {"from": 2.0, "doc_count": 3, "score": {"value": pytest.approx(-0.7)}},
    }


def test_numbers(filled: Index):
    aggs = {kind: {kind: {"field": "engagement.likes"}} for kind in ("avg", "min", "max", "sum")}
    answer = filled.search({"size": 0, "aggs": aggs})["aggregations"]
    assert answer == {"avg": {"value": 4.0}, "min": {"value": 1.0}, "max": {"value": 10.0}, "sum": {"value": 16.0}}
    aggs = {kind: {kind: {"field": "urgency"}} for kind in ("avg", "min", "max", "sum")}
    answer = filled.search({"size": 0, "aggs": aggs})["aggregations"]
    assert answer == {"avg": {"value": None}, "min": {"value": None}, "max": {"value": None}, "sum": {"value": 0.0}}
    newest = ask(filled, max={"field": "@timestamp"})
    assert newest == {"value": 1795136400000.0, "value_as_string": "2026-11-20T01:00:00.000Z"}
    assert ask(filled, max={"field": "sentiment.score"})["value"] == 0.800000011920929  # 0.8 in 32 bits


def test_percentiles(filled: Index):
    assert ask(filled, percentiles={"field": "engagement.likes"})["values"] == pytest.approx(
        {"1.0": 1.03, "5.0": 1.15, "25.0": 1.75, "50.0": 2.5, "75.0": 4.75, "95.0": 8.95, "99.0": 9.79}
    )
    listed = ask(filled, percentiles={"field": "engagement.likes", "percents": [25, 50], "keyed": False})
    assert listed["values"] == [{"key": 25.0, "value": 1.75}, {"key": 50.0, "value": 2.5}]
    assert ask(filled, percentiles={"field": "urgency", "percents": [50]}) == {"values": {"50.0": None}}
    answer = ask(
        filled,
        terms={"field": "sentiment.label"},
        aggs={"likes": {"percentiles": {"field": "engagement.likes", "percents": [50]}}},
    )
    medians = [(b["key"], b["likes"]["values"]["50.0"]) for b in answer["buckets"]]
    assert medians == [("negative", 1.5), ("positive", 10.0), ("neutral", 3.0)]


def test_cardinality(filled: Index):
    assert ask(filled, cardinality={"field": "brand"}) == {"value": 2}
    assert ask(filled, cardinality={"field": "user.name"}) == {"value": 2}
    assert ask(filled, cardinality={"field": "themes"}) == {"value": 0}


def test_top_hits(filled: Index):
    hits = {"size": 1, "sort": [{"@timestamp": "desc"}], "_source": ["source"]}
    answer = ask(filled, terms={"field": "brand"}, aggs={"newest": {"top_hits": hits}})
    assert [bucket["newest"]["hits"] for bucket in answer["buckets"]] == [
        {
            "total": {"value": total, "relation": "eq"},
            "max_score": None,
            "hits": [
                {
                    "_index": "mentions-2026.11",
                    "_id": "forum:2",
                    "_score": None,
                    "_source": {"source": "forum"},
                    "sort": [1795136400000],
                }
            ],
        }
        for total in (3, 2)
    ]
    second = ask(filled, top_hits={**hits, "from": 1, "size": 2})["hits"]
    assert [hit["_id"] for hit in second["hits"]] == ["forum:1", "forum:3"]
    assert second["total"]["value"] == 5


def test_only_what_the_query_finds_is_aggregated(filled: Index):
    body = {
        "size": 1,
        "query": {"match": {"message": "parcel"}},
        "sort": ["@timestamp"],
        "aggs": {"labels": {"terms": {"field": "sentiment.label"}}},
    }
    assert len(filled.search(body)["aggregations"]["labels"]["buckets"]) == 3
    nobody = {**body, "query": {"ids": {"values": []}}}
    assert filled.search(nobody)["aggregations"]["labels"]["buckets"] == []
