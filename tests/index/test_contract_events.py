"""What every index promises of events: recorded once an id, counted like mentions, apart from them."""

import json
from datetime import timedelta

import pytest

from hubbub.core.errors import Misconfigured
from hubbub.core.events import Event
from hubbub.core.ports import Index, Json
from tests.index.made import DAY, NOW, batch, said

HOUR = timedelta(hours=1)
EVENTS = [
    Event("run-1", "run", NOW - 2 * HOUR, {"event.dataset": "forum", "event.outcome": "success", "run.fetched": 10}),
    Event(
        "run-2",
        "run",
        NOW - HOUR,
        {"event.dataset": "forum", "event.outcome": "failure", "event.reason": "away ครับ", "run.fetched": 3},
    ),
    Event("run-3", "run", NOW, {"event.dataset": "x", "event.outcome": "success", "run.fetched": 5, "run.missed": 2}),
    Event("gap-1", "gap", NOW, {"event.dataset": "x", "event.start": NOW - DAY, "event.end": NOW, "run.missed": 2}),
    Event(
        "alert-1",
        "alert",
        NOW - 3 * HOUR,
        {
            "brand": "Acme",
            "rule.name": "surge",
            "alert.key": "surge/Acme",
            "alert.severity": "critical",
            "alert.observed": 41.0,
            "alert.expected": 7.5,
        },
    ),
]


@pytest.fixture(scope="module")
def filled(shared_index: Index) -> Index:
    shared_index.store(batch(said(1), said(2)))
    shared_index.record(EVENTS)
    shared_index.refresh()
    return shared_index


def found(index: Index, query: Json, **body: object) -> list[str]:
    asked = {"query": query, "sort": [{"@timestamp": "asc"}, {"event.action": "asc"}], **body}
    return [hit["_id"] for hit in index.search(asked, over="events")["hits"]["hits"]]


QUERIES: list[tuple[Json, list[str]]] = [
    ({"match_all": {}}, ["alert-1", "run-1", "run-2", "gap-1", "run-3"]),
    ({"term": {"event.dataset": "forum"}}, ["run-1", "run-2"]),
    ({"terms": {"event.action": ["gap", "alert"]}}, ["alert-1", "gap-1"]),
    ({"range": {"@timestamp": {"gte": "2026-11-20T11:00:00Z", "lt": "2026-11-20T12:00:00Z"}}}, ["run-2"]),
    ({"range": {"event.start": {"lt": "2026-11-20"}}}, ["gap-1"]),
    ({"range": {"run.fetched": {"gt": 3}}}, ["run-1", "run-3"]),
    ({"range": {"alert.expected": {"gte": 7.5}}}, ["alert-1"]),
    ({"exists": {"field": "run.missed"}}, ["gap-1", "run-3"]),
    ({"match": {"event.reason": "away ครับ"}}, ["run-2"]),
    ({"match_phrase": {"event.outcome": "failure"}}, ["run-2"]),
    ({"ids": {"values": ["run-1", "gap-1", "forum:1"]}}, ["run-1", "gap-1"]),
    (
        {"bool": {"filter": [{"term": {"event.action": "run"}}], "must_not": {"exists": {"field": "run.missed"}}}},
        ["run-1", "run-2"],
    ),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=[str(query)[:80] for query, _ in QUERIES])
def test_query(filled: Index, query: Json, expected: list[str]):
    assert found(filled, query) == expected


def test_an_event_is_its_fields(filled: Index):
    (hit,) = filled.search({"query": {"ids": {"values": ["gap-1"]}}}, over="events")["hits"]["hits"]
    assert hit["_index"] == "hubbub-events"
    assert hit["_source"] == {
        "@timestamp": "2026-11-20T12:00:00.000Z",
        "event": {
            "action": "gap",
            "dataset": "x",
            "start": "2026-11-19T12:00:00.000Z",
            "end": "2026-11-20T12:00:00.000Z",
        },
        "run": {"missed": 2},
    }


def test_events_are_aggregated(filled: Index):
    body = {
        "size": 0,
        "query": {"term": {"event.action": "run"}},
        "aggs": {
            "sources": {
                "terms": {"field": "event.dataset"},
                "aggs": {"fetched": {"sum": {"field": "run.fetched"}}, "newest": {"max": {"field": "@timestamp"}}},
            },
            "hours": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1h"}},
            "failed": {"filter": {"term": {"event.outcome": "failure"}}},
            "outcomes": {
                "filters": {"filters": {"good": {"term": {"event.outcome": "success"}}}},
                "aggs": {"fetched": {"avg": {"field": "run.fetched"}}},
            },
            "untold": {"missing": {"field": "run.missed"}},
            "sizes": {"range": {"field": "run.fetched", "ranges": [{"to": 5}, {"from": 5}]}},
            "reasons": {"cardinality": {"field": "event.reason"}},
            "middle": {"percentiles": {"field": "run.fetched", "percents": [50]}},
            "last": {"top_hits": {"size": 1, "sort": [{"@timestamp": "desc"}], "_source": ["run"]}},
        },
    }
    answer = filled.search(body, over="events")
    told = answer["aggregations"]
    assert answer["hits"]["total"] == {"value": 3, "relation": "eq"}
    assert [(one["key"], one["doc_count"], one["fetched"]["value"]) for one in told["sources"]["buckets"]] == [
        ("forum", 2, 13),
        ("x", 1, 5),
    ]
    assert told["sources"]["buckets"][0]["newest"]["value_as_string"] == "2026-11-20T11:00:00.000Z"
    assert [bucket["doc_count"] for bucket in told["hours"]["buckets"]] == [1, 1, 1]
    assert told["failed"]["doc_count"] == 1
    assert told["outcomes"]["buckets"]["good"]["fetched"]["value"] == 7.5
    assert told["untold"]["doc_count"] == 2
    assert [bucket["doc_count"] for bucket in told["sizes"]["buckets"]] == [1, 2]
    assert told["reasons"]["value"] == 1
    assert told["middle"]["values"]["50.0"] == 5
    assert [hit["_source"] for hit in told["last"]["hits"]["hits"]] == [{"run": {"fetched": 5, "missed": 2}}]


def test_mentions_and_events_are_apart(filled: Index):
    assert filled.search({"size": 0})["hits"]["total"]["value"] == 2
    assert filled.search({"size": 0}, over="events")["hits"]["total"]["value"] == 5
    assert filled.search({"query": {"ids": {"values": ["run-1"]}}})["hits"]["hits"] == []
    assert filled.get("run-1") is None


@pytest.mark.parametrize(
    ("over", "field"), [("events", "sentiment.label"), ("events", "message"), ("mentions", "run.fetched")]
)
@pytest.mark.parametrize(
    "body",
    [
        {"query": {"term": {"FIELD": "a"}}},
        {"query": {"terms": {"FIELD": ["a"]}}},
        {"query": {"range": {"FIELD": {"gte": 1}}}},
        {"query": {"match": {"FIELD": {"query": "a"}}}},
        {"query": {"match_phrase": {"FIELD": "a"}}},
        {"query": {"exists": {"field": "FIELD"}}},
        {"query": {"bool": {"must_not": {"bool": {"should": [{"match_all": {}}, {"term": {"FIELD": "a"}}]}}}}},
        {"sort": [{"FIELD": "asc"}]},
        {"sort": "FIELD"},
        {"aggs": {"a": {"terms": {"field": "FIELD"}}}},
        {"aggs": {"a": {"filter": {"term": {"FIELD": "a"}}}}},
        {"aggs": {"a": {"filters": {"filters": {"b": {"term": {"FIELD": "a"}}}}}}},
        {"aggs": {"a": {"filters": {"filters": [{"exists": {"field": "FIELD"}}]}}}},
        {"aggs": {"a": {"missing": {"field": "FIELD"}}}},
        {"aggs": {"a": {"filter": {"match_all": {}}, "aggs": {"b": {"cardinality": {"field": "FIELD"}}}}}},
        {"aggs": {"a": {"top_hits": {"sort": [{"FIELD": {"order": "desc"}}]}}}},
    ],
    ids=str,
)
def test_a_field_of_the_others_is_refused_by_its_name(filled: Index, over: str, field: str, body: Json):
    asked = json.loads(json.dumps(body).replace("FIELD", field))
    with pytest.raises(Misconfigured, match=field.replace(".", r"\.")) as caught:
        filled.search(asked, over=over)
    assert "\n" not in str(caught.value)


def test_an_event_written_again_replaces_the_earlier_one(index: Index):
    index.record(EVENTS[:2])
    index.record([Event("run-1", "run", NOW, {"event.dataset": "x", "run.new": 7}), EVENTS[1]])
    index.record([])
    index.refresh()
    hits = index.search({"sort": [{"@timestamp": "desc"}]}, over="events")["hits"]["hits"]
    assert [hit["_id"] for hit in hits] == ["run-1", "run-2"]
    assert hits[0]["_source"]["run"] == {"new": 7}
    assert found(index, {"term": {"event.outcome": "success"}}) == []


def test_any_id(index: Index):
    names = ["ก" * 400, "ข" * 400, "a b/c?d#e%", "'\"\n\\"]
    for _ in range(2):
        index.record([Event(name, "alert", NOW, {"alert.key": name}) for name in names])
    index.refresh()
    hits = index.search({"size": 10}, over="events")["hits"]["hits"]
    assert {hit["_source"]["alert"]["key"] for hit in hits} == set(names)
    assert len(hits) == len(names)
