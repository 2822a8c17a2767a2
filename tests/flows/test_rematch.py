"""After a change of the watch list: files are read again, networks are asked back to a time, nothing is lost."""

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from hubbub.core.facts import Facts
from hubbub.core.moments import EPOCH
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind, Run
from hubbub.core.settings import Settings
from hubbub.core.verdict import Label
from hubbub.flows.collect import collect
from hubbub.flows.coverage import warnings
from hubbub.flows.parts import Parts
from hubbub.flows.rematch import rematch
from tests.command import environment, hubbub, write_config, write_posts
from tests.fakes.x import NOON, FakeX, post
from tests.flows.conftest import NOW, PartsOf, Source, page, posts

TEXTS = ["Kolibri is late", "Mekarra was faster", "Kolibri beats Mekarra", "the weather"]


def watch(folder: Path, *brands: str) -> Path:
    config = folder / "hubbub.yaml"
    config.write_text(
        f"brands: [{', '.join(f'{{name: {brand}}}' for brand in brands)}]\n"
        "sources: [{name: posts, collector: file, path: posts.ndjson, source: forum}]\n"
    )
    return config


def open_with(folder: Path, *brands: str) -> Parts:
    return Parts(Settings(home=folder / "home", config=watch(folder, *brands)))


def brands(parts: Parts) -> dict[str, list[str]]:
    hits: list[Json] = parts.index.search({"size": 50})["hits"]["hits"]
    return {hit["_id"]: hit["_source"]["brand"] for hit in hits}


def test_a_brand_that_was_forgotten_gets_its_posts(tmp_path: Path) -> None:
    write_posts(
        tmp_path / "posts.ndjson",
        [{"native_id": str(n), "text": text, "posted_at": "2026-11-01"} for n, text in enumerate(TEXTS)],
    )
    parts = open_with(tmp_path, "Kolibri")
    assert collect(parts, parts.entries()[0]).dropped == 2
    parts.index.amend(["forum:2"], Facts(label=Label.positive, overridden_by="mai"))
    [same] = rematch(parts)
    assert same.changed is False
    assert same.run is not None and (same.run.unchanged, same.run.dropped) == (2, 2)
    cursor = parts.index.state.get(RecordKind.cursor, "posts")
    parts.index.close()

    parts = open_with(tmp_path, "Kolibri", "Mekarra")
    assert collect(parts, parts.entries()[0]).fetched == 0
    [again] = rematch(parts)
    assert again.changed is True
    assert again.run is not None
    assert (again.run.new, again.run.updated, again.run.unchanged, again.run.dropped) == (1, 1, 1, 1)
    assert brands(parts) == {
        "forum:0": ["Kolibri"],
        "forum:1": ["Mekarra"],
        "forum:2": ["Kolibri", "Mekarra"],
    }
    kept = parts.index.get("forum:2")
    assert kept is not None and kept["sentiment"]["overridden_by"] == "mai"
    assert parts.index.state.get(RecordKind.cursor, "posts") == cursor
    assert [one.changed for one in rematch(parts)] == [False]
    parts.index.close()


def test_a_network_is_left_alone(parts: PartsOf, source: Source) -> None:
    [left] = rematch(parts)
    assert (left.run, left.error, source.asked) == (None, None, [])


def test_reading_back_never_moves_the_cursor(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 3)), page(*posts(3, 6), at=2)]
    collect(parts, parts.entry)
    week = NOW - timedelta(days=7)
    source.pages = [page(*posts(0, 3)), page(*posts(3, 6), at=2), page(*posts(6, 8), at=3)]
    run = collect(parts, parts.entry, since=week)
    assert (run.fetched, run.new, run.since) == (8, 2, week)
    assert source.asked == [(None, None), (None, week)]
    cursor = parts.index.state.get(RecordKind.cursor, "posts")
    assert cursor is not None and cursor.body == {"page": 2}
    assert collect(parts, parts.entry).unchanged == 2


def test_a_file_that_was_never_collected_is_collected_after_a_rematch(parts: PartsOf, source: Source) -> None:
    source.local = True
    source.pages = [page(*posts(0, 3), whole=True)]
    [first] = rematch(parts)
    assert first.changed is None
    assert source.asked == [(None, EPOCH)]
    assert collect(parts, parts.entry).unchanged == 3


def test_unknown_brands_are_counted(parts: PartsOf, source: Source) -> None:
    named = [("Mekarra", 180), ("Zentl", 30), ("KOLIBRI", 5), ("Ömur", 2)]
    records = [{"id": f"{name}{n}", "brand": name} for name, number in named for n in range(number)]
    source.pages = [page(*records[:100]), page(*records[100:], at=2)]
    run = collect(parts, parts.entry)
    assert (run.brand_unknown, run.unknown_brands) == (212, {"Mekarra": 180, "Zentl": 30, "Ömur": 2})
    for kind in (RecordKind.run, RecordKind.last_run):
        [kept] = parts.index.state.list(kind)
        assert (Run.model_validate(kept.body).brand_unknown, "Mekarra" in str(kept.body)) == (212, False)


def test_no_more_than_ten_unknown_brands_are_named(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*({"id": str(n), "brand": f"brand {n % 40}"} for n in range(400)))]
    run = collect(parts, parts.entry)
    assert (run.brand_unknown, len(run.unknown_brands)) == (400, 10)


def test_a_hostile_brand_is_told_in_one_short_line(parts: PartsOf, source: Source) -> None:
    hostile = "Mekarra\x1b[2J\n\u202e" + "x" * 100_000
    source.pages = [page({"id": "1", "brand": hostile})]
    run = collect(parts, parts.entry)
    (name,) = run.unknown_brands
    assert name.startswith("Mekarra [2J x") and len(name) == 60
    assert name in warnings(run)[0]


def test_the_commands(tmp_path: Path) -> None:
    write_config(tmp_path)
    named = [{"text": f"post {n}", "posted_at": "2026-11-01", "brand": "Mekarra" if n else "Kolibri"} for n in range(4)]
    write_posts(tmp_path / "posts.ndjson", named)
    done = hubbub("collect", folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr == "hubbub: posts: 3 records name a brand that is not in hubbub.yaml: Mekarra (3)\n"

    watch(tmp_path, "Kolibri", "Mekarra")
    done = hubbub("rematch", "--json", folder=tmp_path)
    assert done.returncode == 0
    [row] = json.loads(done.stdout)
    assert (row["watch_list_changed"], row["run"]["new"], row["run"]["unchanged"]) == (True, 3, 1)
    assert "posts: the watch list has changed" in done.stderr

    done = hubbub("collect", "posts", "--since", "7d", "--json", folder=tmp_path)
    assert json.loads(done.stdout)[0]["unchanged"] == 4
    done = hubbub("collect", "posts", "--since", "soon", folder=tmp_path)
    assert (done.returncode, "'soon' is no time" in done.stderr) == (2, True)

    (tmp_path / "posts.ndjson").unlink()
    done = hubbub("rematch", folder=tmp_path)
    assert (done.returncode, "posts.ndjson" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", ["collect", "rematch"])
def test_a_terminal_shows_how_far_it_is(tmp_path: Path, command: str) -> None:
    write_config(tmp_path)
    write_posts(tmp_path / "posts.ndjson", [{"text": "Kolibri", "posted_at": "2026-11-01"}])
    screen, terminal = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "hubbub", command],
        cwd=tmp_path,
        env=environment(tmp_path / "home", TERM="xterm"),
        stdout=terminal,
    ):
        os.close(terminal)
        with suppress(OSError):  # the terminal is closed
            while piece := os.read(screen, 4096):
                shown += piece
    os.close(screen)
    assert b"posts: asking" in shown
    assert b"posts: asking" not in hubbub(command, folder=tmp_path).stdout.encode()


@pytest.mark.parametrize("brand", ["Kolibri", "kolibri"])
def test_a_brand_is_known_by_its_name_however_it_is_written(parts: PartsOf, brand: str) -> None:
    assert parts.matcher.knows(brand)
    assert not parts.matcher.knows("Mekarra")


def test_x_is_read_back_to_a_time_and_goes_on_from_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "hubbub.yaml"
    config.write_text("brands: [{name: Kolibri}]\nsources: [{name: x, collector: x}]\n")
    with FakeX() as x:
        for name, value in x.environment().items():
            monkeypatch.setenv(name, value)
        parts = Parts(Settings(home=tmp_path / "home", config=config), clock=lambda: NOON)
        [entry] = parts.entries()
        x.posts = [post(10, at=NOON - timedelta(days=2), text="Kolibri"), post(20, at=NOON, text="Kolibri")]
        assert collect(parts, entry).new == 2
        late = post(11, at=NOON - timedelta(days=1), text="Kolibri found late")
        x.posts += [late, post(5, at=NOON - timedelta(days=5), text="Kolibri long ago")]
        assert collect(parts, entry).fetched == 0
        cursor = parts.index.state.get(RecordKind.cursor, "x")
        run = collect(parts, entry, since=NOON - timedelta(days=3))
        assert (run.fetched, run.new) == (3, 1)
        assert parts.index.state.get(RecordKind.cursor, "x") == cursor
        parts.index.close()
