"""`hubbub threads` and `hubbub rebuild threads`, on small conversations and on real ones."""

import gzip
import json
import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.settings import IndexSettings, Settings
from hubbub.flows.parts import open_index
from tests.command import assert_one_clear_line, hubbub, write_posts

CARE = Path(__file__).parents[2] / "examples" / "care" / "hubbub.yaml"
DATA = os.environ.get("HUBBUB_TEST_CARE_DATA", "")
FAST = {"HUBBUB_SENTIMENT__MODEL": "fast"}

CONFIG = """
brands:
  - name: Kolibri
    handles: ["@kolibri"]
  - name: Lumo
    handles: ["@lumo"]
  - name: Rival
    competitor: true
timezone: Asia/Bangkok
service_levels:
  - {brand: Lumo, minutes: 60, hours: {opens: "09:00", closes: "18:00"}}
  - {minutes: 15}
sources:
  - {name: posts, collector: file, path: posts.ndjson, source: forum}
"""


def post(name: str, by: str, at: str, text: str, within: str, to: str | None = None) -> dict[str, Any]:
    said = {"native_id": name, "author_name": by, "posted_at": at, "text": text, "conversation_id": within}
    return {**said, "parent_id": to, "channel": "help"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("threads")
    (folder / "hubbub.yaml").write_text(CONFIG)
    posts = [
        post("1", "ann", "2026-11-20T09:00:00Z", "Kolibri lost my parcel, terrible", "1"),
        post("2", "kolibri", "2026-11-20T09:20:00Z", "@ann we look into it", "1", "1"),
        post("3", "bob", "2026-11-20T10:55:00Z", "@lumo the lamp is dead", "3"),
    ]
    write_posts(folder / "posts.ndjson", posts)
    assert hubbub("collect", folder=folder, **FAST).returncode == 0
    return folder


def lines(*arguments: str, folder: Path, **settings: str) -> list[dict[str, Any]]:
    done = hubbub("threads", "--json", *arguments, folder=folder, **settings)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_line_a_thread(folder: Path) -> None:
    first, second = lines(folder=folder)
    assert first == {
        "id": "forum:1",
        "brand": "Kolibri",
        "source": "forum",
        "channel": "help",
        "opened_at": "2026-11-20T09:00:00.000Z",
        "answered_at": "2026-11-20T09:20:00.000Z",
        "first_response_seconds": 1200,
        "posts": 2,
        "customer_posts": 1,
        "open": False,
        "due_at": "2026-11-20T09:15:00.000Z",
        "outcome": "resolved",
    }
    assert (second["id"], second["open"], second["answered_at"], second["outcome"]) == ("forum:3", True, None, None)
    assert second["due_at"] == "2026-11-23T02:55:00.000Z"  # Friday 17:55 in Bangkok: the rest counts from Monday 9:00


def test_by_brand_and_open(folder: Path) -> None:
    assert [line["id"] for line in lines("--open", folder=folder)] == ["forum:3"]
    assert [line["id"] for line in lines("--brand", "Kolibri", folder=folder)] == ["forum:1"]
    assert lines("--brand", "Kolibri", "--open", folder=folder) == []


def test_for_people(folder: Path) -> None:
    shown = hubbub("threads", folder=folder).stdout.splitlines()
    assert shown == [
        "2026-11-20 16:00 +07 · Kolibri · forum help · answered after 20 min · resolved · 2 posts · forum:1",
        "2026-11-20 17:55 +07 · Lumo · forum help · not answered · waits, due 2026-11-23 09:55 +07 · 1 posts · forum:3",
        "2 threads",
    ]
    summary = hubbub("threads", "--summary", folder=folder, COLUMNS="160").stdout
    assert "By hour at which they opened" in summary
    assert [line.split()[:4] for line in summary.splitlines() if line.startswith(("Kolibri", "17"))] == [
        ["Kolibri", "1", "1", "0"],
        ["17", "1", "0", "1"],
    ]


def test_the_index_holds_what_the_line_says(folder: Path) -> None:
    found = {each["id"]: each for each in json.loads(hubbub("mentions", "--json", folder=folder).stdout)}
    assert found["forum:3"]["conversation"]["due_at"] == "2026-11-23T02:55:00.000Z"
    assert found["forum:3"]["posted"] == {"hour": 17}
    assert found["forum:1"]["conversation"]["answered_by"] == "forum:2"


def test_another_service_level_is_told_by_a_rebuild(folder: Path) -> None:
    config = folder / "other.yaml"
    config.write_text(CONFIG.replace("minutes: 15", "minutes: 25"))
    told = json.loads(hubbub("rebuild", "threads", "--json", "--config", config, folder=folder).stdout)
    assert told == {"mentions": 3, "changed": 1}
    again = hubbub("rebuild", "threads", "--config", config, folder=folder)
    assert again.stdout == "3 mentions looked at, 0 told something new\n"
    assert json.loads(hubbub("rebuild", "threads", "--json", folder=folder).stdout)["changed"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("threads", "--brand", "Kolobri"), "Kolibri, Lumo"),
        (("threads", "--brand", "Rival", "--summary"), "Kolibri, Lumo"),
        (("threads", "--open", "--summary"), "choose one"),
        (("rebuild", "bread"), "bread"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(arguments: tuple[str, ...], says: str, folder: Path) -> None:
    assert_one_clear_line(hubbub(*arguments, folder=folder), 2, says)


def by_hand() -> dict[str, dict[str, Any]]:
    """What `hubbub threads` should say of each conversation in the file, worked out from its times alone."""
    rows: dict[str, dict[str, Any]] = {}
    with gzip.open(Path(DATA) / "conversations.ndjson.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            row["at"] = datetime.fromisoformat(row["created_at"])
            rows.setdefault(row["id"], row)
    conversations = defaultdict(list)
    for row in rows.values():
        conversations[row["conversation_id"]].append(row)
    found = {}
    for name, said in conversations.items():
        customers = [row["at"] for row in said if not row["is_agent"]]
        agents = sorted(row["at"] for row in said if row["is_agent"])
        if customers:
            opened = min(customers)
            answered = next((at for at in agents if at >= opened), None)
            found[f"x:{name}"] = {
                "brand": said[0]["company"],
                "opened_at": opened,
                "answered_at": answered,
                "first_response_seconds": int((answered - opened).total_seconds()) if answered else None,
                "posts": len(said),
                "customer_posts": len(customers),
                "open": not agents or max(customers) > agents[-1],
            }
    return found


def wants_after_the_last_reply(thread: str, folder: Path, address: str) -> Iterator[bool]:
    """Whether each post of customers needs a reply that no post of the brand follows."""
    index = open_index(Settings(home=folder / "home", index=IndexSettings(url=address)))
    try:
        query = {"term": {"conversation.id": thread}}
        hits = index.search({"size": 100, "query": query, "sort": ["@timestamp"]})["hits"]["hits"]
    finally:
        index.close()
    for hit in reversed(hits):
        if hit["_source"]["user"].get("is_brand"):
            return
        yield hit["_source"]["needs_reply"]


@pytest.mark.skipif(not DATA, reason="no care data: let HUBBUB_TEST_CARE_DATA name the folder of its file")
def test_real_conversations_are_what_their_times_say(tmp_path: Path, address: str) -> None:
    settings = {"HUBBUB_CONFIG": str(CARE), "HUBBUB_CARE_DATA": DATA, "HUBBUB_INDEX__URL": address, **FAST}
    assert hubbub("collect", folder=tmp_path, **settings).returncode == 0
    expected = by_hand()
    told = {line["id"]: line for line in lines(folder=tmp_path, **settings)}
    times = ("opened_at", "answered_at")
    for line in told.values():
        line.update({name: line[name] and datetime.fromisoformat(line[name]) for name in times})
    late = {name for name, one in expected.items() if one.pop("open")}
    assert {name: {key: line[key] for key in expected[name]} for name, line in told.items()} == expected
    waiting = {name for name, line in told.items() if line["open"]}
    assert waiting <= late
    assert len(waiting) > len(late) / 2
    assert not any(any(wants_after_the_last_reply(name, tmp_path, address)) for name in late - waiting)

    seconds = [one["first_response_seconds"] for one in expected.values() if one["answered_at"]]
    row = json.loads(hubbub("threads", "--summary", "--json", folder=tmp_path, **settings).stdout)[0]
    assert (row["threads"], row["answered"]) == (len(expected), len(seconds)) == (523, 501)
    assert row["median_minutes"] == round(statistics.median(seconds) / 60, 1) == 86.9
    assert row["within_level"] == round(sum(each <= 1800 for each in seconds) / len(seconds), 3) == 0.375
    rebuilt = json.loads(hubbub("rebuild", "threads", "--json", folder=tmp_path, **settings).stdout)
    assert rebuilt == {"mentions": 1164, "changed": 0}
