"""`hubbub queue`: who waits, shown and done with."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.command import assert_one_clear_line, hubbub, write_posts

FAST = {"HUBBUB_SENTIMENT__MODEL": "fast"}
CONFIG = """
brands: [{name: Kolibri, handles: ["@kolibri"]}, {name: Lumo, handles: ["@lumo"]}]
routing:
  - {brand: Lumo, team: lumo}
  - {language: en, team: care}
sources: [{name: posts, collector: file, path: posts.ndjson, source: forum}]
"""
BY = ("--by", "Kim")


def post(name: str, by: str, ago: int, text: str, within: str, to: str | None = None) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(minutes=ago)).isoformat()
    return {
        "native_id": name,
        "author_name": by,
        "posted_at": at,
        "text": text,
        "conversation_id": within,
        "parent_id": to,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hubbub.yaml").write_text(CONFIG)
    posts = [
        post("1", "ann", 90, "@kolibri where is my parcel? Call me: 081 234 5678. \x1b[31m It is so late " * 4, "1"),
        post("2", "bob", 5, "@lumo the lamp is broken, what can I do?", "2"),
        post("3", "joe", 50, "@kolibri why is the shop closed?", "3"),
        post("4", "kolibri", 40, "@joe it opens at nine", "3", "3"),
    ]
    write_posts(tmp_path / "posts.ndjson", posts)
    assert hubbub("collect", folder=tmp_path, **FAST).returncode == 0
    return tmp_path


def listed(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = hubbub("queue", "--json", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_table_fits_and_hides_what_nobody_should_read(folder: Path, columns: int) -> None:
    shown = hubbub("queue", folder=folder, COLUMNS=str(columns)).stdout
    assert max(map(len, shown.splitlines())) <= columns
    for part in ("late 1 h 00", "in 2", "Kolibri · forum · @ann", "team lumo", "forum:1", "forum:2"):
        assert part in shown
    assert shown.splitlines()[-1] == "2 wait · 1 late"
    assert "\x1b" not in shown
    assert "234" not in shown
    assert "forum:3" not in shown


def test_the_day_of_a_team(folder: Path) -> None:
    assert {entry["id"]: entry["team"] for entry in listed(folder)} == {"forum:1": "care", "forum:2": "lumo"}
    assert [entry["id"] for entry in listed(folder, "--team", "lumo")] == ["forum:2"]
    assert [entry["id"] for entry in listed(folder, "--brand", "Kolibri")] == ["forum:1"]
    assert hubbub("queue", "take", "forum:1", *BY, folder=folder).stdout == "forum:1 · taken · Kim has it · team care\n"
    assert_one_clear_line(hubbub("queue", "take", "forum:1", "--by", "Lee", folder=folder), 2, "is taken by Kim")
    assert hubbub("queue", "assign", "forum:1", *BY, "--to", "lumo", folder=folder).returncode == 0
    assert [entry["taken_by"] for entry in listed(folder, "--team", "lumo")] == [None, None]
    assert hubbub("queue", "snooze", "forum:1", *BY, "--until", "2h", folder=folder).returncode == 0
    assert [entry["id"] for entry in listed(folder)] == ["forum:2"]
    assert [entry["id"] for entry in listed(folder, "--snoozed")] == ["forum:1"]
    assert hubbub("queue", folder=folder).stdout.splitlines()[-1] == "1 wait · 1 snoozed (--snoozed)"
    dismissed = hubbub("queue", "dismiss", "forum:2", *BY, "--reason", "a bot", "--json", folder=folder)
    assert json.loads(dismissed.stdout)["state"] == "dismissed"
    assert hubbub("queue", "reopen", "forum:1", *BY, folder=folder).returncode == 0
    said = hubbub("queue", "answer", "forum:1", *BY, "--reason", "by mail", folder=folder)
    assert said.stdout == "forum:1 · answered · by Kim: by mail\n"
    assert hubbub("queue", folder=folder).stdout == "nobody waits\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("take", "forum:9", *BY), "no customer's post has the id 'forum:9'"),
        (("take", "forum:4", *BY), "no customer's post has the id"),
        (("take", "forum:3", *BY), "is answered"),
        (("take", "forum:1"), "--by"),
        (("take", "forum:1", "--by", "  "), "--by"),
        (("dismiss", "forum:1", *BY), "--reason"),
        (("dismiss", "forum:1", *BY, "--reason", ""), "--reason"),
        (("snooze", "forum:1", *BY), "--until"),
        (("snooze", "forum:1", *BY, "--until", "2020-01-01"), "is past"),
        (("snooze", "forum:1", *BY, "--until", "soon"), "is no time"),
        (("assign", "forum:1", *BY), "--to"),
        (("assign", "forum:1", *BY, "--to", "lumos"), "it has: lumo, care"),
        (("reopen", "forum:1", *BY), "waits already"),
        (("--brand", "Kolobri"), "Kolibri, Lumo"),
        (("--team", "lumos"), "it has: lumo, care"),
        (("--team", "care", "take", "forum:1", *BY), "behind the verb"),
        (("steal", "forum:1"), "steal"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(arguments: tuple[str, ...], says: str, wrong_folder: Path) -> None:
    assert_one_clear_line(hubbub("queue", *arguments, folder=wrong_folder), 2, says)


@pytest.fixture(scope="module")
def wrong_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that all wrong commands share, since they change nothing."""
    folder = tmp_path_factory.mktemp("queue")
    (folder / "hubbub.yaml").write_text(CONFIG)
    posts = [
        post("1", "ann", 90, "@kolibri where is my parcel?", "1"),
        post("3", "joe", 50, "@kolibri why is the shop closed?", "3"),
        post("4", "kolibri", 40, "@joe it opens at nine", "3", "3"),
    ]
    write_posts(folder / "posts.ndjson", posts)
    assert hubbub("collect", folder=folder, **FAST).returncode == 0
    return folder
