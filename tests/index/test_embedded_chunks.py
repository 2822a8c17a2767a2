"""More mentions than one chunk of the embedded index holds: what crosses its edges is counted as everything else."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.ports import Json
from hubbub.index.embedded.chunk import SIZE
from hubbub.index.embedded.index import EmbeddedIndex
from tests.index.made import NOW, batch, said

COUNT = 2 * SIZE + 500
MINUTE = timedelta(minutes=1)
GONE = (0, SIZE - 2, SIZE - 1, SIZE, 2 * SIZE - 1, COUNT - 1)  # places begin with 1
EDITED = (5, SIZE + 5, 2 * SIZE + 5)


def made(number: int, **more: object) -> Enriched:
    return said(
        number,
        f"parcel {number}",
        at=NOW - number * MINUTE,
        likes=None if number % 3 == 0 else number,
        score=number % 7 / 10,
        label=("negative", "neutral", "positive")[number % 3],
        name=f"writer{number % 5000}",
        brands=("Acme", "Beta") if number % 10 == 0 else ("Acme",),
        **{"channel": str(number // SIZE)} | more,
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path_factory.mktemp("chunks"), clock=lambda: NOW)
    mentions = [made(number) for number in range(COUNT)]
    for start in range(0, COUNT, 1000):
        index.store(batch(*mentions[start : start + 1000]))
    index.store(batch(*(made(number, channel="edited", seen=NOW) for number in EDITED)))
    index.amend([f"forum:{number}" for number in range(0, COUNT, 1000)], Facts(outcome="settled"))
    index.store(batch(gone=[mentions[number].mention for number in GONE]))
    yield index
    index.close()


HERE = [number for number in range(COUNT) if number not in GONE]


def asked(index: EmbeddedIndex, query: Json, **aggregation: object) -> tuple[int, Json]:
    body = {"query": query, "size": 0, "track_total_hits": True, "aggs": {"a": aggregation}}
    answer = index.search(body)
    return answer["hits"]["total"]["value"], answer["aggregations"]["a"]


def test_terms_of_few_and_of_many_values(index: EmbeddedIndex):
    total, labels = asked(index, {"match_all": {}}, terms={"field": "sentiment.label"})
    assert total == len(HERE)
    expected = Counter(("negative", "neutral", "positive")[number % 3] for number in HERE)
    assert {bucket["key"]: bucket["doc_count"] for bucket in labels["buckets"]} == expected
    _, names = asked(index, {"match_all": {}}, terms={"field": "user.name", "size": 4})
    writers = Counter(f"writer{number % 5000}" for number in HERE)
    first = sorted(writers, key=lambda name: (-writers[name], name))[:4]
    assert [(bucket["key"], bucket["doc_count"]) for bucket in names["buckets"]] == [(name, 2) for name in first]
    assert names["sum_other_doc_count"] == len(HERE) - 8
    _, last = asked(index, {"match_all": {}}, terms={"field": "user.name", "size": 2, "order": {"_key": "desc"}})
    assert [bucket["key"] for bucket in last["buckets"]] == sorted(writers, reverse=True)[:2]
    assert asked(index, {"match_all": {}}, cardinality={"field": "user.name"})[1] == {"value": len(writers)}


def test_a_name_of_two_chunks_is_one(index: EmbeddedIndex):
    found = index.search({"query": {"term": {"user.name": "writer7"}}, "sort": [{"@timestamp": "asc"}]})["hits"]
    assert [hit["_id"] for hit in found["hits"]] == ["forum:5007", "forum:7"]


@pytest.mark.parametrize(
    ("newest", "oldest"), [(0, 10), (SIZE - 5, SIZE + 5), (10, COUNT), (2 * SIZE + 1, 2 * SIZE + 2)]
)
def test_a_span_of_time(index: EmbeddedIndex, newest: int, oldest: int):
    span = {"gte": (NOW - oldest * MINUTE).isoformat(), "lte": (NOW - newest * MINUTE).isoformat()}
    query: Json = {"bool": {"filter": [{"term": {"brand": "Beta"}}, {"range": {"@timestamp": span}}]}}
    within = [number for number in HERE if newest <= number <= oldest and number % 10 == 0]
    total, likes = asked(index, query, sum={"field": "engagement.likes"})
    assert total == len(within)
    assert likes == {"value": sum(number for number in within if number % 3)}
    hits = index.search({"query": query, "size": 3, "sort": [{"@timestamp": "desc"}]})["hits"]["hits"]
    assert [hit["_id"] for hit in hits] == [f"forum:{number}" for number in within[:3]]


def test_numbers_within_buckets(index: EmbeddedIndex):
    _, channels = asked(
        index,
        {"match_all": {}},
        terms={"field": "channel"},
        aggs={
            "likes": {"percentiles": {"field": "engagement.likes", "percents": [0, 100]}},
            "score": {"max": {"field": "sentiment.score"}},
            "newest": {"top_hits": {"size": 1, "sort": [{"engagement.likes": "desc"}], "_source": False}},
        },
    )
    own = {bucket["key"]: bucket for bucket in channels["buckets"]}
    assert own["edited"]["doc_count"] == len(EDITED)
    for part in range(3):
        numbers = [number for number in HERE if number // SIZE == part and number not in EDITED]
        liked = [number for number in numbers if number % 3]
        bucket = own[str(part)]
        assert bucket["doc_count"] == len(numbers)
        assert bucket["likes"]["values"] == {"0.0": min(liked), "100.0": max(liked)}
        assert bucket["score"]["value"] == pytest.approx(0.6)
        assert [hit["_id"] for hit in bucket["newest"]["hits"]["hits"]] == [f"forum:{max(liked)}"]


def test_edits_facts_and_words_are_where_they_belong(index: EmbeddedIndex):
    def found(query: Json) -> list[int]:
        hits = index.search({"query": query, "size": 100, "sort": ["_doc"], "_source": False})["hits"]["hits"]
        return [int(hit["_id"].removeprefix("forum:")) for hit in hits]

    assert found({"term": {"channel": "edited"}}) == list(EDITED)
    assert found({"term": {"outcome": "settled"}}) == list(range(1000, COUNT, 1000))
    for number in (1, SIZE - 3, SIZE + 1, COUNT - 2):
        assert found({"match": {"message": str(number)}}) == [number]
        assert found({"ids": {"values": [f"forum:{number}"]}}) == [number]
    assert [found({"match": {"message": str(number)}}) for number in GONE] == [[]] * len(GONE)


def test_the_smallest_and_the_largest_numbers_side_by_side(tmp_path: Path):
    index = EmbeddedIndex(tmp_path, clock=lambda: NOW)
    likes = [-(2**63), 2**63 - 1, 0, None, -1]
    index.store(batch(*(said(number, likes=value) for number, value in enumerate(likes))))
    hits = index.search({"sort": ["engagement.likes"]})["hits"]["hits"]
    assert [hit["sort"][0] for hit in hits] == [-(2**63), -1, 0, 2**63 - 1, 2**63 - 1]
    assert [hit["_id"] for hit in hits][-1] == "forum:3"
    for value in likes:
        if value is not None:
            query = {"term": {"engagement.likes": value}}
            assert index.search({"query": query})["hits"]["total"]["value"] == 1
    index.close()
