"""SIGKILL in the middle of storing: the cursor never lies ahead of the mentions, and the next run completes them."""

import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from hubbub.core.records import RecordKind
from hubbub.index.embedded.index import EmbeddedIndex
from tests.index.made import NOW, batch, said

BATCHES, SIZE, KILLS = 130, 20, 20

CHILD = """
import sys
from pathlib import Path
from tests.index.test_embedded_kill import collect
collect(Path(sys.argv[1]))
"""


def collect(home: Path) -> None:
    """Stores from the cursor on, as a run does, and says so before each batch."""
    index = EmbeddedIndex(home, clock=lambda: NOW)
    kept = index.state.get(RecordKind.cursor, "forum")
    done = kept.body["done"] if kept else 0
    for number in range(done, BATCHES):
        print(number, flush=True)  # noqa: T201
        posts = (said(n, at=NOW - timedelta(minutes=n)) for n in range(number * SIZE, (number + 1) * SIZE))
        gone = [said(number * SIZE - 1).mention] if number else []
        index.store(batch(*posts, gone=gone, cursor={"done": number + 1}))
    print("all", flush=True)  # noqa: T201


def held(home: Path) -> tuple[int, list[int]]:
    """The cursor, and the numbers of the mentions that are there; every way to them must agree."""
    index = EmbeddedIndex(home, clock=lambda: NOW)
    kept = index.state.get(RecordKind.cursor, "forum")
    cursor = kept.body["done"] if kept else 0
    body = {"size": BATCHES * SIZE, "sort": [{"@timestamp": "desc"}], "track_total_hits": True}
    hits = index.search({**body, "aggs": {"terms": {"terms": {"field": "match.term"}}}})
    words = index.search({**body, "query": {"match": {"message": "parcel"}}, "_source": False})
    found = [hit["_id"] for hit in hits["hits"]["hits"]]
    assert [hit["_id"] for hit in words["hits"]["hits"]] == found
    assert sum(bucket["doc_count"] for bucket in hits["aggregations"]["terms"]["buckets"]) == len(found)
    assert all(index.get(name) is not None for name in found[-100:])
    assert sorted(record.key for record in index.state.list(RecordKind.facts, limit=10_000)) == sorted(found)
    index.close()
    return cursor, [int(name.removeprefix("forum:")) for name in found]


def expected(cursor: int) -> list[int]:
    """What lies behind a cursor: all that was stored, without the last of each batch but the newest."""
    return [n for n in range(cursor * SIZE) if (n + 1) % SIZE or n + 1 == cursor * SIZE]


def test_sigkill_anywhere_loses_and_doubles_nothing(tmp_path: Path):
    chance = random.Random(3)
    midway = 0
    for _ in range(KILLS):
        cursor, found = held(tmp_path)
        assert found == expected(cursor)
        with subprocess.Popen([sys.executable, "-c", CHILD, tmp_path], stdout=subprocess.PIPE, text=True) as child:
            for _ in range(chance.randint(1, 6)):
                child.stdout.readline()
            for _ in range(chance.randint(0, 30_000)):
                pass  # somewhere within the batch
            child.kill()
        midway += child.returncode == -signal.SIGKILL
    assert midway == KILLS
    collect(tmp_path)
    cursor, found = held(tmp_path)
    assert cursor == BATCHES
    assert found == expected(BATCHES)
