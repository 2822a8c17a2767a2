"""A source that reads nothing usable says so, leaves few letters, and is read whole once its settings are right."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.errors import Fatal
from hubbub.core.ports import ALL
from hubbub.core.records import RecordKind, Run
from hubbub.core.settings import Settings
from hubbub.flows.collect import collect
from hubbub.flows.dead_letters import letters
from hubbub.flows.parts import Parts
from tests.command import assert_one_clear_line, hubbub, write_config
from tests.flows.conftest import PartsOf, Source, page, posts

MANY = 1_300  # records: three pages of a file


def write_reviews(path: Path, right: Callable[[int], bool] = lambda n: False) -> None:
    """Reviews whose time is in the column `when`; those that are right have it in `posted_at` as well."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(MANY):
            record = {"native_id": str(n), "text": f"Kolibri order {n}", "when": "2026-11-01"}
            file.write(json.dumps({**record, "posted_at": "2026-11-01"} if right(n) else record) + "\n")


@contextmanager
def opened(folder: Path, **options: str) -> Iterator[Parts]:
    parts = Parts(Settings(home=folder / "home", config=write_config(folder, **options)))
    yield parts
    parts.index.close()


def last_run(parts: Parts) -> Run:
    record = parts.index.state.get(RecordKind.last_run, "posts")
    assert record is not None
    return Run.model_validate(record.body)


def ids(parts: Parts) -> int:
    total: int = parts.index.search({"size": 0, "track_total_hits": True})["hits"]["total"]["value"]
    return total


def test_a_wrong_column_fails_the_run_and_after_the_fix_everything_is_read(tmp_path: Path) -> None:
    write_reviews(tmp_path / "posts.ndjson")
    with opened(tmp_path) as parts:
        for _ in range(2):
            with pytest.raises(Fatal, match=r"1,300 of 1,300 records cannot be used.*has no time"):
                collect(parts, parts.entries()[0])
        assert parts.index.state.count(RecordKind.dead_letter) == 100
        run = last_run(parts)
        assert (run.fetched, run.dead_lettered, run.not_kept, run.failures) == (MANY, MANY, MANY - 100, 2)

    with opened(tmp_path, columns="{posted_at: when}") as parts:
        run = collect(parts, parts.entries()[0])
        assert (run.fetched, run.new, run.retired, run.failures) == (MANY, MANY, 100, 0)
        assert ids(parts) == MANY
        assert parts.index.state.count(RecordKind.dead_letter) == 0


def test_few_that_are_all_wrong_are_read_again_too(tmp_path: Path) -> None:
    with (tmp_path / "posts.ndjson").open("w") as file:
        file.writelines(json.dumps({"text": f"Kolibri {n}", "when": "2026-11-01"}) + "\n" for n in range(20))
    with opened(tmp_path) as parts, pytest.raises(Fatal, match="20 of 20"):
        collect(parts, parts.entries()[0])
    with opened(tmp_path, columns="{posted_at: when}") as parts:
        assert collect(parts, parts.entries()[0]).new == 20


def test_what_is_good_in_it_is_stored(tmp_path: Path) -> None:
    write_reviews(tmp_path / "posts.ndjson", right=lambda n: n % 2 == 0)
    with opened(tmp_path) as parts:
        with pytest.raises(Fatal, match="650 of 1,300"):
            collect(parts, parts.entries()[0])
        assert ids(parts) == MANY / 2


@pytest.mark.parametrize(("bad", "good"), [(19, 0), (9, 11), (649, 651)])
def test_below_half_or_below_twenty_the_run_ends_well(parts: PartsOf, source: Source, bad: int, good: int) -> None:
    source.pages = [page(*posts(0, bad, bad="has no text")), page(*posts(bad, bad + good), at=2)]
    run = collect(parts, parts.entry)
    assert (run.fetched, run.dead_lettered, run.new) == (bad + good, bad, good)
    cursor = parts.index.state.get(RecordKind.cursor, "posts")
    assert cursor is not None and cursor.body == {"page": 2}


@pytest.mark.parametrize(("bad", "good"), [(20, 0), (10, 10), (650, 650)])
def test_from_half_on_it_fails_and_the_cursor_stays(parts: PartsOf, source: Source, bad: int, good: int) -> None:
    source.pages = [page(*posts(0, bad, bad="has no text")), page(*posts(bad, bad + good), at=2)]
    with pytest.raises(Fatal, match=f"{bad} of {bad + good:,} .*normalise: has no text"):
        collect(parts, parts.entry)
    assert parts.index.state.get(RecordKind.cursor, "posts") is None


def test_a_source_that_turns_bad_later_is_read_again_from_where_letters_were_left_out(
    parts: PartsOf, source: Source
) -> None:
    bad = [{"id": f"bad{n}", "bad": f"is dated {n}"} for n in range(900)]
    source.pages = [page(*posts(0, 300)), page(*bad[:90], at=2), page(*bad[90:], at=3), page({"id": "z"}, at=4)]
    with pytest.raises(Fatal, match=r"900 of 1,201.*is dated #"):
        collect(parts, parts.entry)
    cursor = parts.index.state.get(RecordKind.cursor, "posts")
    assert cursor is not None and cursor.body == {"page": 2}
    assert parts.index.get("forum:z") is not None

    mended = [{"id": record["id"]} for record in bad]
    source.pages = [*source.pages[:2], page(*mended[90:], at=3), page({"id": "z"}, at=4)]
    run = collect(parts, parts.entry)
    assert (run.fetched, run.new, run.unchanged) == (811, 810, 1)


def test_each_cause_leaves_letters_of_its_own(parts: PartsOf, source: Source) -> None:
    other = [{"id": f"o{n}", "bad": f"has no id '{n}'"} for n in range(150)]
    source.pages = [page(*posts(0, 500, bad="has no text"), *other, *posts(1000, 2000))]
    run = collect(parts, parts.entry)
    kept = letters(parts.index.state)
    assert [sum(reason in letter.reason for letter in kept) for reason in ("has no text", "has no id")] == [100, 100]
    assert (run.dead_lettered, run.not_kept) == (650, 450)


def test_a_run_that_is_killed_before_it_knows_moves_no_cursor_past_what_it_did_not_keep(
    parts: PartsOf, source: Source
) -> None:
    source.pages = [page(*posts(0, 400, bad="has no text")), page(*posts(400, 900), at=2)]

    def die(run: Run) -> None:
        if run.fetched > 400:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(parts, parts.entry, die)
    assert parts.index.state.get(RecordKind.cursor, "posts") is None


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    write_reviews(tmp_path / "posts.ndjson")
    write_config(tmp_path)
    done = hubbub("collect", folder=tmp_path)
    assert_one_clear_line(done, 1, "posts: 1,300 of 1,300 records cannot be used", "has no time", "hubbub check")
    write_config(tmp_path, columns="{posted_at: when}")
    runs: list[dict[str, Any]] = json.loads(hubbub("collect", "--json", folder=tmp_path).stdout)
    assert runs[0]["new"] == MANY


def test_letters_of_an_earlier_release_count(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 10, bad="has no text"))]
    collect(parts, parts.entry)
    for record in parts.index.state.list(RecordKind.dead_letter, limit=ALL):
        old = {name: record.body[name] for name in ("key", "entry", "stage", "reason", "at", "raw")}
        parts.index.state.put(RecordKind.dead_letter, record.key, old)
    source.pages = [page(), page(*posts(10, 300, bad="has no text"), *posts(300, 900), at=2)]
    collect(parts, parts.entry)
    assert parts.index.state.count(RecordKind.dead_letter) == 100
