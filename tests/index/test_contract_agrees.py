"""Random mentions and random questions: the embedded index and Elasticsearch give one answer."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hubbub.core.ports import Index, Json
from tests.index.made import NOW, batch, said

WORDS = ["late", "Parcel", "don't", "café", "great", "3.5", "😡", "#acme", "มาก", "Chậm"]
NUMBERS = ["engagement.likes", "sentiment.score"]
KEYWORDS = ["brand", "match.term", "competitor", "sentiment.label", "user.name", "source"]

hours = st.integers(-60, 60)
scores = st.sampled_from([-1.0, -0.7, -0.1, 0.0, 0.1, 0.3, 0.9])
texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)


@st.composite
def mentions(draw: st.DrawFn, count: int = 12) -> list:
    return [
        said(
            number,
            draw(texts),
            # a minute apart from all others, so that every order is one
            at=NOW + timedelta(hours=draw(hours), minutes=number),
            brands=tuple(draw(st.sets(st.sampled_from(["Acme", "Beta", "Ünion"])))),
            competitor=draw(st.sampled_from([None, None, "Gamma"])),
            label=draw(st.sampled_from(["negative", "neutral", "positive"])),
            score=draw(scores),
            likes=draw(st.sampled_from([None, -3, 0, 1, 1, 40])),
            name=draw(st.sampled_from([None, "ann", "Bob", "เอ"])),
            by_brand=draw(st.booleans()),
            source=draw(st.sampled_from(["forum", "x"])),
        )
        for number in range(draw(st.integers(0, count)))
    ]


epochs = hours.map(lambda h: int((NOW + timedelta(hours=h)).timestamp() * 1000))
times = st.one_of(
    hours.map(lambda h: (NOW + timedelta(hours=h)).isoformat()),
    st.sampled_from(
        ["2026-11-20", "2026-11-19T15", "2026-11-21||/d", "2026-11-20||-1d+6h", "2026-11-20T12:30:00+07:00"]
    ),
)


def spans(values: st.SearchStrategy) -> st.SearchStrategy:
    """At most one lower and one upper bound."""
    sides = st.tuples(st.sampled_from(["gte", "gt", None]), st.sampled_from(["lte", "lt", None]))
    return st.tuples(sides, values, values).map(
        lambda drawn: {side: value for side, value in zip(drawn[0], drawn[1:], strict=True) if side}
    )


leaves = st.one_of(
    st.just({"match_all": {}}),
    st.sampled_from(KEYWORDS).flatmap(
        lambda f: st.sampled_from(["Acme", "acme", "Gamma", "negative", "ann", "x"]).map(lambda v: {"term": {f: v}})
    ),
    st.sets(st.sampled_from(["Acme", "Beta", "Ünion"])).map(lambda found: {"terms": {"brand": sorted(found)}}),
    st.booleans().map(lambda found: {"term": {"user.is_brand": found}}),
    (spans(times) | spans(epochs)).map(lambda span: {"range": {"@timestamp": span}}),
    spans(scores).map(lambda span: {"range": {"sentiment.score": span}}),
    spans(st.integers(-4, 41)).map(lambda span: {"range": {"engagement.likes": span}}),
    st.sampled_from([*KEYWORDS, "engagement.likes", "title", "message"]).map(lambda f: {"exists": {"field": f}}),
    st.tuples(texts, st.sampled_from(["and", "or"])).map(
        lambda asked: {"match": {"message": {"query": asked[0], "operator": asked[1]}}}
    ),
    texts.map(lambda text: {"match_phrase": {"message": text}}),
    st.lists(st.integers(0, 14), max_size=4).map(lambda ns: {"ids": {"values": [f"forum:{n}" for n in ns]}}),
)
queries = st.recursive(
    leaves,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "must": st.lists(inner, max_size=2),
            "filter": inner,
            "should": st.lists(inner, min_size=1, max_size=3),
            "must_not": st.lists(inner, max_size=2),
        },
    ).map(lambda clauses: {"bool": clauses}),
    max_leaves=6,
)

metrics = st.one_of(
    st.tuples(st.sampled_from(["avg", "min", "max"]), st.sampled_from([*NUMBERS, "@timestamp"])).map(
        lambda asked: {asked[0]: {"field": asked[1]}}
    ),
    st.sampled_from(NUMBERS).map(lambda f: {"sum": {"field": f}}),
    st.sampled_from([*KEYWORDS, *NUMBERS]).map(lambda f: {"cardinality": {"field": f}}),
    st.sampled_from(NUMBERS).map(lambda f: {"percentiles": {"field": f, "percents": [10, 50, 99.5]}}),
    st.just({"top_hits": {"size": 2, "sort": [{"@timestamp": "desc"}], "_source": ["message", "brand"]}}),
)
buckets = st.one_of(
    st.fixed_dictionaries(
        {"field": st.sampled_from([*KEYWORDS, "engagement.likes", "user.is_brand"])},
        optional={
            "size": st.integers(1, 3),
            "order": st.sampled_from([{"_count": "asc"}, {"_key": "desc"}, {"_key": "asc"}]),
        },
    ).map(lambda asked: {"terms": asked}),
    st.sampled_from(["brand", "user.name"]).map(lambda f: {"terms": {"field": f, "missing": "nobody"}}),
    st.sampled_from(["brand", "match.term"]).map(lambda f: {"terms": {"field": f, "min_doc_count": 2}}),
    st.fixed_dictionaries(
        {"field": st.just("@timestamp"), "fixed_interval": st.sampled_from(["1d", "12h", "7h", "90m"])},
        optional={
            "offset": st.sampled_from(["+1h", "-90m", "6h"]),
            "min_doc_count": st.integers(0, 2),
            "time_zone": st.sampled_from(["+07:00", "-03:30", "UTC"]),
            "order": st.sampled_from([{"_key": "desc"}, {"_count": "desc"}]),
        },
    ).map(lambda asked: {"date_histogram": asked}),
    leaves.map(lambda query: {"filter": query}),
    st.lists(leaves, min_size=1, max_size=3).map(lambda found: {"filters": {"filters": found}}),
    st.sampled_from([*KEYWORDS, "engagement.likes"]).map(lambda f: {"missing": {"field": f}}),
    st.sampled_from(NUMBERS).map(
        lambda f: {"range": {"field": f, "ranges": [{"to": 0.1}, {"from": 0.1, "to": 1}, {"from": -0.7, "key": "k"}]}}
    ),
)
aggregations = st.recursive(
    metrics | buckets,
    lambda inner: st.tuples(buckets, st.dictionaries(st.sampled_from("ab"), inner, max_size=2)).map(
        lambda both: {**both[0], "aggs": both[1]}
    ),
    max_leaves=4,
)
sorts = st.lists(
    st.tuples(
        st.sampled_from([*KEYWORDS, *NUMBERS, "user.is_brand", "urgency"]),
        st.sampled_from(["asc", "desc"]),
        st.sampled_from(["_first", "_last"]),
    ).map(lambda key: {key[0]: {"order": key[1], "missing": key[2]}}),
    max_size=2,
).map(lambda keys: [*keys, {"@timestamp": "asc"}])
searches = st.fixed_dictionaries(
    {"query": queries, "sort": sorts},
    optional={
        "size": st.integers(0, 5),
        "from": st.integers(0, 3),
        "_source": st.sampled_from([False, ["user.*", "brand"], {"excludes": ["sentiment", "raw"]}]),
        "track_total_hits": st.sampled_from([True, False, 3]),
        "aggs": st.dictionaries(st.sampled_from("xyz"), aggregations, max_size=3),
    },
)


def told(answer: Any) -> Any:
    """What an answer says, without how long it took and how well shards estimate; numbers to ten places."""
    if isinstance(answer, dict):
        silent = ("took", "_shards", "terminated_early", "num_reduce_phases", "doc_count_error_upper_bound")
        return {name: told(inner) for name, inner in answer.items() if name not in silent}
    if isinstance(answer, list):
        return [told(inner) for inner in answer]
    if isinstance(answer, float):
        return 0.0 if math.isclose(answer, 0, abs_tol=1e-9) else float(f"{answer:.10g}")
    return answer


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate))
@given(data=st.data())
def test_random_questions_get_one_answer(fresh_pair: Callable[[], tuple[Index, Index]], data: st.DataObject):
    stored = data.draw(mentions())
    embedded, elastic = fresh_pair()
    for index in (embedded, elastic):
        index.store(batch(*stored))
        index.refresh()
    for _ in range(12):
        body: Json = data.draw(searches)
        assert told(embedded.search(body)) == told(elastic.search(body)), body
