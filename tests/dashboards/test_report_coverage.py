"""What the report cannot show is said: silent platforms, sources that fail, posts that were missed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.clock import Clock
from hubbub.core.ports import Index
from hubbub.core.records import RecordKind, Run
from hubbub.core.settings import Listening, Settings
from hubbub.flows.parts import Parts
from hubbub.flows.publish import report
from hubbub.index.embedded.index import EmbeddedIndex
from tests.dashboards.page import Page, reported
from tests.dashboards.seeds import NOW, SILENT, seeds

HOUR = timedelta(hours=1)


def _run(entry: str, before: timedelta, **told: Any) -> Run:
    return Run(entry=entry, started=NOW - before, finished=NOW - before, **told)


def _page(index: Index, folder: Path, runs: list[Run]) -> Page:
    return reported(index, [], folder, runs=runs)


def test_a_silent_platform_is_said(embedded_index: Index, tmp_path: Path) -> None:
    page = _page(embedded_index, tmp_path, [])
    newest = max(each.mention.posted_at for each in seeds() if each.mention.source == SILENT)
    said = f"Platform {SILENT} : no data since {newest.day} {newest:%b %Y, %H:%M} UTC (40 days ago)"
    assert said in page.words
    assert {row[0]: row[1] for row in page.rows("coverage")}[SILENT] == "no data"


def test_a_run_that_ended_early_is_said_with_its_reason(embedded_index: Index, tmp_path: Path) -> None:
    page = _page(embedded_index, tmp_path, [_run("x-search", HOUR, fetched=5, new=5, error="x: over its quota")])
    assert "Source x-search : its last run ended early on 22 Nov 2026, 10:40 UTC: x: over its quota" in page.words
    assert "in a row" not in page.words


def test_runs_that_ended_early_in_a_row_are_counted(embedded_index: Index, tmp_path: Path) -> None:
    runs = [_run("x-search", n * HOUR, error="x: refuses us (402)", failures=4 - n) for n in (1, 2, 3)]
    page = _page(embedded_index, tmp_path, runs)
    assert "Source x-search : its last 3 runs ended early, the newest on 22 Nov 2026, 10:40 UTC" in page.words
    assert page.rows("coverage")[-1][-1] == "22 Nov 2026, 10:403 in a row ended early"


def test_a_source_that_is_well_again_is_no_gap(embedded_index: Index, tmp_path: Path) -> None:
    runs = [_run("x-search", 2 * HOUR, error="x: refuses us (402)", failures=2), _run("x-search", HOUR, missed=0)]
    assert "ended early" not in _page(embedded_index, tmp_path, runs).words


@pytest.mark.parametrize(
    ("missed", "cell", "said"),
    [
        ([0, 7], "7", "Source x-search : 7 posts there could not be read"),
        ([7, None], "7 or more", "Source x-search : at least 7 posts there could not be read"),
        ([0, None], "not known", ""),
        ([0, 0], "0", ""),
    ],
)
def test_what_was_missed(embedded_index: Index, tmp_path: Path, missed: list[int | None], cell: str, said: str) -> None:
    """A failed run cannot tell; what the others told is not forgotten over it."""
    page = _page(embedded_index, tmp_path, [_run("x-search", HOUR, missed=count) for count in missed])
    assert page.rows("coverage")[-1][8] == cell
    assert said in page.words
    assert bool(said) == ("could not be read" in page.words)


def test_what_was_fetched_adds_up(embedded_index: Index, tmp_path: Path) -> None:
    parts = {"new": 5, "updated": 4, "unchanged": 30, "dropped": 20, "deleted": 3, "gone_unknown": 2}
    runs = [_run("x-search", n * HOUR, fetched=65, dead_lettered=1, **parts) for n in (1, 2)]
    page = _page(embedded_index, tmp_path, runs)
    *_, head, row = page.rows("coverage")
    assert dict(zip(head[2:8], row[2:8], strict=True)) == {
        "Fetched": "130",
        "New": "10",
        "Known before": "68",
        "Not about the brands": "40",
        "Deleted there": "10",
        "Set aside": "2",
    }
    fetched, *others = (int(cell) for cell in row[2:8])
    assert fetched == sum(others)


def test_brands_that_the_watch_list_lacks_are_counted(embedded_index: Index, tmp_path: Path) -> None:
    again = _run("survey", 3 * HOUR, brand_unknown=14, since=NOW - timedelta(days=7))  # the same records once more
    runs = [*(_run("survey", n * HOUR, brand_unknown=14) for n in (1, 2)), again]
    page = _page(embedded_index, tmp_path, runs)
    assert "Source survey : 28 records named brands that the watch list did not have" in page.words


class Watched(Parts):
    """Parts on an index that is given, without a file of settings."""

    def __init__(self, index: Index, listening: Listening, clock: Clock) -> None:
        super().__init__(Settings(), clock)
        self.index, self.listening = index, listening


def test_a_period_reads_the_runs_of_the_period_alone(tmp_path: Path) -> None:
    """Runs before the period are neither shown nor read."""
    clock = [NOW - timedelta(days=30)]
    index = EmbeddedIndex(tmp_path / "home", clock=lambda: clock[0])
    index.prepare()
    for entry in ("old", "new"):
        index.state.put(RecordKind.run, entry, Run(entry=entry, started=clock[0]).model_dump(mode="json"))
        clock[0] = NOW
    read: list[int] = []
    listing = index.state.list

    def watched(*args: Any, **told: Any) -> Any:
        found = listing(*args, **told)
        read.append(len(found))
        return found

    index.state.list = watched
    parts = Watched(
        index, Listening.model_validate({"brands": [{"name": "Lumo"}], "timezone": "Asia/Bangkok"}), lambda: NOW
    )
    for days, entries in ((14, ["new"]), (None, ["new", "old"])):
        report(parts, tmp_path / "r.html", days)
        page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
        assert [row[0] for row in page.rows("coverage")[1:]] == entries
        assert read.pop() == len(entries)
        assert "all times are Asia/Bangkok (UTC+7)" in page.words
    index.close()
