"""What every index promises of storing: the newest observation wins, nothing is doubled, what is gone stays gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubbub.core.facts import Facts
from hubbub.core.ports import ALL, Index, Json
from hubbub.core.records import DeadLetter, Identity, RecordKind
from hubbub.index.mapping import document
from tests.index.made import DAY, NOW, batch, said

LATER = timedelta(hours=1)
FIRST = Facts(ingested=NOW, dataset="forum")


def ids(index: Index, query: Json | None = None) -> list[str]:
    index.refresh()
    body = {"query": query or {"match_all": {}}, "sort": [{"@timestamp": "asc"}], "size": 1000}
    return [hit["_id"] for hit in index.search(body)["hits"]["hits"]]


def test_a_stored_mention_can_be_read_and_found(index: Index):
    stored = index.store(batch(said(1, "late again", likes=3)))
    assert (stored.new, stored.updated, stored.unchanged, stored.deleted, stored.refused) == (1, 0, 0, 0, [])
    found = index.get("forum:1")
    assert found == document(said(1, "late again", likes=3), FIRST)
    assert ids(index) == ["forum:1"]
    assert index.get("forum:2") is None


def test_the_same_batch_again_changes_nothing(index: Index):
    again = batch(said(1), said(2), cursor={"after": 2})
    index.store(again)
    before = index.get("forum:1")
    stored = index.store(again)
    assert (stored.new, stored.updated, stored.unchanged) == (0, 0, 2)
    assert index.get("forum:1") == before
    assert ids(index) == ["forum:1", "forum:2"]


def test_a_newer_observation_replaces_the_whole_document(index: Index):
    seen = NOW - DAY + LATER
    index.store(batch(said(1, "first", title="a title", likes=1)))
    stored = index.store(batch(said(1, "edited", likes=9, seen=seen)))
    assert (stored.new, stored.updated, stored.unchanged) == (0, 1, 0)
    assert index.get("forum:1") == document(said(1, "edited", likes=9, seen=seen), FIRST)
    assert ids(index, {"match": {"message": "first"}}) == ids(index, {"match": {"title": "title"}}) == []
    assert ids(index, {"match": {"message": "edited"}}) == ["forum:1"]


def test_a_stale_observation_changes_nothing(index: Index):
    index.store(batch(said(1, "new", seen=NOW)))
    stored = index.store(batch(said(1, "old", seen=NOW - LATER)))
    assert (stored.new, stored.updated, stored.unchanged) == (0, 0, 1)
    assert index.get("forum:1")["message"] == "new"


def test_an_observation_of_the_same_time_overwrites(index: Index):
    index.store(batch(said(1, "one reading", label="neutral")))
    stored = index.store(batch(said(1, "another reading", label="positive")))
    assert (stored.new, stored.updated, stored.unchanged) == (0, 1, 0)
    assert index.get("forum:1")["sentiment"]["label"] == "positive"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_a_mention_twice_in_a_batch_the_newest_wins(index: Index, order: tuple[int, int]):
    both = (said(1, "old", seen=NOW - LATER), said(1, "new", seen=NOW))
    stored = index.store(batch(*(both[place] for place in order)))
    assert stored.new == 1
    assert stored.updated + stored.unchanged == 1
    assert index.get("forum:1")["message"] == "new"
    assert ids(index) == ["forum:1"]


def test_twins_in_a_batch_are_one_and_the_rest_is_unchanged(index: Index):
    stored = index.store(batch(said(1), said(2), said(1), said(1)))
    assert (stored.new, stored.updated, stored.unchanged) == (2, 0, 2)


def test_facts_are_kept_over_rewrites(index: Index):
    index.store(batch(said(1)))
    facts = index.state.get(RecordKind.facts, "forum:1")
    index.state.put(RecordKind.facts, "forum:1", {**facts.body, "ingested": "2026-11-01T00:00:00.000Z"})
    index.store(batch(said(1, "edited", seen=NOW)))
    assert index.get("forum:1")["event"]["ingested"] == "2026-11-01T00:00:00.000Z"


def test_what_is_gone_is_deleted_and_does_not_return(index: Index):
    index.store(batch(said(1), said(2)))
    stored = index.store(batch(gone=[said(1).mention, said(9).mention]))
    assert stored.deleted == 1
    assert stored.gone_unknown == 1
    later = index.store(batch(said(1, seen=NOW + DAY), said(9)))
    assert (later.new, later.updated, later.unchanged) == (0, 0, 2)
    assert index.get("forum:1") is index.get("forum:9") is None
    assert ids(index) == ["forum:2"]
    assert index.state.get(RecordKind.tombstone, "forum:1") is not None
    assert index.state.get(RecordKind.facts, "forum:1") is None
    again = index.store(batch(gone=[said(1).mention, said(2).mention, said(2).mention]))
    assert (again.deleted, again.gone_unknown) == (1, 2)


def test_gone_wins_within_a_batch(index: Index):
    index.store(batch(said(1), gone=[said(1).mention]))
    assert index.get("forum:1") is None
    assert ids(index) == []


def test_dead_letters_of_a_batch_are_kept_whole(index: Index):
    raw = {"text": "half a character: \ud83d", "nested": {"list": [1, None, {"a.b": ""}]}, "": 1}
    letter = DeadLetter.of("forum", "normalise", "no time", raw, NOW)
    for _ in range(2):
        index.store(batch(dead=[letter]))
    (record,) = index.state.list(RecordKind.dead_letter, limit=ALL)
    assert record.key == letter.key
    assert DeadLetter.model_validate(record.body) == letter


# Dead letters of what is gone


def letter(
    native_id: str | None, source: str | None = "forum", *, text: str = "words", entry: str = "forum"
) -> DeadLetter:
    whose = Identity(source=source, native_id=native_id, author_id="77", author="ann")
    return DeadLetter.of(entry, "normalise", "no time", {"id": native_id, "from": source, "text": text}, NOW, whose)


def kept(index: Index) -> set[str]:
    return {record.key for record in index.state.list(RecordKind.dead_letter)}


def test_what_is_gone_takes_its_dead_letters_along(index: Index):
    its = [letter("1"), letter("1", text="older"), letter("1", entry="another"), letter("1", None)]
    others = [letter("2"), letter("1", "reddit"), letter(None), letter("11")]
    index.store(batch(said(1, name="ann"), dead=[*its, *others]))
    stored = index.store(batch(gone=[said(1).mention]))
    assert stored.deleted == 1
    assert kept(index) == {one.key for one in others}


def test_what_was_never_here_takes_its_dead_letters_along_too(index: Index):
    index.store(batch(dead=[letter("1"), letter("2")]))
    stored = index.store(batch(gone=[said(1).mention]))
    assert (stored.deleted, stored.gone_unknown) == (0, 1)
    assert kept(index) == {letter("2").key}


def test_no_dead_letter_of_what_is_gone_returns(index: Index):
    index.store(batch(gone=[said(1).mention], dead=[letter("1"), letter("2")]))
    assert kept(index) == {letter("2").key}
    index.store(batch(dead=[letter("1", text="once more"), letter("3")]))
    assert kept(index) == {letter("2").key, letter("3").key}


def test_letters_of_many_that_are_gone(index: Index):
    index.store(batch(dead=[letter(str(n), text=str(m)) for n in range(30) for m in range(40)]))
    index.store(batch(gone=[said(n).mention for n in range(29)]))
    assert kept(index) == {letter("29", text=str(m)).key for m in range(40)}


# Counts

Told = list[tuple[list[tuple[int, int, str]], list[int]]]
"""Batches of few mentions (number, minute seen, text) and of those that are gone, so that they meet again: as twins,
older, newer, deleted and returned."""

numbers = st.integers(1, 5)
mentions = st.tuples(numbers, st.integers(0, 2), st.sampled_from(["one", "another"]))
told = st.lists(st.tuples(st.lists(mentions, max_size=6), st.lists(numbers, max_size=3)), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=told)
def test_every_mention_of_a_batch_is_counted_once(index: Index, told: Told):
    example = uuid4()
    here: set[str] = set()
    buried: set[str] = set()
    for some, deleted in told:
        given = [said(f"{example}-{n}", text, seen=NOW + timedelta(minutes=late)) for n, late, text in some]
        gone = [said(f"{example}-{n}").mention for n in deleted]
        stored = index.store(batch(*given, gone=gone))
        assert stored.deleted == len(here & {mention.id for mention in gone})
        assert stored.deleted + stored.gone_unknown == len(gone)
        buried |= {mention.id for mention in gone}
        here -= buried
        living = {enriched.mention.id for enriched in given} - buried
        assert stored.new == len(living - here)
        assert stored.new + stored.updated + stored.unchanged + len(stored.refused) == len(given)
        here |= living
    assert set(ids(index, {"bool": {"filter": {"ids": {"values": sorted(here | buried)}}}})) == here


HOSTILE = [
    "",
    "\x00 \x07 \x1b[31m \u202e backwards",
    "'; DROP TABLE mention; -- \" ' \\",
    'NEAR("a" "b") AND OR NOT * ^ : { } message_th : x',
    "<script>alert(1)</script> <!channel> &amp;",
    "𝕊𝕥𝕪𝕝𝕖𝕕 👩‍👩‍👧‍👦 e\u0301\u0327 \ufeff\u200b",
    "a" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(index: Index, text: str):
    enriched = said(
        1, text, title=text[:1000] or None, name=text[:1000] or None, raw={"text": text, text[:100]: [text]}
    )
    assert index.store(batch(enriched, said(2))).refused == []
    found = index.get("forum:1")
    assert found == document(enriched, FIRST)
    assert ids(index) == ["forum:1", "forum:2"]
    for query in ("match", "match_phrase"):
        assert set(ids(index, {query: {"message": text[:5000]}})) <= {"forum:1"}
    assert set(ids(index, {"term": {"user.name": text[:1000]}})) <= {"forum:1"}


@pytest.mark.parametrize("native_id", ["ก" * 168, "a b/c?d#e%", "'\"\n\\"], ids=["long", "signs", "quotes"])
def test_any_id(index: Index, native_id: str):
    enriched = said(native_id)
    index.store(batch(enriched))
    assert index.get(enriched.mention.id)["message"] == enriched.mention.text
    assert ids(index, {"ids": {"values": [enriched.mention.id]}}) == [enriched.mention.id]
    index.store(batch(gone=[enriched.mention]))
    assert index.get(enriched.mention.id) is None
    assert index.store(batch(enriched)).new == 0


def test_half_characters_in_what_the_source_sent_do_not_stop_the_batch(index: Index):
    assert index.store(batch(said(1, raw={"text": "\ud83d half", "\udc00": 1}))).refused == []
    assert index.get("forum:1")["raw"] == {"text": "\ufffd half", "\ufffd": 1}


def test_long_values_are_kept_but_not_found(index: Index):
    index.store(batch(said(1, name="n" * 1025), said(2, name="n" * 1024), said(3, name="😀" * 513)))
    assert ids(index, {"exists": {"field": "user.name"}}) == ["forum:2"]
    assert index.get("forum:1")["user"]["name"] == "n" * 1025


def test_many_threads_store_at_once(index: Index):
    def store(part: int) -> int:
        return index.store(batch(*(said(n, at=NOW - n * timedelta(minutes=1)) for n in range(part, part + 20)))).new

    with ThreadPoolExecutor(4) as threads:
        new = sum(threads.map(store, [0, 10, 20, 30]))
    assert new == 50
    assert sorted(ids(index)) == sorted(f"forum:{n}" for n in range(50))
