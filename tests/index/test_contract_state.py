"""What every index promises of state: records by kind and key, with versions and times."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from hubbub.core.facts import Facts
from hubbub.core.ports import ALL, Index, Json
from hubbub.core.records import AlertRecord, DeadLetter, Record, RecordKind, Run
from tests.index.made import NOW, batch

HOUR = timedelta(hours=1)


def body(index: Index, kind: RecordKind, key: str) -> Json | None:
    record = index.state.get(kind, key)
    return record and record.body


def test_records(index: Index):
    state = index.state
    assert state.get(RecordKind.run, "a") is None
    state.put(RecordKind.run, "a", {"n": 1, "text": "สวัสดี \x00 \ud83d"})
    assert body(index, RecordKind.run, "a") == {"n": 1, "text": "สวัสดี \x00 \ud83d"}
    state.put(RecordKind.run, "a", {"n": 2})
    state.put(RecordKind.alert, "a", {"n": 3})
    assert body(index, RecordKind.run, "a") == {"n": 2}
    state.delete(RecordKind.run, "a")
    state.delete(RecordKind.run, "a")
    assert state.get(RecordKind.run, "a") is None
    assert body(index, RecordKind.alert, "a") == {"n": 3}


def test_a_record_says_its_key_its_version_and_when_it_was_written(index: Index):
    index.state.put(RecordKind.run, "a", {"n": 1})
    record = index.state.get(RecordKind.run, "a")
    assert record == Record("a", {"n": 1}, record.version, NOW)
    assert index.state.list(RecordKind.run) == [record]
    index.state.put(RecordKind.run, "a", {"n": 1})
    assert index.state.get(RecordKind.run, "a").version != record.version


def test_records_are_listed_last_written_first(index: Index):
    for key in ("a", "b", "c", "a"):
        index.state.put(RecordKind.run, key, {"key": key})
    index.state.put(RecordKind.alert, "z", {})
    listed = [(record.key, record.body) for record in index.state.list(RecordKind.run)]
    assert listed == [("a", {"key": "a"}), ("c", {"key": "c"}), ("b", {"key": "b"})]
    assert [record.key for record in index.state.list(RecordKind.run, limit=2)] == ["a", "c"]
    assert index.state.list(RecordKind.run, limit=0) == []
    assert index.state.list(RecordKind.cursor) == []


@pytest.mark.parametrize("key", ["", "ก" * 1000, "a/b?c#d e\n", "'\"%"], ids=["empty", "long", "signs", "quotes"])
def test_any_key(index: Index, key: str):
    index.state.put(RecordKind.facts, key, {"n": 1})
    index.state.put(RecordKind.facts, key + "x", {"n": 2})
    assert body(index, RecordKind.facts, key) == {"n": 1}
    assert [(record.key, record.body["n"]) for record in index.state.list(RecordKind.facts)] == [
        (key + "x", 2),
        (key, 1),
    ]
    assert index.state.replace(RecordKind.facts, key, {"n": 3}, index.state.get(RecordKind.facts, key).version)
    index.state.delete(RecordKind.facts, key)
    assert [record.key for record in index.state.list(RecordKind.facts)] == [key + "x"]


def test_many_records_at_once(index: Index):
    names = [(RecordKind.queue, str(n)) for n in range(2300)] + [(RecordKind.facts, "1"), (RecordKind.run, "1")]
    assert index.state.get_many(names) == {}
    for kind, key in (names[0], names[2299], names[2300]):
        index.state.put(kind, key, {"of": [kind, key]})
    found = index.state.get_many(iter(names))
    assert found == {name: index.state.get(*name) for name in (names[0], names[2299], names[2300])}
    assert index.state.get_many([]) == {}


def test_of_many_who_create_a_record_one_succeeds(index: Index):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda n: index.state.create(RecordKind.alert, "a", {"by": n}), range(24)))
    assert made.count(True) == 1
    assert body(index, RecordKind.alert, "a") == {"by": made.index(True)}


def test_a_record_is_replaced_while_it_has_the_version_that_was_read(index: Index):
    state = index.state
    state.put(RecordKind.alert, "a", {"n": 1})
    read = state.get(RecordKind.alert, "a")
    assert state.replace(RecordKind.alert, "a", {"n": 2}, read.version)
    assert not state.replace(RecordKind.alert, "a", {"n": 3}, read.version)
    assert body(index, RecordKind.alert, "a") == {"n": 2}
    (listed,) = state.list(RecordKind.alert)
    assert state.replace(RecordKind.alert, "a", {"n": 4}, listed.version)
    assert not state.replace(RecordKind.run, "a", {"n": 5}, state.get(RecordKind.alert, "a").version)
    assert state.get(RecordKind.run, "a") is None


@pytest.mark.parametrize("again", [False, True], ids=["gone", "made-anew"])
def test_a_record_that_was_deleted_is_not_replaced(index: Index, again: bool):
    index.state.put(RecordKind.alert, "a", {"n": 1})
    version = index.state.get(RecordKind.alert, "a").version
    index.state.delete(RecordKind.alert, "a")
    if again:
        index.state.put(RecordKind.alert, "a", {"n": 1})
    assert not index.state.replace(RecordKind.alert, "a", {"n": 2}, version)
    assert body(index, RecordKind.alert, "a") == ({"n": 1} if again else None)


def test_many_who_count_by_replacing_lose_nothing(index: Index):
    index.state.put(RecordKind.alert, "count", {"n": 0})

    def one_more(_: int) -> None:
        replaced = False
        while not replaced:
            read = index.state.get(RecordKind.alert, "count")
            replaced = index.state.replace(RecordKind.alert, "count", {"n": read.body["n"] + 1}, read.version)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one_more, range(40)))
    assert body(index, RecordKind.alert, "count") == {"n": 40}


def test_records_are_counted_by_kind(index: Index):
    assert index.state.count(RecordKind.run) == 0
    for key in ("a", "b", "c", "b"):
        index.state.put(RecordKind.run, key, {})
    index.state.put(RecordKind.alert, "a", {})
    index.state.delete(RecordKind.run, "c")
    assert index.state.count(RecordKind.run) == 2


def test_more_records_than_a_page_are_listed_whole(index: Index):
    dead = [DeadLetter.of("forum", "normalise", "no time", {"n": n}, NOW) for n in range(2300)]
    for start in range(0, len(dead), 1000):
        index.store(batch(dead=dead[start : start + 1000]))
    assert {record.key for record in index.state.list(RecordKind.dead_letter, limit=ALL)} == {one.key for one in dead}
    assert len(index.state.list(RecordKind.dead_letter)) == 1000
    assert len(index.state.list(RecordKind.dead_letter, limit=1001)) == 1001
    assert index.state.count(RecordKind.dead_letter) == 2300


# Times


def test_records_of_a_time_and_later_are_listed(at_times: Callable[[datetime], Index]):
    for hours, key in ((0, "a"), (1, "b"), (2, "c")):
        index = at_times(NOW + hours * HOUR)
        index.state.put(RecordKind.run, key, {})
    index.state.put(RecordKind.alert, "z", {})
    state = index.state
    assert [record.key for record in state.list(RecordKind.run, since=NOW + HOUR)] == ["c", "b"]
    assert [record.key for record in state.list(RecordKind.run, since=NOW + HOUR, limit=1)] == ["c"]
    assert state.list(RecordKind.run, since=NOW + 3 * HOUR) == []
    assert [record.written for record in state.list(RecordKind.run)] == [NOW + n * HOUR for n in (2, 1, 0)]
    at_times(NOW + 4 * HOUR).state.put(RecordKind.run, "a", {})
    assert [record.key for record in state.list(RecordKind.run, since=NOW + HOUR)] == ["a", "c", "b"]


def test_records_from_before_a_time_expire(at_times: Callable[[datetime], Index]):
    for hours, key in ((0, "a"), (1, "b"), (2, "c"), (3, "a")):
        at_times(NOW + hours * HOUR).state.put(RecordKind.run, key, {})
    index = at_times(NOW)
    index.state.put(RecordKind.alert, "old", {})
    index.state.expire(RecordKind.run, NOW + 2 * HOUR)
    assert [record.key for record in index.state.list(RecordKind.run)] == ["a", "c"]
    assert index.state.count(RecordKind.alert) == 1
    index.state.expire(RecordKind.run, NOW + 4 * HOUR)
    assert index.state.count(RecordKind.run) == 0
    assert index.state.get(RecordKind.run, "a") is None


def test_a_time_is_kept_to_the_millisecond(at_times: Callable[[datetime], Index]):
    moment = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)
    index = at_times(moment)
    index.state.put(RecordKind.run, "a", {})
    assert index.state.get(RecordKind.run, "a").written == moment
    assert len(index.state.list(RecordKind.run, since=moment)) == 1
    assert index.state.list(RecordKind.run, since=moment + timedelta(milliseconds=1)) == []


# What a newer Hubbub wrote

RECORDS: list[tuple[RecordKind, type[BaseModel], Json]] = [
    (RecordKind.facts, Facts, {"ingested": "2026-11-20T12:00:00Z", "index": "mentions-2026.11"}),
    (RecordKind.run, Run, {"entry": "forum", "started": "2026-11-20T12:00:00Z", "missed": None}),
    (
        RecordKind.dead_letter,
        DeadLetter,
        {"key": "k", "entry": "forum", "stage": "index", "reason": "no", "at": "2026-11-20T12:00:00Z", "raw": {"a": 1}},
    ),
    (
        RecordKind.alert,
        AlertRecord,
        {
            "key": "k",
            "findings": [
                {
                    "rule": "surge",
                    "kind": "negative_surge",
                    "subject": {"kind": "brand", "name": "Acme"},
                    "start": "2026-11-20T11:00:00Z",
                    "end": "2026-11-20T12:00:00Z",
                    "observed": 9,
                    "of_a_newer_hubbub": {"deep": [1, None]},
                }
            ],
            "state": "sent",
            "since": "2026-11-20T12:00:00Z",
            "until": "2026-11-20T12:00:00Z",
        },
    ),
]
values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
unknown = st.dictionaries(st.from_regex(r"newer_[a-z]{1,8}", fullmatch=True), values, min_size=1, max_size=3)


@pytest.mark.parametrize(("kind", "model", "known"), RECORDS, ids=[str(kind) for kind, _, _ in RECORDS])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(unknown=unknown)
def test_what_a_newer_hubbub_wrote_survives_a_read_and_a_write(
    index: Index, kind: RecordKind, model: type[BaseModel], known: Json, unknown: Json
):
    unknown = {name: value for name, value in unknown.items() if value is not None}
    index.state.put(kind, "k", {**known, **unknown})
    read = index.state.get(kind, "k")
    parsed = model.model_validate(read.body)
    again = parsed.as_record() if isinstance(parsed, Facts) else parsed.model_dump(mode="json")
    assert index.state.replace(kind, "k", again, read.version)
    kept = body(index, kind, "k")
    assert {name: kept[name] for name in unknown} == unknown
    if kind is RecordKind.alert:
        assert kept["findings"][0]["of_a_newer_hubbub"] == {"deep": [1, None]}
