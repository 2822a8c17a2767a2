"""What goes wrong with the embedded index's file: one clear line each, and nothing is lost."""

import math
import os
import random
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Fatal, Misconfigured
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index.embedded.file import FILE
from hubbub.index.embedded.index import EmbeddedIndex
from tests.index.made import NOW, batch, said
from tests.index.test_contract_search import QUERIES

AGGREGATIONS: list[Json] = [
    {"terms": {"field": "brand", "size": 3, "order": {"_count": "desc"}, "missing": "x", "min_doc_count": 1}},
    {
        "date_histogram": {
            "field": "@timestamp",
            "fixed_interval": "1d",
            "offset": "1h",
            "time_zone": "+07:00",
            "extended_bounds": {"min": "now-1d", "max": "now"},
            "min_doc_count": 0,
            "order": {"_key": "asc"},
        }
    },
    {"filters": {"filters": [{"term": {"brand": "a"}}]}},
    {"range": {"field": "engagement.likes", "ranges": [{"from": 1, "to": 2, "key": "k"}], "keyed": True}},
    {"percentiles": {"field": "sentiment.score", "percents": [1, 2], "keyed": False}},
    {"cardinality": {"field": "brand"}},
    {"top_hits": {"size": 1, "from": 0, "sort": [{"brand": {"order": "desc", "missing": "_last"}}], "_source": ["a"]}},
    {"missing": {"field": "brand"}},
    {"filter": {"match_all": {}}},
    {"avg": {"field": "sentiment.score"}},
]
WRONG = [
    *(None, True, -1, 0, 2.5, math.nan, math.inf, 1e300, 10**30, "", "x", "\ud800", "now/", "2026-13-45", "1" * 5000),
    *("message", "no.such.field", "9999-12-31||+9y", "now-99999999d", "0d", "9" * 30 + "d", "+99:00"),
    *([], {}, [[]], [{}], {"a": 1}, ["a"], {"value": None}, {"query": None}),
]


def spoilt(asked: Any, chance: random.Random) -> Any:
    """The JSON with something in it gone, renamed or replaced."""
    if chance.random() < 0.2 or not asked or not isinstance(asked, dict | list):
        return chance.choice(WRONG)
    if isinstance(asked, list):
        place = chance.randrange(len(asked))
        return [*asked[:place], spoilt(asked[place], chance), *asked[place + 1 :]]
    name = chance.choice(list(asked))
    rest = {key: value for key, value in asked.items() if key != name}
    if chance.random() < 0.2:
        return chance.choice([rest, {**rest, "other": asked[name]}])
    return {**rest, name: spoilt(asked[name], chance)}


def opened(home: Path) -> EmbeddedIndex:
    return EmbeddedIndex(home, clock=lambda: NOW)


def large(number: int) -> Json:
    """10 kB that no compression makes small."""
    return {"n": random.Random(number).randbytes(5000).hex()}


def refuses(home: Path, kind: type[Fatal] = Misconfigured) -> str:
    """The line with which storing and searching there are refused."""
    lines = set()
    for use in (
        lambda i: i.prepare(),
        lambda i: i.store(batch(said(1))),
        lambda i: i.search({}),
        lambda i: i.get("a:1"),
    ):
        with pytest.raises(kind) as refused:
            use(opened(home))
        assert type(refused.value) is kind
        lines.add(str(refused.value))
    (line,) = lines
    assert "\n" not in line
    return line


def test_opening_touches_nothing(tmp_path: Path):
    opened(tmp_path / "home").close()
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file(tmp_path: Path):
    (tmp_path / "home").write_text("notes")
    assert "HUBBUB_HOME" in refuses(tmp_path / "home")
    assert "HUBBUB_HOME" in refuses(tmp_path / "home" / "below")
    assert (tmp_path / "home").read_text() == "notes"


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / FILE).write_text("notes " * 1000)
    assert "not a database" in refuses(tmp_path)
    assert (tmp_path / FILE).read_text() == "notes " * 1000


def test_a_folder_in_the_place_of_the_file(tmp_path: Path):
    (tmp_path / FILE).mkdir()
    assert "may not be opened" in refuses(tmp_path)


def test_a_database_of_another_program(tmp_path: Path):
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE mention (id)")
    before = (tmp_path / FILE).read_bytes()
    assert "another program's" in refuses(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_file_of_a_newer_hubbub(tmp_path: Path):
    opened(tmp_path).prepare()
    with sqlite3.connect(tmp_path / FILE) as newer:
        newer.execute("PRAGMA user_version = 99")
    assert "newer Hubbub" in refuses(tmp_path)


def test_a_damaged_file(tmp_path: Path):
    index = opened(tmp_path)
    index.store(batch(*(said(n) for n in range(300))))
    index.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    for page in range(4096 * 2, len(content), 4096):
        content[page : page + 2000] = b"\xff" * 2000
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(Fatal, match="damaged") as refused:
        opened(tmp_path).search(
            {"query": {"term": {"brand": "Acme"}}, "aggs": {"n": {"terms": {"field": "match.term"}}}}
        )
    assert "\n" not in str(refused.value)


@contextmanager
def without_root() -> Iterator[None]:
    """Permissions mean nothing to root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened(tmp_path).store(batch(said(1)))
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.chdir(tmp_path)  # the folders above are the owner's alone
    with without_root():
        with pytest.raises(Misconfigured, match="may not be opened or written") as refused:
            opened(Path()).store(batch(said(2)))
        assert "\n" not in str(refused.value)
    tmp_path.chmod(0o755)
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    assert opened(tmp_path).store(batch(said(1), said(2))).new == 1


def test_a_disk_without_room_for_a_second_file_still_deletes_and_opens(tmp_path: Path):
    """After a deletion the file is rewritten; that waits until there is room."""
    index = opened(tmp_path)
    index.store(batch(*(said(n, raw=large(n)) for n in range(200)), cursor={"done": 1}))
    with sqlite.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        assert index.store(batch(gone=[said(1).mention], cursor={"done": 2})).deleted == 1
        index.close()
        index.prepare()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert index.state.get(RecordKind.cursor, "forum").body == {"done": 2}
    assert index.state.count(RecordKind.sweep) == 1
    index.prepare()
    assert index.state.count(RecordKind.sweep) == 0


def test_a_disk_that_takes_no_more(tmp_path: Path):
    index = opened(tmp_path)
    index.store(batch(said(1), cursor={"done": 1}))
    more = batch(*(said(n, raw=large(n)) for n in range(2, 200)), cursor={"done": 200})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(Fatal, match="disk") as refused:
            index.store(more)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(refused.value)
    assert index.state.get(RecordKind.cursor, "forum").body == {"done": 1}
    assert index.search({})["hits"]["total"]["value"] == 1
    assert index.store(more).new == 198
    assert index.state.get(RecordKind.cursor, "forum").body == {"done": 200}


def test_a_search_outside_the_subset_says_what_is_not_answered(tmp_path: Path):
    for query, name in (
        ({"prefix": {"brand": "a"}}, "prefix"),
        ({"term": {"nope": 1}}, "nope"),
        ({"match": {"message": ["a"]}}, "text"),
    ):
        with pytest.raises(Misconfigured, match=name):
            opened(tmp_path).search({"query": query})
    for asked in ({"sampler": {}}, {"terms": {"field": "brand", "include": "a.*"}}, {"max": {"field": "brand"}}):
        with pytest.raises(Misconfigured):
            opened(tmp_path).search({"aggs": {"a": asked}})


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    query=st.sampled_from([query for query, _ in QUERIES]),
    outer=st.sampled_from(AGGREGATIONS),
    inner=st.sampled_from(AGGREGATIONS),
    chance=st.randoms(use_true_random=False),
)
def test_any_search_is_answered_or_refused_in_one_line(
    embedded: EmbeddedIndex, query: Json, outer: Json, inner: Json, chance: random.Random
):
    embedded.store(batch(said(1)))
    aggs = {"a": {**outer, "aggs": {"b": inner}} if "terms" in outer else outer}
    body = {"query": query, "sort": [{"@timestamp": "desc"}, "brand"], "size": 1, "_source": ["a"], "aggs": aggs}
    assert embedded.search(body)["hits"]["total"]["value"] in (0, 1)
    try:
        part = chance.choice(list(body))
        embedded.search({**body, part: spoilt(body[part], chance)})
    except Misconfigured as refused:
        assert "\n" not in str(refused)


STORE = """
import sys
from pathlib import Path
from tests.index.made import NOW, batch, said
from hubbub.index.embedded.index import EmbeddedIndex
index = EmbeddedIndex(Path(sys.argv[1]), clock=lambda: NOW)
first = int(sys.argv[2])
for start in range(first, first + 60, 10):
    index.store(batch(*(said(n) for n in range(start, start + 10))))
"""


def test_many_processes_store_at_once(tmp_path: Path):
    """They begin with no file: one of them makes it."""

    def store(first: int) -> subprocess.CompletedProcess:
        command = [sys.executable, "-c", STORE, tmp_path / "home", str(first)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    with ThreadPoolExecutor(3) as threads:
        ended = list(threads.map(store, [0, 30, 60]))
    assert [(process.returncode, process.stderr) for process in ended] == [(0, "")] * 3
    index = opened(tmp_path / "home")
    assert index.search({"track_total_hits": True})["hits"]["total"]["value"] == 120
    assert index.search({"query": {"match": {"message": "parcel"}}})["hits"]["total"]["value"] == 120
