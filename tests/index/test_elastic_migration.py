"""What the first release left in Elasticsearch is kept, in today's form, and what it deleted is gone for good.

The 20 mentions in `data/first-release.elastic.jsonl` were stored by the entry `forum` on 2026-11-20 12:00 UTC by the
first release; `forum:gone` was deleted, and quoted by two alerts and a dead letter. Its first line holds the mappings.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from elastic_transport import Transport
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from hubbub.core.facts import Facts
from hubbub.core.records import AlertRecord, RecordKind
from hubbub.index.elastic.index import ElasticIndex
from tests.elasticsearch_node import empty
from tests.index.made import NOW, batch, said
from tests.index.migrated import assert_records_whole

LEFT = Path(__file__).parent / "data" / "first-release.elastic.jsonl"
DELETED = ("zanzibarquartz", "forgottenauthor")


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it, and no request follows."""


@pytest.fixture(params=["elasticsearch_8", "elasticsearch_9"])
def url(request: pytest.FixtureRequest) -> str:
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def client(url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(url, request_timeout=60) as client:
        yield client


def load(client: Elasticsearch) -> None:
    empty(client)
    mappings, *documents = map(json.loads, LEFT.read_text("utf-8").splitlines())
    for month in sorted({line["_index"] for line in documents} - {"hubbub-state"}):
        client.indices.create(index=month, mappings=mappings["mentions"], aliases={"mentions": {}})
        put(client, month)
    load_state(client)


def load_state(client: Elasticsearch) -> None:
    mappings, *_ = map(json.loads, LEFT.read_text("utf-8").splitlines())
    client.options(ignore_status=404).indices.delete(index="hubbub-state")
    client.indices.create(index="hubbub-state", mappings=mappings["state"])
    put(client, "hubbub-state")


def put(client: Elasticsearch, index: str) -> None:
    _, *documents = map(json.loads, LEFT.read_text("utf-8").splitlines())
    lines = [line for line in documents if line["_index"] == index]
    bulk(client, ({**line, "version": line.pop("_version"), "version_type": "external"} for line in lines))


def opened(url: str) -> ElasticIndex:
    index = ElasticIndex(url, clock=lambda: NOW)
    index.prepare()
    return index


def assert_whole(index: ElasticIndex) -> None:
    """Everything that was there is, in today's form."""
    index.refresh()
    assert index.search({"size": 0})["hits"]["total"]["value"] == 20
    found = index.search({"query": {"match": {"message.th": "พัสดุ"}}, "sort": [{"@timestamp": "desc"}]})["hits"]["hits"]
    assert [hit["_id"] for hit in found] == ["forum:2", "forum:6", "forum:10", "forum:14", "forum:18"]
    assert index.get("forum:1")["event"]["ingested"] == "2026-11-20T12:00:00.000Z"
    assert index.get("forum:gone") is None
    state = index.state
    assert state.get(RecordKind.cursor, "forum").body == {"records": 21}
    assert_records_whole(state)
    assert len(state.list(RecordKind.run, since=datetime(2026, 11, 20, 8, 30, tzinfo=UTC))) == 2
    waiting, sent = state.list(RecordKind.alert)
    assert sent.written == datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
    alert = AlertRecord.model_validate(sent.body)
    assert (alert.key, alert.state, alert.receipts) == ("acme-1", "sent", {"slack": {"channel": "C1", "ts": "1.2"}})
    assert (alert.findings[0].observed, alert.findings[0].total, alert.findings[0].expected) == (57, 64, 3)
    assert alert.mentions == ("forum:1", "forum:gone")
    assert [found.rule for found in AlertRecord.model_validate(waiting.body).findings] == ["negative_surge", "other"]


def everything(client: Elasticsearch) -> dict[str, Any]:
    client.indices.refresh(index="hubbub-state,mentions")
    hits = client.search(index="hubbub-state,mentions", size=1000, version=True)["hits"]["hits"]
    return {hit["_id"]: (hit["_version"], hit["_source"]) for hit in hits}


def assert_no_word_of_what_was_deleted(client: Elasticsearch) -> None:
    kept = everything(client)
    assert not [name for name in kept if name.startswith("claim:")]
    assert not [word for word in DELETED if word in json.dumps(kept, ensure_ascii=False)]


def test_nothing_is_lost_and_what_was_deleted_is_gone(url: str, client: Elasticsearch) -> None:
    load(client)
    assert all(word in json.dumps(everything(client), ensure_ascii=False) for word in DELETED)
    index = opened(url)
    assert_whole(index)
    assert_no_word_of_what_was_deleted(client)
    before = everything(client)
    index.prepare()
    assert everything(client) == before


def test_what_is_stored_later_goes_on_from_what_was_there(url: str, client: Elasticsearch) -> None:
    load(client)
    index = opened(url)
    before = index.get("forum:2")
    stored = index.store(batch(said(2, "parcel 2 came at last", seen=NOW), said("gone"), said("new")))
    assert (stored.new, stored.updated, stored.unchanged) == (1, 1, 1)
    after = index.get("forum:2")
    assert after["event"] == {**before["event"], "observed": "2026-11-20T12:00:00.000Z", "dataset": "forum"}
    assert index.amend(["forum:3"], Facts(spam=True)) == 1
    assert index.get("forum:3") == {**index.get("forum:3"), "spam": True}
    index.store(batch(gone=[said(77).mention]))
    assert index.state.count(RecordKind.dead_letter) == 3


def test_killed_between_any_two_requests_the_next_opening_completes_it(
    elasticsearch_8: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, left, migrating = Transport.perform_request, 0, False

    def dying(self: Transport, method: str, target: str, **more: Any) -> Any:
        nonlocal left, migrating
        migrating = migrating or "format" in target
        left -= migrating
        if migrating and left == 0:
            raise Killed
        return whole(self, method, target, **more)

    with Elasticsearch(elasticsearch_8, request_timeout=60) as client:
        load(client)
        for kill in count(1):
            load_state(client)
            left, migrating = kill, False
            monkeypatch.setattr(Transport, "perform_request", dying)
            try:
                opened(elasticsearch_8)
            except Killed:
                monkeypatch.undo()
            else:
                assert kill > 10
                break
            assert_whole(opened(elasticsearch_8))
            assert_no_word_of_what_was_deleted(client)


def test_those_who_open_it_at_once_migrate_it_together(url: str, client: Elasticsearch) -> None:
    load(client)
    with ThreadPoolExecutor(4) as threads:
        indices = list(threads.map(lambda _: opened(url), range(4)))
    assert_whole(indices[0])
    assert_no_word_of_what_was_deleted(client)
