"""A file of the first release opens, keeps everything, and loses what was deleted.

The 62 mentions in `data/first-release.sqlite.gz` were stored by the entry `forum` on 2026-11-20 12:00 UTC; `forum:gone`
was deleted, and quoted by two alerts.
"""

import gzip
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from hubbub.core.ports import Index
from hubbub.core.records import AlertRecord, DeadLetter, RecordKind, Run
from hubbub.index.embedded.file import FILE
from hubbub.index.embedded.index import EmbeddedIndex
from tests.index.made import NOW, batch, said

MADE = Path(__file__).parent / "data" / "first-release.sqlite.gz"
DELETED = (b"zanzibarquartz", b"forgottenauthor")
KILLS = 10
STEP = 25  # instructions of SQLite's machine between two places where a run can be killed


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_bytes(gzip.decompress(MADE.read_bytes()))
    return tmp_path


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
    assert state.get(RecordKind.tombstone, "forum:gone") is not None
    assert [Run.model_validate(record.body).fetched for record in state.list(RecordKind.run)] == [40, 30, 20, 10, 0]
    assert state.list(RecordKind.run, since=datetime(2026, 11, 20, 9, 30, tzinfo=UTC)) == state.list(
        RecordKind.run, limit=2
    )
    letters = [DeadLetter.model_validate(record.body) for record in state.list(RecordKind.dead_letter)]
    assert {(letter.source, letter.native_id, letter.author) for letter in letters} == {
        (None, "77", "letterwriter"),
        ("x", "1790", "birdie"),
        ("reddit", "t3_abc", "redditor"),
        (None, None, None),
    }
    waiting, sent = (AlertRecord.model_validate(record.body) for record in state.list(RecordKind.alert))
    assert (sent.key, sent.state, sent.receipts) == ("acme-1", "sent", {"slack": {"channel": "C1", "ts": "1.2"}})
    assert (waiting.state, waiting.receipts, [f.rule for f in waiting.findings]) == (
        "pending",
        {},
        ["negative_surge", "other"],
    )
    assert (sent.findings[0].observed, sent.findings[0].total, sent.findings[0].expected) == (57, 64, 3)
    assert sent.mentions == ("forum:1", "forum:gone")


def content(home: Path) -> bytes:
    with sqlite.connect(home / FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (claims,) = connection.execute("SELECT COUNT(*) FROM record WHERE kind = 'claim'").fetchone()
        assert claims == 0
    return b"".join(path.read_bytes() for path in home.glob(f"{FILE}*"))


def rows(home: Path) -> list[object]:
    tables = ("record", "document", "words_data")
    with sqlite.connect(home / FILE) as connection:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def test_the_first_release_left_deleted_words_in_its_file(home: Path) -> None:
    assert all(word in (home / FILE).read_bytes() for word in DELETED)


def test_nothing_is_lost_and_what_was_deleted_is_gone(home: Path) -> None:
    index = opened(home)
    assert_whole(index)
    index.close()
    assert not any(word in content(home) for word in DELETED)


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


def test_killed_anywhere_the_next_opening_completes_it(tmp_path: Path) -> None:
    def fresh(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / FILE).write_bytes(gzip.decompress(MADE.read_bytes()))
        return folder

    whole = migrate(fresh("whole"), 10**9)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    assert steps > KILLS
    for kill in range(KILLS):
        folder = fresh(str(kill))
        assert migrate(folder, 1 + kill * (steps - 1) // KILLS).returncode == -signal.SIGKILL
        index = opened(folder)
        assert_whole(index)
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
