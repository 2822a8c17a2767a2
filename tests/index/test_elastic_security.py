"""The role in docs/elasticsearch.md is enough and the smallest, and a wrong or weak key is told in one line."""

import json
import re
import traceback
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.errors import Fatal, HubbubError, Misconfigured
from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.ports import Batch
from hubbub.core.records import RecordKind
from hubbub.index.elastic.index import ElasticIndex
from tests.elasticsearch_node import Node, empty
from tests.index.elastic_posts import POSTED, post

Role = dict[str, Any]
PAGE = Path(__file__).parents[2] / "docs" / "elasticsearch.md"
(DOCUMENTED,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.S))


def each_one_less() -> Iterator[Any]:
    """The documented role without one privilege, for each of them."""
    for privilege in DOCUMENTED["cluster"]:
        role = deepcopy(DOCUMENTED)
        role["cluster"].remove(privilege)
        yield pytest.param(role, id=f"cluster-{privilege}")
    for place, entry in enumerate(DOCUMENTED["indices"]):
        for privilege in entry["privileges"]:
            role = deepcopy(DOCUMENTED)
            role["indices"][place]["privileges"].remove(privilege)
            yield pytest.param(role, id=f"{entry['names'][0]}-{privilege}")


@pytest.fixture
def key_with(secured_elasticsearch: Node) -> Iterator[Callable[[Role], str]]:
    """Makes an API key with a role, on a server without anything of Hubbub's."""
    with secured_elasticsearch.client() as client:
        empty(client)

        def make(role: Role) -> str:
            if any(not entry["privileges"] for entry in role.get("indices", [])):
                role = {**role, "indices": [entry for entry in role["indices"] if entry["privileges"]]}
            return str(client.security.create_api_key(name="test", role_descriptors={"hubbub": role})["encoded"])

        yield make


def go_the_whole_way(index: ElasticIndex) -> None:
    index.prepare()
    old = index.store(Batch("posts", [post(1), post(2), post(3)], cursor={"at": 1}))
    assert (old.new, old.refused) == (3, [])
    newer = Batch("posts", [post(1, "Kolibri is here", seen=5)], gone=[post(2).mention], cursor={"at": 2})
    changed = index.store(newer)
    assert (changed.updated, changed.deleted) == (1, 1)
    assert index.amend(["forum:1"], Facts(spam=True)) == 1
    index.record([Event("run-1", "run", POSTED, {"run.new": 3})])
    index.refresh()
    assert index.search({"size": 0}, over="events")["hits"]["total"]["value"] == 1
    assert {hit["_id"] for hit in index.search({"query": {"match_all": {}}})["hits"]["hits"]} == {"forum:1", "forum:3"}
    found = index.get("forum:1")
    assert found is not None
    assert (found["message"], found["spam"]) == ("Kolibri is here", True)
    assert index.state.create(RecordKind.alert, "a", {"n": 1})
    assert not index.state.create(RecordKind.alert, "a", {"n": 2})
    index.state.put(RecordKind.run, "r", {"n": 3})
    (run,) = index.state.list(RecordKind.run)
    assert index.state.replace(RecordKind.run, "r", {"n": 4}, run.version)
    assert index.state.count(RecordKind.run) == 1
    index.state.expire(RecordKind.run, run.written)
    index.state.delete(RecordKind.run, "r")
    assert index.state.get(RecordKind.run, "r") is None
    index.prepare()


def test_the_documented_role_is_enough(secured_elasticsearch: Node, key_with: Callable[[Role], str]) -> None:
    go_the_whole_way(ElasticIndex(secured_elasticsearch.url, key_with(DOCUMENTED)))


@pytest.mark.parametrize("role", list(each_one_less()))
def test_without_any_one_privilege_it_fails_and_says_which(
    secured_elasticsearch: Node, key_with: Callable[[Role], str], role: Role
) -> None:
    key = key_with(role)
    with pytest.raises(Fatal) as caught:
        go_the_whole_way(ElasticIndex(secured_elasticsearch.url, key))
    assert "too weak: action [" in str(caught.value)
    assert "granted by the" in str(caught.value)
    assert_one_line_without(key, caught.value)


@pytest.mark.parametrize("key", ["bm90OmFrZXk=", "not-even-base64", None])
def test_a_wrong_key(secured_elasticsearch: Node, key: str | None) -> None:
    with pytest.raises(Fatal, match="HUBBUB_INDEX__API_KEY") as caught:
        ElasticIndex(secured_elasticsearch.url, key).prepare()
    assert_one_line_without(key or "admin", caught.value)


def test_a_password_in_the_address_works_and_stays_secret(secured_elasticsearch: Node) -> None:
    address = secured_elasticsearch.url.removeprefix("http://")
    right, wrong = "hubbub-test", "not-this-one"
    ElasticIndex(f"http://admin:{right}@{address}").prepare()
    with pytest.raises(Fatal) as caught:
        ElasticIndex(f"http://admin:{wrong}@{address}").prepare()
    assert_one_line_without(wrong, caught.value)


@pytest.mark.parametrize("key", ["two\nlines", "two words", "ключ", "nul\0"])
def test_what_cannot_be_a_key(key: str) -> None:
    with pytest.raises(Misconfigured, match="HUBBUB_INDEX__API_KEY") as caught:
        ElasticIndex("http://127.0.0.1:9200", key)
    assert_one_line_without(key, caught.value)


def assert_one_line_without(secret: str, error: HubbubError) -> None:
    assert "\n" not in str(error)
    assert secret not in "".join(traceback.format_exception(error))
