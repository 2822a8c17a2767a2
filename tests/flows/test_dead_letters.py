"""Dead letters: listed, taken again, retired and thrown away, by source and reason."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.ports import ALL, Batch
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.desk.dead_letters import discard, retire, summary
from hubbub.flows.collect import collect
from hubbub.flows.dead_letters import letters
from hubbub.flows.replay import replay
from tests.command import assert_one_clear_line, hubbub, write_config, write_posts
from tests.flows.conftest import NOW, PartsOf, Source, page, posts

GOOD = {"native_id": "1", "text": "Kolibri is late", "posted_at": "2026-11-01"}
BAD = {"native_id": "2", "text": "Kolibri is here", "posted_at": "yesterday"}


def keep(parts: PartsOf, *kept: DeadLetter) -> None:
    parts.index.store(Batch("posts", dead=kept))


def letter(number: int, reason: str = "has no text", entry: str = "posts", stage: Any = "normalise") -> DeadLetter:
    at = NOW + timedelta(minutes=number)
    return DeadLetter.of(entry, stage, reason, {"id": str(number)}, at)


def test_they_are_counted_by_source_stage_and_reason(parts: PartsOf) -> None:
    keep(
        parts,
        *(letter(n, f"is dated 20{n}-01-01") for n in range(10, 15)),
        *(letter(n, stage="index", reason="too long") for n in range(2)),
        letter(7, entry="reviews"),
    )
    assert summary(letters(parts.index.state)) == [
        {
            "source": "posts",
            "stage": "normalise",
            "reason": "is dated 2014-01-01",
            "letters": 5,
            "newest": NOW + timedelta(minutes=14),
        },
        {"source": "posts", "stage": "index", "reason": "too long", "letters": 2, "newest": NOW + timedelta(minutes=1)},
        {
            "source": "reviews",
            "stage": "normalise",
            "reason": "has no text",
            "letters": 1,
            "newest": NOW + timedelta(minutes=7),
        },
    ]


@pytest.mark.parametrize("stage", ["normalise", "index"])
def test_a_record_that_passes_now_is_a_letter_no_more(parts: PartsOf, stage: Any) -> None:
    keep(parts, letter(1, stage=stage), letter(2, stage=stage))
    [run] = replay(parts)
    assert (run.fetched, run.new, run.dead_lettered) == (2, 2, 0)
    assert parts.index.state.count(RecordKind.dead_letter) == 0


def test_only_those_that_were_chosen_are_taken(parts: PartsOf) -> None:
    keep(parts, letter(1), letter(2, "Has no TIME"), letter(3, entry="reviews"))
    [run] = replay(parts, source="posts", reason="no time")
    assert (run.fetched, run.new) == (1, 1)
    assert {one.raw["id"] for one in letters(parts.index.state)} == {"1", "3"}


@pytest.mark.parametrize(("remove", "verb"), [(retire, "retired"), (discard, "discarded")])
def test_what_is_removed_stays_as_a_number(parts: PartsOf, remove: Any, verb: str) -> None:
    keep(parts, letter(1), letter(2, "has no time"), letter(3, entry="reviews"))
    [run] = remove(parts, reason="no text", source="posts")
    assert getattr(run, verb) == 1
    assert {one.raw["id"] for one in letters(parts.index.state)} == {"2", "3"}
    [record] = parts.index.state.list(RecordKind.run, limit=ALL)
    assert getattr(Run.model_validate(record.body), verb) == 1
    assert parts.index.state.get(RecordKind.last_run, "posts") is None


def test_a_record_read_well_by_a_later_run_is_a_letter_no_more(parts: PartsOf, source: Source) -> None:
    source.pages = [page({"id": "1", "bad": "has no text"}, {"id": "2", "bad": "has no text"})]
    collect(parts, parts.entry)
    for kept in letters(parts.index.state):
        assert (kept.source, kept.native_id) == ("forum", kept.raw["id"])
    parts.index.state.delete(RecordKind.cursor, "posts")
    source.mended = True
    source.pages = [page({"id": "2", "bad": "has no text"})]
    assert collect(parts, parts.entry).retired == 1
    assert [kept.raw["id"] for kept in letters(parts.index.state)] == ["1"]


def broken(*lines: str) -> list[DeadLetter]:
    return [DeadLetter.of("posts", "fetch", "the line is not JSON", {"line": line}, NOW) for line in lines]


def test_a_broken_line_is_retired_once_the_whole_file_is_read_without_it(parts: PartsOf, source: Source) -> None:
    source.local = True
    source.pages = [page(*posts(0, 30), dead=broken("{", "["), whole=True)]
    collect(parts, parts.entry)
    source.pages = [*source.pages, page(*posts(30, 31), at=2)]
    assert collect(parts, parts.entry).retired == 0  # it read what is new, not where the broken lines are
    parts.index.state.delete(RecordKind.cursor, "posts")
    source.pages = [page(*posts(0, 31), dead=broken("{"), whole=True)]
    run = collect(parts, parts.entry)
    assert (run.retired, run.dead_lettered) == (1, 1)
    assert [kept.raw["line"] for kept in letters(parts.index.state)] == ["{"]


def test_replay_reads_a_file_again_for_its_broken_lines(parts: PartsOf, source: Source) -> None:
    source.local = True
    keep(parts, *broken("{", "["), letter(77))
    source.pages = [page(*posts(0, 3), dead=broken("["), whole=True)]
    [run] = replay(parts)
    assert (run.fetched, run.new, run.dead_lettered, run.retired) == (2, 1, 1, 1)
    [kept] = letters(parts.index.state)
    assert (kept.stage, kept.raw) == ("fetch", {"line": "["})
    assert parts.index.state.get(RecordKind.cursor, "posts") is None


def test_a_piece_from_a_network_stays_until_the_source_is_read_without_fault(parts: PartsOf, source: Source) -> None:
    keep(parts, *broken("{"))
    for _ in range(2):
        [run] = replay(parts)
        assert (run.fetched, run.dead_lettered, run.retired) == (1, 1, 0)
        assert [kept.stage for kept in letters(parts.index.state)] == ["fetch"]
    assert source.asked == []
    source.pages = [page({"id": "1", "bad": "has no text"}, {"id": "2"})]
    assert collect(parts, parts.entry).retired == 0
    source.pages = [page(), page({"id": "3"}, at=2)]
    assert collect(parts, parts.entry).retired == 1


def test_a_line_that_an_earlier_release_made_a_record_of_can_be_retired(parts: PartsOf, source: Source) -> None:
    source.local = True
    keep(parts, DeadLetter.of("posts", "normalise", "has no text", {"line": "{"}, NOW))
    source.pages = [page(*posts(0, 3), whole=True)]
    [run] = replay(parts)
    assert (run.retired, run.dead_lettered) == (1, 0)


def test_a_source_that_cannot_be_read_again_says_so(tmp_path: Path) -> None:
    write_config(tmp_path)
    (tmp_path / "posts.ndjson").write_text("{\n" + json.dumps(GOOD) + "\n")
    assert hubbub("collect", folder=tmp_path).returncode == 0
    (tmp_path / "posts.ndjson").unlink()
    assert_one_clear_line(hubbub("replay", folder=tmp_path), 1, "posts: ", "posts.ndjson")


@pytest.mark.parametrize("verb", ["list", "replay", "retire", "discard"])
def test_what_is_chosen_before_the_verb_is_not_passed_over(tmp_path: Path, verb: str) -> None:
    write_config(tmp_path)
    for choice in (["--source", "posts"], ["--json"], ["--config", "other.yaml"]):
        assert_one_clear_line(hubbub("dead-letters", *choice, verb, folder=tmp_path), 2, f"behind the verb: {verb}")


def test_letters_of_a_source_that_is_no_more(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    write_posts(tmp_path / "posts.ndjson", [GOOD, BAD])
    assert hubbub("collect", folder=tmp_path).returncode == 0
    words = config.read_text().replace("name: posts", "name: others")
    config.write_text(f"timezone: Asia/Bangkok\n{words}")
    listed = hubbub("dead-letters", "list", "--source", "posts", folder=tmp_path)
    assert "no time" in listed.stdout and "+07" in listed.stdout
    taken = hubbub("dead-letters", "replay", "--source", "posts", folder=tmp_path)
    assert_one_clear_line(taken, 2, "no source named 'posts'; it has: others")
    assert hubbub("dead-letters", "discard", "--source", "posts", folder=tmp_path).returncode == 0


def test_the_commands(tmp_path: Path) -> None:
    write_config(tmp_path)
    lines = ['{"native_id": "9"', json.dumps(GOOD), json.dumps(BAD)]
    (tmp_path / "posts.ndjson").write_text("\n".join(lines) + "\n")
    assert hubbub("collect", folder=tmp_path).returncode == 0

    listed = json.loads(hubbub("dead-letters", "--json", folder=tmp_path).stdout)
    assert {(row["source"], row["stage"], row["letters"]) for row in listed} == {
        ("posts", "fetch", 1),
        ("posts", "normalise", 1),
    }
    [row] = json.loads(hubbub("dead-letters", "list", "--reason", "time", "--json", folder=tmp_path).stdout)
    assert row["reason"] == "has no time that can be read"
    shown = hubbub("dead-letters", "--source", "posts", folder=tmp_path)
    assert "is not JSON" in shown.stdout and "UTC" in shown.stdout
    assert_one_clear_line(hubbub("dead-letters", "list", "--source", "post", folder=tmp_path), 2, "no source named")
    assert_one_clear_line(hubbub("dead-letters", "discard", folder=tmp_path), 2, "--source NAME")

    (tmp_path / "posts.ndjson").write_text("\n".join(lines[1:]) + "\n")
    [run] = json.loads(hubbub("dead-letters", "replay", "--json", folder=tmp_path).stdout)
    assert (run["retired"], run["fetched"], run["dead_lettered"]) == (1, 1, 1)
    assert json.loads(hubbub("replay", "--json", folder=tmp_path).stdout)[0]["dead_lettered"] == 1
    settings = (tmp_path / "hubbub.yaml").read_text()
    (tmp_path / "hubbub.yaml").write_text(settings.replace("name: posts", "name: renamed"))
    assert hubbub("replay", folder=tmp_path).stdout.startswith("none taken: 1 wait")
    (tmp_path / "hubbub.yaml").write_text(settings)
    gone = hubbub("dead-letters", "discard", "--reason", "no time", "--json", folder=tmp_path)
    assert json.loads(gone.stdout) == [{"source": "posts", "letters": 1}]
    for verb in ("list", "replay"):
        assert hubbub("dead-letters", verb, folder=tmp_path).stdout.strip() == "no dead letters"
    retired = hubbub("dead-letters", "retire", "--source", "posts", folder=tmp_path)
    assert (retired.returncode, retired.stdout.strip()) == (0, "no such dead letters")
