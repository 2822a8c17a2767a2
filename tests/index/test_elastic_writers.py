"""Two who write a mention in Elasticsearch, the second between any two requests of the first: neither is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from elastic_transport import Transport
from elasticsearch import Elasticsearch

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.records import DeadLetter, Identity, RecordKind
from hubbub.core.verdict import Label
from hubbub.index.elastic.index import ElasticIndex
from hubbub.index.mapping import document, version
from tests.elasticsearch_node import empty
from tests.index.made import DAY, NOW, batch, said

FIRST = Facts(ingested=NOW, dataset="forum", index="mentions-2026.11")
Act = Callable[[ElasticIndex, str], object]
numbers = map(str, count())
"""A mention of its own for every try."""


@pytest.fixture(scope="module")
def client(elasticsearch_8: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_8, request_timeout=60) as client:
        empty(client)
        yield client


@pytest.fixture(scope="module")
def index(elasticsearch_8: str, client: Elasticsearch) -> Iterator[ElasticIndex]:
    index = ElasticIndex(elasticsearch_8, clock=lambda: NOW)
    index.prepare()
    yield index
    index.close()


def first(number: str) -> Enriched:
    return said(number, "first", label="neutral")


def same(number: str) -> Enriched:
    return said(number, "the same observation, judged anew", label="negative")


def newer(number: str) -> Enriched:
    return said(number, "newer", seen=NOW, label="negative")


FACTS = {"urgent": Facts(urgency=0.5), "corrected": Facts(label=Label.positive, overridden_by="ann")}
ACTS: dict[str, Act] = {
    "same": lambda index, number: index.store(batch(same(number))),
    "newer": lambda index, number: index.store(batch(newer(number))),
    "deleted": lambda index, number: index.store(batch(gone=[first(number).mention])),
    "urgent": lambda index, number: index.amend([f"forum:{number}"], FACTS["urgent"]),
    "corrected": lambda index, number: index.amend([f"forum:{number}"], FACTS["corrected"]),
}


@contextmanager
def interrupted(before: int, act: Callable[[], object]) -> Iterator[Callable[[], bool]]:
    """Lets `act` happen before that request; yields whether it has."""
    sent, whole = 0, Transport.perform_request

    def perform(self: Transport, *args: Any, **more: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == before:
            act()
        return whole(self, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "perform_request", perform)
        yield lambda: sent >= before


def by_the_first_release(client: Elasticsearch, index: ElasticIndex, number: str) -> None:
    """Writes the first mention as it was written then: its version no more than the milliseconds."""
    enriched, name = first(number), f"forum:{number}"
    index.state.put(RecordKind.facts, name, {"ingested": "2026-11-20T12:00:00.000Z", "index": FIRST.index})
    client.index(
        index="mentions-2026.11",
        id=name,
        document=document(enriched, Facts(ingested=NOW)),
        version=version(enriched.mention.observed_at),
        version_type="external_gte",
    )


def assert_both(index: ElasticIndex, number: str, acts: tuple[str, str]) -> None:
    name = f"forum:{number}"
    if "deleted" in acts:
        assert index.get(name) is index.state.get(RecordKind.facts, name) is None
        return
    enriched = newer(number) if "newer" in acts else same(number) if "same" in acts else first(number)
    stored = {"newer", "same"} & set(acts)
    kept = Facts.model_validate(index.state.get(RecordKind.facts, name).body)
    facts = FIRST if stored else FIRST.amended(Facts(dataset=kept.dataset))  # noted down with the next store
    for act in acts:
        facts = facts.amended(FACTS.get(act, Facts()))
    assert kept == facts
    assert index.get(name) == document(enriched, facts)


PAIRS = [
    ("newer", "urgent"),
    ("same", "urgent"),
    ("urgent", "newer"),
    ("urgent", "same"),
    ("urgent", "corrected"),
    ("newer", "same"),
    ("same", "newer"),
    ("newer", "deleted"),
    ("urgent", "deleted"),
    ("deleted", "newer"),
    ("deleted", "urgent"),
]


@pytest.mark.parametrize("release", ["ours", "first"])
@pytest.mark.parametrize("acts", PAIRS, ids="-".join)
def test_the_second_between_any_requests_of_the_first(
    client: Elasticsearch, index: ElasticIndex, acts: tuple[str, str], release: str
):
    for before in count(1):
        number = next(numbers)
        if release == "ours":
            index.store(batch(first(number)))
        else:
            by_the_first_release(client, index, number)
        with interrupted(before, lambda number=number: ACTS[acts[1]](index, number)) as has_been:
            ACTS[acts[0]](index, number)
            if not has_been():
                assert before > 4
                return
        assert_both(index, number, acts)


@pytest.mark.parametrize("acts", [("first", "urgent"), ("first", "deleted"), ("first", "newer"), ("first", "first")])
def test_the_second_while_the_first_is_seen_for_the_first_time(index: ElasticIndex, acts: tuple[str, str]):
    seen: dict[str, Act] = {**ACTS, "first": lambda index, number: index.store(batch(first(number)))}
    for before in count(1):
        number = next(numbers)
        with interrupted(before, lambda number=number: seen[acts[1]](index, number)) as has_been:
            stored = seen[acts[0]](index, number)
            if not has_been():
                assert before > 4
                return
        name, facts = f"forum:{number}", index.state.get(RecordKind.facts, f"forum:{number}")
        assert stored.new + stored.unchanged + stored.updated == 1
        if acts[1] == "deleted":
            assert index.get(name) is None
        elif acts[1] == "newer":
            assert index.get(name) == document(newer(number), FIRST)
        else:  # what was amended depends on whether the mention was there
            assert index.get(name) == document(first(number), Facts.model_validate(facts.body))


def test_documents_of_the_first_release_take_the_same_and_newer_observations_and_refuse_older_ones(
    client: Elasticsearch, index: ElasticIndex
):
    one, two, three = (next(numbers) for _ in range(3))
    for number in (one, two, three):
        by_the_first_release(client, index, number)
    index.amend([f"forum:{one}", f"forum:{two}"], Facts(spam=True))
    index.amend([f"forum:{one}"], Facts(urgency=1))
    older = [said(number, "older", seen=NOW - 2 * DAY) for number in (one, two, three)]
    assert index.store(batch(*older)).unchanged == 3
    assert index.store(batch(same(one), newer(two), first(three))).updated == 3  # the third: its entry is noted down
    assert index.get(f"forum:{one}") == document(same(one), FIRST.amended(Facts(spam=True, urgency=1)))
    assert index.get(f"forum:{two}") == document(newer(two), FIRST.amended(Facts(spam=True)))
    assert index.get(f"forum:{three}") == document(first(three), FIRST)
    assert index.store(batch(*older)).unchanged == 3
    assert index.store(batch(same(one), newer(two), first(three))).unchanged == 3


@pytest.mark.parametrize("letter_first", [True, False])
def test_no_dead_letter_is_left_of_what_is_deleted_at_the_same_time(index: ElasticIndex, letter_first: bool):
    for before in count(1):
        number = next(numbers)
        whose = Identity(source="forum", native_id=number)
        letter = DeadLetter.of("forum", "normalise", "no time", {"id": number, "text": "words"}, NOW, whose)
        acts = [lambda letter=letter: index.store(batch(dead=[letter])), lambda n=number: ACTS["deleted"](index, n)]
        one, other = acts if letter_first else reversed(acts)
        with interrupted(before, other) as has_been:
            one()
            if not has_been():
                assert before > 2
                return
        assert index.state.get(RecordKind.dead_letter, letter.key) is None
