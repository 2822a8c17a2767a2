"""What goes wrong with the embedded index's file: one clear line each, and nothing is lost."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubbub.core.errors import Fatal, Misconfigured
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index.embedded import EmbeddedIndex
from hubbub.index.embedded_file import FILE
from tests.index.made import NOW, batch, said

WORDS = [
    *("match_all", "bool", "must", "should", "must_not", "minimum_should_match", "term", "terms", "range", "gte", "lt"),
    *("value", "values", "field", "exists", "ids", "match", "match_phrase", "query", "operator", "brand", "@timestamp"),
    *(
        "engagement.likes",
        "message",
        "a",
        "aggs",
        "date_histogram",
        "fixed_interval",
        "offset",
        "extended_bounds",
        "min",
    ),
    *(
        "max",
        "time_zone",
        "filter",
        "filters",
        "missing",
        "ranges",
        "from",
        "to",
        "key",
        "avg",
        "percentiles",
        "percents",
    ),
    *("cardinality", "top_hits", "size", "sort", "order", "_count", "_source", "includes"),
]
leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from([*WORDS, "now", "1d", ""])
pieces = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=8,
)


def opened(home: Path) -> EmbeddedIndex:
    return EmbeddedIndex(home, clock=lambda: NOW)


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


def test_a_disk_that_takes_no_more(tmp_path: Path):
    index = opened(tmp_path)
    index.store(batch(said(1), cursor={"done": 1}))
    more = batch(*(said(n, "word " * 1000, raw={"n": "x" * 5000}) for n in range(2, 200)), cursor={"done": 200})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(Fatal, match="disk") as refused:
            index.store(more)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(refused.value)
    assert index.state.get(RecordKind.cursor, "forum") == {"done": 1}
    assert index.search({})["hits"]["total"]["value"] == 1
    assert index.store(more).new == 198
    assert index.state.get(RecordKind.cursor, "forum") == {"done": 200}


def test_a_search_outside_the_subset_says_what_is_not_answered(tmp_path: Path):
    for query, name in (({"prefix": {"brand": "a"}}, "prefix"), ({"term": {"nope": 1}}, "nope")):
        with pytest.raises(Misconfigured, match=name):
            opened(tmp_path).search({"query": query})
    for asked in ({"sampler": {}}, {"terms": {"field": "brand", "include": "a.*"}}, {"max": {"field": "brand"}}):
        with pytest.raises(Misconfigured):
            opened(tmp_path).search({"aggs": {"a": asked}})


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.dictionaries(st.sampled_from(["query", "aggs", "size", "from", "sort", "_source"]), pieces))
def test_any_search_is_answered_or_refused_in_one_line(embedded: EmbeddedIndex, body: Json):
    embedded.store(batch(said(1)))
    try:
        embedded.search(body)
    except Misconfigured as refused:
        assert "\n" not in str(refused)


STORE = """
import sys
from pathlib import Path
from tests.index.made import NOW, batch, said
from hubbub.index.embedded import EmbeddedIndex
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
