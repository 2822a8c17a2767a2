"""What every index promises of facts: in record and document together, over every later write, losing neither."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.ports import Index, Json
from hubbub.core.records import RecordKind
from hubbub.core.verdict import Label
from hubbub.index.mapping import document
from tests.index.made import DAY, NOW, batch, said

FIRST = Facts(ingested=NOW, dataset="forum")
MILLISECOND = timedelta(milliseconds=1)


def known(index: Index, name: str) -> Facts:
    return Facts.model_validate(index.state.get(RecordKind.facts, name).body)


def found(index: Index, query: Json) -> list[str]:
    index.refresh()
    return sorted(hit["_id"] for hit in index.search({"query": query})["hits"]["hits"])


ALL_FACTS = Facts(
    label=Label.positive,
    overridden_by="ann",
    answered_at=NOW,
    answered_by="forum:2",
    response_seconds=86_400,
    duplicate_of="forum:7",
    spam=True,
    urgency=0.25,
    outcome="settled",
    queue_state="snoozed",
    queue_team="tech",
    queue_until=NOW + DAY,
)


def test_the_first_store_notes_when_by_what_and_where(index: Index):
    index.store(batch(said(1, at=NOW - 90 * DAY)))
    assert known(index, "forum:1") == Facts(ingested=NOW, dataset="forum", index="mentions-2026.08")
    assert index.get("forum:1")["event"]["dataset"] == "forum"


def test_facts_are_in_the_record_and_in_the_document(index: Index):
    index.store(batch(said(1, likes=3), said(2)))
    assert index.amend(["forum:1"], ALL_FACTS) == 1
    assert known(index, "forum:1") == ALL_FACTS.amended(Facts(**FIRST.as_record(), index="mentions-2026.11"))
    assert index.get("forum:1") == document(said(1, likes=3), ALL_FACTS.amended(FIRST))
    assert index.get("forum:2") == document(said(2), FIRST)
    assert found(index, {"term": {"sentiment.label": "positive"}}) == ["forum:1"]
    assert found(index, {"term": {"sentiment.judged": "negative"}}) == ["forum:1"]
    assert found(index, {"term": {"spam": True}}) == ["forum:1"]
    assert found(index, {"range": {"urgency": {"gte": 0.25}}}) == ["forum:1"]
    assert found(index, {"range": {"conversation.answered_at": {"gte": "2026-11-20"}}}) == ["forum:1"]
    assert found(index, {"term": {"queue.state": "snoozed"}}) == ["forum:1"]
    assert found(index, {"term": {"queue.team": "tech"}}) == ["forum:1"]
    assert found(index, {"range": {"queue.until": {"gt": "2026-11-20T12:00:00Z"}}}) == ["forum:1"]


def test_only_what_is_set_changes(index: Index):
    index.store(batch(said(1)))
    index.amend(["forum:1"], Facts(spam=True, urgency=1))
    index.amend(["forum:1"], Facts(urgency=0.5))
    index.amend(["forum:1"], Facts(spam=None))
    assert index.get("forum:1") == document(said(1), FIRST.amended(Facts(urgency=0.5)))
    assert known(index, "forum:1").spam is None


def test_a_correction_taken_back_leaves_the_label_that_was_judged(index: Index):
    index.store(batch(said(1, label="neutral")))
    index.amend(["forum:1"], Facts(label=Label.negative, overridden_by="ann"))
    index.amend(["forum:1"], Facts(label=Label.positive, overridden_by="bob"))
    assert index.get("forum:1")["sentiment"]["judged"] == "neutral"
    index.amend(["forum:1"], Facts(label=None, overridden_by=None))
    assert index.get("forum:1") == document(said(1, label="neutral"), FIRST)


def test_full_text_stays_as_it_was(index: Index):
    index.store(batch(said(1, "Kolibri สวัสดีครับ is late", title="A title"), said(2)))
    for number in range(3):
        index.amend(["forum:1"], Facts(urgency=number / 4))
    for query in (
        {"match": {"message": "kolibri"}},
        {"match": {"message.th": "สวัสดี"}},
        {"match_phrase": {"message": "is late"}},
        {"match": {"title": "title"}},
        {"term": {"brand": "Acme"}},
    ):
        assert "forum:1" in found(index, query)
    index.store(batch(said(1, "changed", seen=NOW)))
    assert found(index, {"match": {"message": "kolibri"}}) == []
    assert found(index, {"match": {"message": "changed"}}) == ["forum:1"]


def test_every_later_store_has_the_facts(index: Index):
    index.store(batch(said(1, label="neutral")))
    index.amend(["forum:1"], ALL_FACTS)
    again = index.store(batch(said(1, label="neutral")))
    assert (again.updated, again.unchanged) == (0, 1)
    for newer in (said(1, "edited", seen=NOW), said(1, "judged anew", seen=NOW, label="positive")):
        assert index.store(batch(newer)).updated == 1
        assert index.get("forum:1") == document(newer, ALL_FACTS.amended(FIRST))
    index.amend(["forum:1"], Facts(label=None, overridden_by=None))
    assert index.get("forum:1")["sentiment"] == document(said(1, label="positive"), FIRST)["sentiment"]


def test_an_amended_mention_still_takes_the_same_observation_and_refuses_an_older_one(index: Index):
    index.store(batch(said(1, "one", seen=NOW)))
    for number in range(4):
        index.amend(["forum:1"], Facts(urgency=number / 4))
    assert index.store(batch(said(1, "older", seen=NOW - MILLISECOND))).unchanged == 1
    assert index.store(batch(said(1, "the same", seen=NOW))).updated == 1
    assert index.get("forum:1") == document(said(1, "the same", seen=NOW), FIRST.amended(Facts(urgency=0.75)))
    assert index.store(batch(said(1, "newer", seen=NOW + MILLISECOND))).updated == 1
    assert index.get("forum:1")["message"] == "newer"


def test_ids_that_are_not_here_are_left_out(index: Index):
    index.store(batch(said(1), said(2), said(3)))
    index.store(batch(gone=[said(2).mention]))
    assert index.amend(["forum:9", "forum:1", "forum:2", "forum:3"], Facts(spam=True)) == 2
    assert index.amend([], Facts(spam=True)) == 0
    assert index.state.get(RecordKind.facts, "forum:9") is index.state.get(RecordKind.facts, "forum:2") is None
    assert index.get("forum:2") is None
    assert found(index, {"term": {"spam": True}}) == ["forum:1", "forum:3"]


def test_facts_may_be_one_a_mention(index: Index):
    index.store(batch(said(1), said(2), said(3)))
    each = [Facts(outcome="a"), Facts(outcome="b"), Facts(spam=True)]
    assert index.amend(["forum:1", "forum:9", "forum:3"], each) == 2
    assert index.amend(["forum:2", "forum:2"], [Facts(outcome="c"), Facts(urgency=1)]) == 1
    assert known(index, "forum:1").outcome == "a"
    assert known(index, "forum:2").outcome == "c"
    assert index.get("forum:2")["urgency"] == 1
    assert known(index, "forum:3").outcome is None
    assert found(index, {"exists": {"field": "outcome"}}) == ["forum:1", "forum:2"]
    with pytest.raises(ValueError, match="shorter"):
        index.amend(["forum:1", "forum:2"], [Facts(spam=False)])


def test_more_than_one_request_holds(index: Index):
    index.store(batch(*(said(n) for n in range(1200))))
    names = [f"forum:{n}" for n in range(1200)]
    assert index.amend(names, [Facts(response_seconds=n) for n in range(1200)]) == 1200
    index.refresh()
    answer = index.search({"size": 0, "aggs": {"sum": {"sum": {"field": "conversation.response_seconds"}}}})
    assert answer["aggregations"]["sum"]["value"] == sum(range(1200))


def test_facts_of_the_first_release_get_what_they_lack_with_the_next_store(index: Index):
    index.store(batch(said(1)))
    old = {"ingested": "2026-11-01T00:00:00.000Z", "index": "mentions-2026.11", "of_a_newer_hubbub": [1]}
    index.state.put(RecordKind.facts, "forum:1", old)
    index.store(batch(said(1)))
    facts = known(index, "forum:1")
    assert (facts.dataset, facts.index, facts.ingested) == ("forum", "mentions-2026.11", NOW - timedelta(days=19.5))
    assert index.get("forum:1")["event"]["ingested"] == "2026-11-01T00:00:00.000Z"
    index.amend(["forum:1"], Facts(spam=True))
    assert index.state.get(RecordKind.facts, "forum:1").body["of_a_newer_hubbub"] == [1]


# Several writers

NAMES = [f"forum:{n}" for n in range(6)]
DELETED = "forum:5"
ROUNDS = 12


class Storing:
    """Stores random mentions of its own milliseconds, each newer than or as old as its last."""

    def __init__(self, index: Index, own: int, seed: int) -> None:
        self.index, self.own, self.chance = index, own, random.Random(seed)
        self.seen: dict[str, datetime] = {}
        self.last: dict[str, Enriched] = {}

    def __call__(self) -> None:
        for number in range(ROUNDS):
            mentions = [self._mention(name, number) for name in self.chance.sample(NAMES, 3)]
            self.index.store(batch(*mentions))
            self.last |= {one.mention.id: one for one in mentions}

    def _mention(self, name: str, number: int) -> Enriched:
        if self.chance.random() < 0.7:  # else the same observation, read in another way
            self.seen[name] = NOW + (2 * number + self.own) * MILLISECOND
        seen = self.seen.setdefault(name, NOW + self.own * MILLISECOND)
        label = self.chance.choice(["negative", "neutral", "positive"])
        return said(name.removeprefix("forum:"), f"text {number} of {self.own}", seen=seen, label=label)


class Amending:
    """Sets random values of one fact."""

    def __init__(self, index: Index, fact: str, values: list[Any], seed: int) -> None:
        self.index, self.fact, self.values, self.chance = index, fact, values, random.Random(seed)
        self.last: dict[str, Facts] = {}

    def __call__(self) -> None:
        for _ in range(ROUNDS):
            names = self.chance.sample(NAMES, 3)
            each = [Facts(**{self.fact: self.chance.choice(self.values)}) for _ in names]
            self.index.amend(names, each)
            self.last |= dict(zip(names, each, strict=True))


@pytest.mark.parametrize("seed", range(2))
def test_writers_at_the_same_time_lose_neither_mentions_nor_facts(open_again: Callable[[], Index], seed: int):
    index = open_again()
    first = {name: said(name.removeprefix("forum:"), seen=NOW - DAY) for name in NAMES}
    index.store(batch(*first.values()))
    storing = [Storing(open_again(), own, seed) for own in (0, 1)]
    amending = [
        Amending(open_again(), "urgency", [None, 0.25, 0.5, 0.75], seed),
        Amending(open_again(), "label", [None, *Label], seed),
    ]

    def delete() -> None:
        index.store(batch(gone=[first[DELETED].mention]))

    with ThreadPoolExecutor(5) as threads:
        for done in [threads.submit(work) for work in (*storing, *amending, delete)]:
            done.result()

    for name in NAMES:
        if name == DELETED:
            assert index.get(name) is index.state.get(RecordKind.facts, name) is None
            continue
        newest = max(
            (one.last.get(name, first[name]) for one in storing), key=lambda enriched: enriched.mention.observed_at
        )
        facts = FIRST
        for one in amending:
            facts = facts.amended(one.last.get(name, Facts()))
        assert index.get(name) == document(newest, facts)
        assert known(index, name) == facts.amended(Facts(index="mentions-2026.11"))
    assert found(index, {"match_all": {}}) == NAMES[:-1]
