"""What mentions are told of their conversations, whoever stores them, in whatever order, and whenever it is killed."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.conversations.thread import threads
from hubbub.core.errors import Retryable
from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.ports import ALL, Batch, Index, Json
from hubbub.core.records import RecordKind
from hubbub.core.settings import Settings
from hubbub.flows.notes import ABANDONED
from hubbub.flows.parts import Parts
from hubbub.flows.telling import Touched, telling
from hubbub.flows.threads import all_threads, rebuild
from hubbub.index.mapping import amended
from tests.index.made import NOW, said

CONFIG = "brands: [{name: Acme, handles: ['@acme'], automatic_replies: ['we are on it']}]\n"


def parts_in(folder: Path, index: Any = None) -> Parts:
    config = folder / "hubbub.yaml"
    if not config.exists():
        config.write_text(CONFIG)
    parts = Parts(Settings(home=folder / "home", config=config), clock=lambda: NOW)
    if index is not None:
        parts.__dict__["index"] = index
    return parts


@contextmanager
def opened(folder: Path) -> Iterator[Parts]:
    parts = parts_in(folder)
    try:
        yield parts
    finally:
        parts.index.close()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with opened(tmp_path) as parts:
        yield parts


def post(name: str, by: str, minute: int, *, seen: int = 0, **more: Any) -> Enriched:
    at = NOW + timedelta(minutes=minute)
    return said(name, name=by, at=at, seen=at + timedelta(minutes=1 + seen), **more)


def collected(parts: Parts, *batches: Sequence[Enriched], gone: Sequence[Enriched] = ()) -> None:
    with telling(parts) as touched:
        for batch in batches:
            touched.store(Batch("forum", batch))
        if gone:
            touched.store(Batch("forum", gone=[each.mention for each in gone]))


def documents(index: Index) -> dict[str, Json]:
    hits = index.search({"size": 10_000, "query": {"match_all": {}}})["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def wrong(parts: Parts) -> dict[str, Facts]:
    """Those that were told something else than one pass over everything that is there would tell them."""
    there = documents(parts.index)
    listening = parts.listening
    posts = (parts.posts.read(name, document) for name, document in there.items())
    found = threads(posts, listening.service_levels, listening.timezone)
    each = {
        name: facts for thread in found for name, facts in thread.told(listening.timezone, listening.urgency).items()
    }
    told = {name: Facts.model_validate(facts) for name, facts in each.items()}
    assert told.keys() == there.keys()
    return {name: facts for name, facts in told.items() if amended(there[name], facts) != there[name]}


def test_a_reply_that_comes_later_is_told_to_the_post(parts: Parts) -> None:
    collected(parts, [post("1", "ann", 0, conversation_id="1")])
    before = parts.index.get("forum:1")
    assert before
    assert before["conversation"]["open"] is True
    assert before["conversation"]["due_at"] == "2026-11-20T12:30:00.000Z"
    assert before["posted"] == {"hour": 12}
    collected(parts, [post("2", "acme", 7, conversation_id="1", parent_id="1")])
    after = parts.index.get("forum:1")
    assert after
    assert after["conversation"] == {
        "id": "forum:1",
        "answered_at": "2026-11-20T12:07:00.000Z",
        "answered_by": "forum:2",
        "response_seconds": 420,
        "opened_at": "2026-11-20T12:00:00.000Z",
        "due_at": "2026-11-20T12:30:00.000Z",
        "in_time": True,
        "warn_at": "2026-11-20T12:20:00.000Z",
        "open": False,
        "contacts": 1,
        "last_by": "brand",
        "waited_seconds": 420,
    }
    assert after["outcome"] == "resolved"
    assert parts.index.state.count(RecordKind.touched) == 0


def test_an_answer_that_is_deleted_is_none(parts: Parts) -> None:
    reply = post("2", "acme", 7, conversation_id="1", parent_id="1")
    collected(parts, [post("1", "ann", 0, conversation_id="1"), reply])
    bare = reply.model_copy(update={"mention": reply.mention.model_copy(update={"conversation_id": None})})
    collected(parts, gone=[bare])
    found = parts.index.get("forum:1")
    assert found
    assert found["conversation"]["open"] is True
    assert "answered_at" not in found["conversation"]
    assert wrong(parts) == {}


def test_a_post_that_moves_to_another_conversation_leaves_the_first(parts: Parts) -> None:
    collected(parts, [post("1", "ann", 0, conversation_id="a"), post("2", "acme", 5, conversation_id="a")])
    collected(parts, [post("2", "acme", 5, conversation_id="b", seen=1)])
    assert wrong(parts) == {}
    assert [len(thread.posts) for thread in all_threads(parts)] == [1, 1]


def test_everything_is_rebuilt_as_it_was(parts: Parts) -> None:
    posts = [post(str(n), ("ann", "acme")[n % 2], n, conversation_id=str(n // 2 * 2)) for n in range(40)]
    collected(parts, posts)
    names = list(documents(parts.index))
    assert sum(told for _, told in rebuild(parts)) == 0
    parts.index.amend(names, Facts(open=True, answered_at=None, due_at=NOW, posted_hour=3))
    assert len(wrong(parts)) == 40
    assert sum(told for _, told in rebuild(parts)) == 40
    assert wrong(parts) == {}


def test_pages_of_one_moment_are_read_to_the_end(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.index.pages.PAGE", 7)
    collected(parts, [post(str(n), "ann", n // 25, conversation_id=str(n % 9)) for n in range(60)])
    assert sorted(post.id for thread in all_threads(parts) for post in thread.posts) == sorted(documents(parts.index))
    assert len(list(all_threads(parts))) == 9
    assert wrong(parts) == {}


NAMES = st.sampled_from("abcdef")
POSTS = st.builds(
    lambda name, by, minute, seen, within, parent, text, label: post(
        name, by, minute, seen=seen, conversation_id=within, parent_id=parent, text=text, label=label
    ),
    NAMES,
    st.sampled_from(["ann", "bob", "acme"]),
    st.integers(0, 4),
    st.integers(0, 3),
    st.none() | st.sampled_from("ab"),
    st.none() | NAMES,
    st.sampled_from(["it is late", "we are on it", "please send a DM"]),
    st.sampled_from(["negative", "positive"]),
)
STEPS = st.lists(st.tuples(st.lists(POSTS, max_size=4), st.lists(POSTS, max_size=1)), max_size=6)


@given(STEPS)
@settings(max_examples=60)
def test_increments_tell_what_one_pass_tells(steps: list[tuple[list[Enriched], list[Enriched]]]) -> None:
    """Any order of arrival, duplicates, edits and deletions."""
    with TemporaryDirectory() as folder, opened(Path(folder)) as parts:
        for batch, gone in steps:
            collected(parts, batch, gone=gone)
            assert wrong(parts) == {}
        assert parts.index.state.count(RecordKind.touched) == 0


class Between:
    """An index at which something else happens just before facts are written for the first time."""

    def __init__(self, index: Index, meanwhile: Any) -> None:
        self._index = index
        self._meanwhile = [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def amend(self, ids: Sequence[str], facts: Sequence[Facts]) -> int:
        if self._meanwhile:
            self._meanwhile.pop()()
        return self._index.amend(ids, facts)


@given(st.lists(POSTS, min_size=1, max_size=4), st.lists(POSTS, min_size=1, max_size=4), st.booleans())
@settings(max_examples=40)
def test_of_two_writers_the_last_has_seen_both(mine: list[Enriched], theirs: list[Enriched], tells: bool) -> None:
    """The other stores, and may tell, between our looking and our telling."""
    with TemporaryDirectory() as folder, opened(Path(folder)) as other:
        touched = Touched(other)

        def meanwhile() -> None:
            touched.store(Batch("forum", theirs))
            if tells:
                touched.tell()

        collected(parts_in(Path(folder), Between(other.index, meanwhile)), mine)
        touched.tell()
        assert wrong(other) == {}


class Failing:
    """An index that goes away when facts are written."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def amend(self, ids: Sequence[str], facts: Sequence[Facts]) -> int:
        raise Retryable("away")


def test_what_could_not_be_told_is_told_by_the_next_run(parts: Parts, tmp_path: Path) -> None:
    failing = parts_in(tmp_path, Failing(parts.index))
    with pytest.raises(Retryable):
        collected(failing, [post("1", "ann", 0)])
    assert len(wrong(parts)) == 1
    collected(parts)
    assert wrong(parts) == {}


def test_the_note_of_a_run_that_may_still_be_at_it_stays(parts: Parts) -> None:
    theirs = Touched(parts)
    theirs.store(Batch("forum", [post("1", "ann", 0)]))
    collected(parts)
    assert wrong(parts) == {}
    assert parts.index.state.count(RecordKind.touched) == 1
    parts.clock = lambda: NOW + ABANDONED
    collected(parts)
    assert parts.index.state.list(RecordKind.touched, limit=ALL) == []


BATCHES, SIZE, KILLS = 60, 10, 12

CHILD = """
import sys
from pathlib import Path
from tests.flows.test_threads import go_on
go_on(Path(sys.argv[1]))
"""


def said_aloud(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def go_on(folder: Path) -> None:
    """Collects from the cursor on, as a run does, and says so before each batch and before it tells."""
    with opened(folder) as parts, telling(parts) as touched:
        kept = parts.index.state.get(RecordKind.cursor, "forum")
        for number in range(kept.body["done"] if kept else 0, BATCHES):
            said_aloud(str(number))
            chance = random.Random(number)
            posts = [
                post(str(n), chance.choice(["ann", "acme"]), n, conversation_id=str(chance.randrange(30)))
                for n in range(number * SIZE, (number + 1) * SIZE)
            ]
            touched.store(Batch("forum", posts, cursor={"done": number + 1}))
            if number % 3 == 2:
                touched.tell()
                said_aloud("told")


def test_sigkill_anywhere_leaves_nothing_untold(tmp_path: Path) -> None:
    chance = random.Random(12)
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", CHILD, tmp_path], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            for _ in range(chance.randint(1, 8)):
                child.stdout.readline()
            for _ in range(chance.randint(0, 100_000)):
                pass  # somewhere within what follows
            child.kill()
        assert child.returncode in (-signal.SIGKILL, 0)
        with opened(tmp_path) as parts:
            collected(parts)
            assert wrong(parts) == {}
    go_on(tmp_path)
    with opened(tmp_path) as parts:
        assert len(documents(parts.index)) == BATCHES * SIZE
        assert wrong(parts) == {}
