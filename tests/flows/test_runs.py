"""What is remembered of runs, and what dashboards and rules can count of them."""

from datetime import timedelta
from typing import Any

import pytest

from hubbub.core.errors import Fatal, HubbubError
from hubbub.core.ports import ALL
from hubbub.core.records import RecordKind, Run
from hubbub.flows.collect import collect
from tests.flows.conftest import NOW, PartsOf, Source, page, posts

HOUR = timedelta(hours=1)


def events(parts: PartsOf, action: str) -> list[dict[str, Any]]:
    body = {"query": {"term": {"event.action": action}}, "sort": [{"@timestamp": "asc"}], "size": 100}
    return [hit["_source"] for hit in parts.index.search(body, over="events")["hits"]["hits"]]


def run_after(parts: PartsOf, wait: timedelta, *, retried: bool = False) -> Run | HubbubError:
    parts.now += wait
    try:
        return collect(parts, parts.entry, retried=retried)
    except HubbubError as error:
        return error


def test_every_run_is_an_event(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 3), {"id": "x", "bad": "has no text"}), page(*posts(3, 5), at=2, missed=0)]
    run_after(parts, HOUR)
    source.pages = [Fatal("the key was refused")]
    parts.index.state.delete(RecordKind.cursor, "posts")
    run_after(parts, HOUR)
    good, failed = events(parts, "run")
    assert good["event"] == {
        "action": "run",
        "dataset": "posts",
        "outcome": "success",
        "start": "2026-11-20T13:00:00.000Z",
        "end": "2026-11-20T13:00:00.000Z",
    }
    assert good["run"] == {
        "fetched": 6,
        "new": 5,
        "updated": 0,
        "unchanged": 0,
        "dropped": 0,
        "deleted": 0,
        "gone_unknown": 0,
        "dead_lettered": 1,
        "missed": 0,
        "failures": 0,
    }
    assert (failed["event"]["outcome"], failed["event"]["reason"]) == ("failure", "the key was refused")
    assert failed["run"]["failures"] == 1
    assert "missed" not in failed["run"]


def test_failures_in_a_row_are_counted_and_a_retry_is_no_other_failure(parts: PartsOf, source: Source) -> None:
    source.pages = [Fatal("no")]
    counted = []
    for retried in (False, True, True, False, True):
        run_after(parts, HOUR, retried=retried)
        counted.append(events(parts, "run")[-1]["run"]["failures"])
    assert counted == [1, 1, 1, 2, 2]
    source.pages = [page(*posts(0, 1))]
    run_after(parts, HOUR)
    assert events(parts, "run")[-1]["run"]["failures"] == 0


def test_runs_that_fail_in_a_row_leave_one_gap_which_the_next_good_one_fills(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 1), at=None)]
    run_after(parts, HOUR)
    source.pages = [Fatal("no")]
    for _ in range(3):
        run_after(parts, HOUR)
    [gap] = events(parts, "gap")
    assert gap["event"] == {
        "action": "gap",
        "dataset": "posts",
        "outcome": "failure",
        "start": "2026-11-20T13:00:00.000Z",
        "end": "2026-11-20T16:00:00.000Z",
    }
    source.pages = [page(*posts(0, 2), at=None)]
    run_after(parts, HOUR)
    [gap] = events(parts, "gap")
    assert gap["event"]["outcome"] == "success"
    source.pages = [Fatal("no")]
    run_after(parts, HOUR)
    assert [gap["event"]["outcome"] for gap in events(parts, "gap")] == ["success", "failure"]


def test_what_a_run_missed_is_a_gap(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 1), at=None, missed=0)]
    run_after(parts, HOUR)
    source.pages = [page(*posts(1, 3), at=None, missed=7)]
    run_after(parts, HOUR)
    [gap] = events(parts, "gap")
    assert gap["run"]["missed"] == 7
    assert gap["event"]["start"] == "2026-11-20T13:00:00.000Z"


def test_reading_back_once_more_leaves_no_gap(parts: PartsOf, source: Source) -> None:
    source.pages = [Fatal("no")]
    with pytest.raises(Fatal):
        collect(parts, parts.entry, since=NOW - HOUR)
    assert len(events(parts, "run")) == 1
    assert events(parts, "gap") == []


def test_events_hold_nobodys_words(parts: PartsOf, source: Source) -> None:
    source.pages = [page({"id": "1", "text": "Kolibri secret words"}, {"id": "2", "bad": "no", "text": "more words"})]
    run_after(parts, HOUR)
    found = str(events(parts, "run")) + str(parts.index.state.list(RecordKind.run, limit=ALL))
    assert "words" not in found


def test_runs_are_kept_for_ninety_days(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 1), at=None)]
    for days in (0, 1, 60, 31):
        run_after(parts, timedelta(days=days))
    kept = [Run.model_validate(record.body) for record in parts.index.state.list(RecordKind.run, limit=ALL)]
    assert [(run.started - NOW).days for run in kept] == [92, 61]
    run_after(parts, timedelta(days=200))
    assert parts.index.state.count(RecordKind.run) == 1
