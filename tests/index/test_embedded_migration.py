"""A file of an older release opens, keeps everything, and loses what was deleted.

The 62 mentions in `data/first-release.sqlite.gz` were stored by the entry `forum` on 2026-11-20 12:00 UTC; `forum:gone`
was deleted, and quoted by two alerts. `data/second-release.sqlite.gz` holds 63 mentions of that time, some of them
edited, some with facts; events; and the facts of a mention that it does not hold.
"""

import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.ports import Index, Json
from hubbub.core.records import AlertRecord, RecordKind
from hubbub.core.verdict import Label
from hubbub.index.embedded.file import FILE
from hubbub.index.embedded.index import EmbeddedIndex
from hubbub.index.mapping import document, month
from tests.index.made import DAY, NOW, batch, said
from tests.index.migrated import assert_records_whole

FIRST = Path(__file__).parent / "data" / "first-release.sqlite.gz"
SECOND = Path(__file__).parent / "data" / "second-release.sqlite.gz"
DELETED = (b"zanzibarquartz", b"forgottenauthor")
KILLS = 10
STEP = 25  # instructions of SQLite's machine between two places where a run can be killed


def copy(made: Path, folder: Path) -> Path:
    """Makes a folder with that file."""
    folder.mkdir()
    (folder / FILE).write_bytes(gzip.decompress(made.read_bytes()))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return copy(FIRST, tmp_path / "first")


def opened(home: Path) -> EmbeddedIndex:
    index = EmbeddedIndex(home, clock=lambda: NOW)
    index.prepare()
    return index


def assert_whole(index: Index) -> None:
    """Everything that was in the file is there, in today's form."""
    found = index.search({"size": 100, "track_total_hits": True, "_source": ["message", "event"]})["hits"]
    assert found["total"]["value"] == len(found["hits"]) == 62
    for text, name in (("ลูกค้า", "forum:th"), ("chậm", "forum:vi"), ("last", "forum:1")):
        field = "message.th" if text == "ลูกค้า" else "message"
        assert [hit["_id"] for hit in index.search({"query": {"match": {field: text}}})["hits"]["hits"]] == [name]
    assert index.get("forum:1")["event"]["ingested"] == "2026-11-20T12:00:00.000Z"
    assert index.get("forum:gone") is None
    state = index.state
    assert state.get(RecordKind.cursor, "forum").body == {"records": 63}
    assert_records_whole(state)
    assert state.list(RecordKind.run, since=datetime(2026, 11, 20, 9, 30, tzinfo=UTC)) == state.list(
        RecordKind.run, limit=2
    )
    waiting, sent = (AlertRecord.model_validate(record.body) for record in state.list(RecordKind.alert))
    assert (sent.key, sent.state, sent.receipts) == ("acme-1", "sent", {"slack": {"channel": "C1", "ts": "1.2"}})
    assert (waiting.state, waiting.receipts, [f.rule for f in waiting.findings]) == (
        "pending",
        {},
        ["negative_surge", "other"],
    )
    assert (sent.findings[0].observed, sent.findings[0].total, sent.findings[0].expected) == (57, 64, 3)
    assert sent.mentions == ("forum:1", "forum:gone")


def assert_second_whole(index: Index) -> None:
    """Everything that was in the file of the second release is there."""
    hits = index.search({"size": 100, "track_total_hits": True, "sort": ["_doc"]})["hits"]
    assert hits["total"]["value"] == len(hits["hits"]) == 63
    made = {f"forum:{n}": said(n, f"parcel {n} came at last", **of_number(n)) for n in range(1, 61)}
    made |= {f"forum:{n}": said(n, f"parcel {n} was edited", seen=NOW) for n in (7, 8)}
    facts = Facts(ingested=NOW, dataset="forum")
    amended = {
        **{f"forum:{n}": Facts(label=Label.positive, overridden_by="ann") for n in (1, 2)},
        "forum:3": Facts(answered_at=NOW, answered_by="forum:4", response_seconds=3600),
        "forum:5": Facts(outcome="settled"),
    }
    for hit in hits["hits"][:60]:
        name = hit["_id"]
        known = facts.amended(amended.get(name, Facts()))
        asked_since = {"needs_reply": made[name].insight.needs_reply}  # what that release did not ask
        assert index.get(name) == hit["_source"]
        assert hit["_source"] | asked_since == document(made[name], known)
        record = Facts.model_validate(index.state.get(RecordKind.facts, name).body)
        assert record == known.amended(Facts(index=month(made[name].mention.posted_at)))
    for query, names in SECOND_FOUND:
        found = index.search({"query": query, "sort": ["_doc"]})["hits"]["hits"]
        assert [hit["_id"].removeprefix("forum:") for hit in found] == names, query
    facts_alone = index.state.get(RecordKind.facts, "forum:never")
    assert (facts_alone.body["of_a_newer_hubbub"], facts_alone.written) == ([1], NOW)
    assert index.state.count(RecordKind.facts) == 64
    runs = index.search({"query": {"range": {"run.fetched": {"gte": 64}}}}, over="events")["hits"]["hits"]
    assert [(hit["_id"], hit["_source"]["event"]["outcome"]) for hit in runs] == [("run-1", "success")]
    assert index.state.get(RecordKind.cursor, "forum").body == {"records": 64}


def of_number(number: int) -> dict[str, Any]:
    brands = ("Acme", "Beta") if number % 3 == 0 else ("Acme",)
    return {
        "at": NOW - DAY - number * timedelta(hours=1),
        "likes": number,
        "name": f"writer{number}",
        "brands": brands,
    }


SECOND_FOUND: list[tuple[Json, list[str]]] = [
    ({"match": {"message.th": "ลูกค้า"}}, ["th"]),
    ({"match": {"title.th": "พัสดุ"}}, ["th"]),
    ({"match": {"message": "chậm"}}, ["vi"]),
    ({"match": {"message": "edited"}}, ["7", "8"]),
    ({"match_phrase": {"message": "8 came"}}, []),
    (
        {"bool": {"must_not": [{"match": {"message": "parcel"}}], "filter": {"exists": {"field": "title"}}}},
        ["th", "empty"],
    ),
    ({"term": {"sentiment.judged": "negative"}}, ["1", "2"]),
    ({"exists": {"field": "conversation.answered_at"}}, ["3"]),
    ({"exists": {"field": "spam"}}, []),
    ({"term": {"outcome": "settled"}}, ["5"]),
    ({"term": {"user.name": "writer9"}}, ["9"]),
    ({"term": {"brand": "Beta"}}, [str(number) for number in range(3, 31, 3)]),
]


def content(home: Path) -> bytes:
    with sqlite.connect(home / FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (claims,) = connection.execute("SELECT COUNT(*) FROM record WHERE kind = 'claim'").fetchone()
        assert claims == 0
    return b"".join(path.read_bytes() for path in home.glob(f"{FILE}*"))


def rows(home: Path) -> list[object]:
    tables = ("record", "mention", "mention_body", "mention_chunk", "words_data")
    with sqlite.connect(home / FILE) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def test_the_first_release_left_deleted_words_in_its_file(home: Path) -> None:
    assert all(word in (home / FILE).read_bytes() for word in DELETED)


def test_nothing_is_lost_and_what_was_deleted_is_gone(home: Path) -> None:
    index = opened(home)
    assert_whole(index)
    index.close()
    assert not any(word in content(home) for word in DELETED)


def test_a_file_of_the_second_release_keeps_everything_and_can_be_written_to(tmp_path: Path) -> None:
    home = copy(SECOND, tmp_path / "second")
    index = opened(home)
    assert_second_whole(index)
    assert (
        index.store(batch(said(1, "words of their own", seen=NOW), said("new"), said("vi", "Giao hàng chậm quá"))).new
        == 1
    )
    assert index.amend(["forum:2"], Facts(label=None, overridden_by=None)) == 1
    assert index.get("forum:2")["sentiment"]["label"] == "negative"
    assert index.get("forum:1")["sentiment"]["label"] == "positive"
    gone = [said(name).mention for name in (2, 4, "th")]
    assert index.store(batch(gone=gone)).deleted == 3
    assert index.search({"query": {"match": {"message": "came"}}})["hits"]["total"]["value"] == 55
    index.close()
    with sqlite.connect(home / FILE) as connection:
        connection.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    assert not any(word in content(home) for word in (b"writer2\0", b"writer4\0"))


def test_a_second_opening_changes_nothing(home: Path) -> None:
    opened(home).close()
    before = rows(home)
    opened(home).close()
    assert rows(home) == before


def test_what_is_stored_later_goes_on_from_what_was_there(home: Path) -> None:
    index = opened(home)
    before = index.get("forum:2")
    stored = index.store(batch(said(2, "parcel 2 came at last", seen=NOW), said("gone"), said("new")))
    assert (stored.new, stored.updated, stored.unchanged) == (1, 1, 1)
    after = index.get("forum:2")
    assert after["event"] == {**before["event"], "observed": "2026-11-20T12:00:00.000Z", "dataset": "forum"}
    index.store(batch(gone=[said(77).mention]))
    assert index.state.count(RecordKind.dead_letter) == 3
    index.close()


def test_dead_letters_of_what_was_deleted_go_with_it(home: Path) -> None:
    """The first release deleted the mention alone; what is here of another mention stays."""
    raws = ({"native_id": "gone", "text": "zanzibarquartz"}, {"tweet": {"id": "gone", "text": "another post"}})
    with sqlite.connect(home / FILE) as connection:
        for number, raw in enumerate(raws):
            body = {"key": str(number), "entry": "a", "stage": "normalise", "reason": "no time", "raw": raw}
            row = ("dead_letter", str(number), json.dumps({**body, "at": NOW.isoformat()}))
            connection.execute("INSERT INTO record (kind, key, body) VALUES (?, ?, ?)", row)
    index = opened(home)
    letters = {record.key for record in index.state.list(RecordKind.dead_letter)}
    index.close()
    assert "0" not in letters and "1" in letters
    assert not any(word in content(home) for word in DELETED)


MIGRATING = """
import os, signal, sys
from pathlib import Path
from pysqlite3 import dbapi2 as sqlite
from tests.index.test_embedded_migration import STEP, opened

connect, left = sqlite.connect, [int(sys.argv[2])]

def dying(*args, **options):
    connection = connect(*args, **options)
    def tick():
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    connection.set_progress_handler(tick, STEP)
    return connection

sqlite.connect = dying
opened(Path(sys.argv[1])).close()
print(int(sys.argv[2]) - left[0])
"""


def migrate(home: Path, steps: int) -> subprocess.CompletedProcess[str]:
    """Opens the file in a process that kills itself after so many steps of SQLite's machine."""
    command = [sys.executable, "-c", MIGRATING, str(home), str(steps)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("made", "check"), [(FIRST, assert_whole), (SECOND, assert_second_whole)], ids=["first", "second"]
)
def test_killed_anywhere_the_next_opening_completes_it(
    tmp_path: Path, made: Path, check: Callable[[Index], None]
) -> None:
    def fresh(name: str) -> Path:
        return copy(made, tmp_path / name)

    whole = migrate(fresh("whole"), 10**9)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    assert steps > KILLS
    for kill in range(KILLS):
        folder = fresh(str(kill))
        assert migrate(folder, 1 + kill * (steps - 1) // KILLS).returncode == -signal.SIGKILL
        index = opened(folder)
        check(index)
        index.close()
        assert not any(word in content(folder) for word in DELETED)


def test_processes_that_open_it_at_once_migrate_it_together(home: Path) -> None:
    command = [sys.executable, "-c", MIGRATING, str(home), str(10**9)]
    processes = [subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    index = opened(home)
    assert_whole(index)
    index.close()
    assert not any(word in content(home) for word in DELETED)
