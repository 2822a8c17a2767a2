"""What only Elasticsearch has: templates, months behind one alias, external versions, answers for single documents."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from elasticsearch import BadRequestError, ConflictError, Elasticsearch

from hubbub.core.facts import Facts
from hubbub.core.mention import Engagement
from hubbub.core.moments import iso
from hubbub.core.ports import Batch
from hubbub.core.records import RecordKind
from hubbub.index.elastic.index import ElasticIndex
from hubbub.index.elastic.setup import mention_mappings
from hubbub.index.mapping import version
from tests.elasticsearch_node import empty
from tests.index.elastic_posts import post

MONTH = "mentions-2026.09"


@pytest.fixture
def client(elasticsearch_8: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_8, request_timeout=60) as client:
        empty(client)
        yield client


@pytest.fixture
def index(elasticsearch_8: str, client: Elasticsearch) -> Iterator[ElasticIndex]:
    index = ElasticIndex(elasticsearch_8)
    yield index
    index.close()


def test_a_search_before_anything_is_there_finds_nothing(index: ElasticIndex) -> None:
    index.refresh()
    answer = index.search({"size": 0, "aggs": {"brands": {"terms": {"field": "brand"}}}})
    assert answer["hits"]["total"]["value"] == 0
    assert answer["aggregations"]["brands"]["buckets"] == []


def test_a_mention_lies_in_the_month_of_its_post_under_a_strict_mapping(
    client: Elasticsearch, index: ElasticIndex
) -> None:
    index.prepare()
    index.store(Batch("posts", [post(1), post(2, posted_at=datetime(2020, 1, 31, 23, 59, tzinfo=UTC))]))
    assert client.exists(index=MONTH, id="forum:1")
    assert client.exists(index="mentions-2020.01", id="forum:2")
    assert {MONTH, "mentions-2020.01"} <= set(client.indices.get_alias(name="mentions"))
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        client.index(index=MONTH, document={"surprise": 1})


def test_months_from_before_get_new_fields(client: Elasticsearch, index: ElasticIndex) -> None:
    old = mention_mappings(thai=True)
    del old["properties"]["conversation"], old["properties"]["language"]
    client.indices.create(index=MONTH, mappings=old, aliases={"mentions": {}})
    index.prepare()
    stored = index.store(Batch("posts", [post(1, conversation_id="9")]))
    assert (stored.new, stored.refused) == (1, [])


def test_a_server_without_the_thai_analyzer_takes_the_standard_mapping(client: Elasticsearch) -> None:
    plain = mention_mappings(thai=False)
    assert "thai" not in str(plain)
    client.indices.create(index=MONTH, mappings=plain)
    assert client.indices.get_mapping(index=MONTH)[MONTH]["mappings"]["properties"].keys() == plain["properties"].keys()


def test_a_write_on_its_way_cannot_bring_back_what_was_deleted(client: Elasticsearch, index: ElasticIndex) -> None:
    index.prepare()
    mention = post(1)
    index.store(Batch("posts", [mention]))
    assert index.store(Batch("posts", gone=[mention.mention])).deleted == 1
    later = version(post(1, seen=600).mention.observed_at)
    with pytest.raises(ConflictError):
        client.index(index=MONTH, id="forum:1", document={}, version=later, version_type="external_gte")


def test_one_bad_document_goes_to_the_dead_letters_and_the_rest_is_stored(
    client: Elasticsearch, index: ElasticIndex
) -> None:
    index.prepare()
    narrow = {"engagement": {"properties": {"likes": {"type": "byte"}}}}
    client.indices.create(index=MONTH, mappings={"properties": narrow})
    stored = index.store(
        Batch("posts", [post(1), post(2, engagement=Engagement(likes=1000)), post(3)], cursor={"at": 3})
    )
    assert stored.new == 2
    (kept,) = index.state.list(RecordKind.dead_letter)
    letter = kept.body
    assert [refused.key for refused in stored.refused] == [kept.key]
    assert (letter["source"], letter["native_id"], letter["author"]) == ("forum", "2", None)
    assert letter["raw"] == {"id": "2"}
    assert "likes" in letter["reason"]
    assert "is late" not in letter["reason"]
    assert index.state.get(RecordKind.cursor, "posts").body == {"at": 3}


def test_two_processes_that_store_the_same_posts_agree_when_they_were_first_seen(
    elasticsearch_8: str, client: Elasticsearch, index: ElasticIndex
) -> None:
    index.prepare()
    batch = Batch("posts", [post(n) for n in range(300)])
    others = [
        ElasticIndex(elasticsearch_8, clock=lambda hour=hour: datetime(2026, 9, 2, hour, tzinfo=UTC)) for hour in (1, 2)
    ]
    with ThreadPoolExecutor() as pool:
        counts = list(pool.map(lambda other: other.store(batch), others))
    assert sum(stored.new for stored in counts) == 300
    index.refresh()
    for hit in client.search(index="mentions", size=300)["hits"]["hits"]:
        facts = index.state.get(RecordKind.facts, hit["_id"])
        assert facts is not None
        assert hit["_source"]["event"]["ingested"] == iso(Facts.model_validate(facts.body).ingested)
