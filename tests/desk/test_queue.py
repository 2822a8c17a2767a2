"""Who waits, and what people do about it, on both indexes."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hubbub.conversations.queue import Verb
from hubbub.core.errors import Misconfigured, Retryable
from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.ports import ALL, Batch, Json
from hubbub.core.records import RecordKind
from hubbub.core.settings import Settings
from hubbub.desk.queue import act, queue
from hubbub.flows.parts import Parts
from hubbub.flows.telling import Touched, telling
from hubbub.flows.threads import rebuild
from tests.desk.conftest import Watch
from tests.index.made import NOW, said


def post(name: str, by: str, minute: float, *, to: str | None = None, within: str = "c", **more: Any) -> Enriched:
    at = NOW + timedelta(minutes=minute)
    return said(name, name=by, at=at, seen=at, conversation_id=within, parent_id=to, **more)


def collect(parts: Parts, *posts: Enriched, gone: Sequence[Enriched] = ()) -> None:
    with telling(parts) as touched:
        touched.store(Batch("forum", posts, [each.mention for each in gone]))


def waiting(parts: Parts, **asked: Any) -> list[str]:
    return [entry.id for entry in queue(parts, **asked).entries]


def told(parts: Parts, name: str) -> Json | None:
    """What the index holds of the queue."""
    document = parts.index.get(name)
    assert document
    found: Json | None = document.get("queue")
    return found


ASKS = post("1", "ann", -20)


def test_an_entry_says_who_waits_since_when_and_why(parts: Parts) -> None:
    collect(parts, ASKS, post("2", "bob", -50, text="call 081 234 5678, still no parcel", score=-0.9, within="d"))
    first, second = (entry.line() for entry in queue(parts).entries)
    assert (first["id"], first["customer"], first["brand"], first["team"]) == ("forum:2", "bob", "Acme", None)
    assert (first["waited_seconds"], first["due_at"], first["late"]) == (3000, "2026-11-20T11:40:00.000Z", True)
    assert first["text"] == "call [number], still no parcel"
    assert first["reasons"] == ["very negative"]
    assert first["urgency_parts"]["wait"] == 1
    assert first["urgency"] == pytest.approx(0.15 * 1 + 0.15 * 0.9)
    assert (second["id"], second["late"], second["waited_seconds"]) == ("forum:1", False, 1200)
    assert second["urgency_parts"]["wait"] == pytest.approx(20 / 30, abs=1e-4)
    assert second["events"] == []


def test_it_shows_in_the_index_and_a_rebuild_tells_the_same(parts: Parts, clock: Watch) -> None:
    collect(parts, ASKS, post("2", "bob", -5, within="d", brands=("Lumo",)), post("3", "acme", 0, within="e"))
    assert told(parts, "forum:1") == {"state": "waiting"}
    assert told(parts, "forum:2") == {"state": "waiting", "team": "lumo"}
    assert told(parts, "forum:3") is None
    act(parts, "forum:2", Verb.assign, "Kim", team="paper")
    act(parts, "forum:1", Verb.take, "Kim")
    assert told(parts, "forum:2") == {"state": "waiting", "team": "paper"}
    assert told(parts, "forum:1") == {"state": "taken"}
    act(parts, "forum:1", Verb.snooze, "Kim", until=clock() + timedelta(hours=1))
    assert told(parts, "forum:1") == {"state": "snoozed", "until": "2026-11-20T13:00:00.000Z"}
    collect(parts, post("4", "acme", 1, to="1"))
    assert told(parts, "forum:1") == {"state": "answered"}
    collect(parts, gone=[post("4", "acme", 1, to="1")])
    assert told(parts, "forum:1") == {"state": "snoozed", "until": "2026-11-20T13:00:00.000Z"}
    assert sum(changed for _, changed in rebuild(parts)) == 0
    parts.index.amend(["forum:1", "forum:2"], Facts(queue_state=None, queue_team="x", queue_until=None))
    assert sum(changed for _, changed in rebuild(parts)) == 2
    assert told(parts, "forum:1") == {"state": "snoozed", "until": "2026-11-20T13:00:00.000Z"}


def test_an_index_of_an_older_hubbub_loses_nobody(parts: Parts) -> None:
    collect(parts, ASKS)
    parts.index.amend(["forum:1"], Facts(queue_state=None))
    assert waiting(parts) == ["forum:1"]
    act(parts, "forum:1", Verb.take, "Kim")
    assert told(parts, "forum:1") == {"state": "taken"}


def test_every_step_is_kept_with_who_when_and_why(parts: Parts, clock: Watch) -> None:
    collect(parts, ASKS)
    act(parts, "forum:1", Verb.take, "Kim")
    clock.go(5)
    act(parts, "forum:1", Verb.dismiss, "Kim", why="spam")
    assert waiting(parts) == []
    entry = act(parts, "forum:1", Verb.reopen, "Lee", why="no spam")
    assert [(each["what"], each["by"], each.get("why"), each["at"][11:16]) for each in entry.line()["events"]] == [
        ("take", "Kim", None, "12:00"),
        ("dismiss", "Kim", "spam", "12:05"),
        ("reopen", "Lee", "no spam", "12:05"),
    ]
    assert waiting(parts) == ["forum:1"]
    (record,) = parts.index.state.list(RecordKind.queue)
    assert "parcel" not in str(record.body)


def test_a_field_of_a_newer_hubbub_stays_in_the_log(parts: Parts) -> None:
    collect(parts, ASKS)
    act(parts, "forum:1", Verb.take, "Kim")
    (record,) = parts.index.state.list(RecordKind.queue)
    newer = {**record.body, "mood": "fine", "events": [{**record.body["events"][0], "colour": "red"}]}
    parts.index.state.put(RecordKind.queue, record.key, newer)
    act(parts, "forum:1", Verb.reopen, "Kim")
    (record,) = parts.index.state.list(RecordKind.queue)
    assert (record.body["mood"], record.body["events"][0]["colour"]) == ("fine", "red")


def test_a_customer_is_found_by_any_of_their_posts(parts: Parts) -> None:
    collect(parts, ASKS, post("2", "ann", -10))
    assert act(parts, "forum:2", Verb.take, "Kim").id == "forum:1"


def test_a_team_sees_its_own_and_hears_of_what_is_nobodys(parts: Parts) -> None:
    collect(parts, ASKS, post("2", "bob", -5, within="d", brands=("Lumo",)))
    found = queue(parts, team="lumo")
    assert ([entry.id for entry in found.entries], found.of_no_team) == (["forum:2"], 1)
    assert waiting(parts, team="paper") == []
    assert waiting(parts, brand="Acme") == ["forum:1"]


@pytest.mark.parametrize(
    ("name", "what", "more", "says"),
    [
        ("forum:9", Verb.take, {}, "no customer's post has the id 'forum:9'"),
        ("forum:2", Verb.take, {}, "no customer's post has the id 'forum:2'"),
        ("forum:1", Verb.assign, {"team": "papre"}, "routing names no team 'papre'; it has: lumo, paper"),
        ("forum:1", Verb.reopen, {}, "forum:1 waits already"),
    ],
)
def test_what_cannot_be_done_is_said(parts: Parts, name: str, what: Verb, more: Any, says: str) -> None:
    collect(parts, ASKS, post("2", "acme", -30))
    with pytest.raises(Misconfigured, match=says):
        act(parts, name, what, "Kim", **more)
    assert parts.index.state.list(RecordKind.touched, limit=ALL) == []


def test_what_is_deleted_at_the_source_leaves_the_queue_and_its_log(parts: Parts) -> None:
    collect(parts, ASKS)
    act(parts, "forum:1", Verb.take, "Kim")
    collect(parts, gone=[ASKS])
    assert waiting(parts) == []
    assert parts.index.state.count(RecordKind.queue) == 0


def test_the_log_goes_on_with_what_is_left_of_a_customer(parts: Parts) -> None:
    """Also while the deletion is stored and not told yet."""
    again = post("2", "ann", -10)
    collect(parts, ASKS, again)
    act(parts, "forum:1", Verb.take, "Kim")
    Touched(parts).store(Batch("forum", gone=[ASKS.mention]))
    with pytest.raises(Misconfigured, match="forum:2 is taken by Kim"):
        act(parts, "forum:2", Verb.take, "Lee")
    assert [record.key for record in parts.index.state.list(RecordKind.queue)] == ["forum:2"]
    assert told(parts, "forum:2") == {"state": "taken"}


def test_conversations_that_turn_out_to_be_one_have_one_log(parts: Parts) -> None:
    collect(parts, post("1", "ann", -20, within="c"), post("2", "ann", -10, within="d"))
    act(parts, "forum:1", Verb.dismiss, "Kim", why="a")
    act(parts, "forum:2", Verb.take, "Lee")
    collect(parts, post("3", "joe", -5, within="c", to="2"))
    entry = act(parts, "forum:1", Verb.take, "lee")
    assert [event.what for event in entry.log] == ["dismiss", "take"]
    assert [post.id for post in entry.holds.waits] == ["forum:2"]


class Failing:
    """An index that goes away when facts are written."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def amend(self, ids: Sequence[str], facts: Sequence[Facts]) -> int:
        raise Retryable("away")


def test_what_was_done_and_not_told_is_told_by_whoever_comes_next(parts: Parts) -> None:
    collect(parts, ASKS)
    act(parts, "forum:1", Verb.dismiss, "Kim", why="a")
    index = parts.index
    parts.__dict__["index"] = Failing(index)
    with pytest.raises(Retryable):
        act(parts, "forum:1", Verb.reopen, "Kim")
    parts.__dict__["index"] = index
    assert told(parts, "forum:1") == {"state": "dismissed"}
    assert waiting(parts) == ["forum:1"]
    assert told(parts, "forum:1") == {"state": "waiting"}


def taker(config: Path, home: Path, url: str, name: str) -> bool:
    """Whether this process gets the entry."""
    parts = Parts(Settings(home=home, config=config, index={"url": url}), lambda: NOW)
    try:
        act(parts, "forum:1", Verb.take, name)
    except Misconfigured as refused:
        assert "is taken by" in str(refused)
        return False
    finally:
        parts.index.close()
    return True


def test_of_processes_that_take_one_entry_one_gets_it(parts: Parts, settings: Settings) -> None:
    collect(parts, ASKS, post("2", "ann", -10))
    names = [f"person {n}" for n in range(4)]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        rows = [(settings.config, settings.home, settings.index.url, name) for name in names]
        got = pool.starmap(taker, rows)
    assert got.count(True) == 1
    (entry,) = queue(parts).entries
    assert entry.line()["taken_by"] == names[got.index(True)]
    assert len(entry.log) == 1


def test_of_threads_that_take_one_entry_one_gets_it(parts: Parts, settings: Settings) -> None:
    collect(parts, *(post(str(n), f"customer {n}", -n, within=str(n)) for n in range(1, 4)))
    names = [f"person {n}" for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        got = list(threads.map(lambda who: taker(settings.config, settings.home, settings.index.url, who), names))
    assert got.count(True) == 1
    assert sum(bool(entry.holds.taken) for entry in queue(parts).entries) == 1
