"""What the indexes cost with many mentions: `python benchmarks/index.py [MENTIONS] [--home FOLDER] [--write]`.

Fills the embedded index, DuckDB, and Elasticsearch where `--elasticsearch URL` or HUBBUB_INDEX__URL names one, with the
same made mentions of the last 90 days; asks every panel's question of every board and the program's own; times the
commands as whole processes. All times are of the second call. `--write` puts the tables into docs/benchmarks.md.

An Elasticsearch loses everything of Hubbub's that it held. A folder given by `--home` is kept, and used again where it
is filled already.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from duck import Duck, Rows
from elasticsearch import Elasticsearch
from made_mentions import BRANDS, DAYS, PLATFORMS, batches, mentions

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Index, Json
from hubbub.core.records import RecordKind, Run
from hubbub.core.settings import Settings
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards.boards import boards
from hubbub.flows.parts import Parts
from hubbub.flows.raise_alerts import findings
from hubbub.flows.runs import remember
from hubbub.index import queries
from hubbub.index.elastic.index import ElasticIndex
from hubbub.index.embedded.file import FILE
from hubbub.index.embedded.index import EmbeddedIndex

TOGETHER = 500
APART = 20_000  # mentions of an index of their own, that are edited, amended and deleted
RUNS_A_DAY = 4
KEPT = 100_000
TIMES = 5
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- benchmarks/index.py: begin -->", "<!-- benchmarks/index.py: end -->"
COMMANDS = ("status", "alert", "publish --report {home}/report.html")


@dataclass
class Store:
    """One of those that are measured. DuckDB is no index of Hubbub's."""

    name: str
    speed: float
    size: int
    search: Callable[[Json], Any]
    index: Index | None = None


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("mentions", nargs="?", type=int, default=20_000)
    arguments.add_argument("--home", type=Path)
    arguments.add_argument("--elasticsearch", default=os.environ.get("HUBBUB_INDEX__URL", ""))
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        home = asked.home or scratch / "home"
        home.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        stores = list(_filled(asked.mentions, now, home, scratch, asked.elasticsearch))
        report = [*_stores(stores, asked.mentions), "", *_questions(stores, home, now), "", *_commands(home)]
        report += ["", *_changes(scratch / "apart")]
        for store in stores:
            if store.index is not None:
                store.index.close()
    print("\n".join(report))
    if asked.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text("\n".join([f"{before}{BEGIN}", "", *report, "", f"{END}{after}"]), encoding="utf-8")


def _filled(count: int, now: datetime, home: Path, scratch: Path, url: str) -> Iterator[Store]:
    rows = Rows(scratch / "mentions.csv")
    for _, some in batches(count, now, TOGETHER):
        rows.add(some)
    rows.close()
    embedded = EmbeddedIndex(home)
    embedded.prepare()
    there = queries.totals(embedded).mentions
    speed = 0.0 if there == count else _fill(embedded, count, now)
    _listen(home, now)
    yield Store("embedded", speed, (home / FILE).stat().st_size, embedded.search, embedded)
    duck = Duck(rows.path, scratch)
    yield Store(f"DuckDB {duckdb.__version__}", count / duck.seconds, duck.size, duck.ask)
    if url:
        with Elasticsearch(url, request_timeout=60) as client:
            for name in client.indices.get(index="mentions-*,hubbub-*", ignore_unavailable=True):
                client.indices.delete(index=name)
            elastic = ElasticIndex(url)
            elastic.prepare()
            speed = _fill(elastic, count, now)
            elastic.refresh()
            size = client.indices.stats(index="mentions-*,hubbub-*")["_all"]["total"]["store"]["size_in_bytes"]
            version = client.info()["version"]["number"]
        yield Store(f"Elasticsearch {version}", speed, size, elastic.search, elastic)


def _fill(index: Index, count: int, now: datetime) -> float:
    """Mentions a second; making them is not counted."""
    spent = 0.0
    for entry, some in batches(count, now, TOGETHER):
        spent += _seconds(partial(index.store, Batch(entry, some, cursor={"at": 1})))
    return count / spent


def _listen(home: Path, now: datetime) -> None:
    """Writes a `hubbub.yaml` for the made mentions, and the runs that brought them."""
    sources = [f"  - {{name: {entry}, collector: file, path: {entry}.ndjson}}" for entry in PLATFORMS.values()]
    brands = [f"  - {{name: {name}, aliases: [{terms[0]}]}}" for name, terms in BRANDS.items()]
    lines = ["sources:", *sources, "brands:", *brands]
    (home / "hubbub.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    clock = [now]
    parts = _parts(home, lambda: clock[0])
    if parts.index.state.get(RecordKind.last_run, next(iter(PLATFORMS.values()))) is None:
        for number in range(DAYS * RUNS_A_DAY, 0, -1):
            clock[0] = now - number * timedelta(days=1) / RUNS_A_DAY
            for entry in PLATFORMS.values():
                remember(parts, Run(entry=entry, started=clock[0], fetched=700, new=690, unchanged=10, missed=0))
    parts.index.close()


def _parts(home: Path, clock: Callable[[], datetime]) -> Parts:
    return Parts(Settings(home=home, config=home / "hubbub.yaml"), clock)


def _stores(stores: list[Store], count: int) -> Iterator[str]:
    yield f"With {count:,} mentions of {DAYS} days, stored {TOGETHER} at a time:"
    yield ""
    yield "| | mentions stored a second | size, MB |"
    yield "|---|---:|---:|"
    for store in stores:
        speed = f"{store.speed:,.0f}" if store.speed else "filled before"
        how = " (its own import of a CSV file)" if store.index is None else ""
        yield f"| {store.name} | {speed}{how} | {store.size / 1e6:,.0f} |"


def _questions(stores: list[Store], home: Path, now: datetime) -> Iterator[str]:
    """One row a question: its time in each store, in milliseconds."""
    yield "| question | " + " | ".join(f"{store.name}, ms" for store in stores) + " |"
    yield "|---|" + "---:|" * len(stores)
    slower = []
    for name, body in _bodies(now):
        times = [_second(partial(store.search, body)) * 1000 for store in stores]
        slower.append(times[0] / times[1])
        yield f"| {name} | " + " | ".join(f"{taken:,.0f}" for taken in times) + " |"
    parts = _parts(home, lambda: now)
    alert = _second(lambda: list(findings(parts))) * 1000
    parts.index.close()
    yield f"| all that the rules count | {alert:,.0f} |" + " |" * (len(stores) - 1)
    yield ""
    yield (
        f"DuckDB, which reads with all cores and keeps its file open, answers the same questions {min(slower):.1f} to"
        f" {max(slower):.1f} times as fast as the embedded index (median {median(slower):.1f})."
    )


def _bodies(now: datetime) -> Iterator[tuple[str, Json]]:
    values = {name: {"terms": {"field": name, "size": 1000}} for name in ("sentiment.label", "source", "brand")}
    newest = {"newest": {"max": {"field": "@timestamp"}}}
    yield "totals", {"size": 0, "track_total_hits": True, "aggs": {**values, **newest}}
    for days in (14, DAYS):
        period = Period(now - timedelta(days=days), now)
        for board in boards().values():
            for placed in board.placed():
                yield f"{placed.name}, {days} days", placed.panel.question(period)
    for field in ("user.id", "conversation.id", "url.full"):
        top = {"terms": {"field": field, "size": 10}}
        yield f"the top 10 of {field}", {"size": 0, "aggs": {"top": top}}
        yield f"how many {field}", {"size": 0, "aggs": {"people": {"cardinality": {"field": field}}}}
    person = {"query": {"term": {"user.id": "u7"}}, "size": 50, "sort": [{"@timestamp": "desc"}]}
    yield "the newest 50 of one person", {**person, "_source": ["message"]}


def _commands(home: Path) -> Iterator[str]:
    yield "| command, as a whole process | s |"
    yield "|---|---:|"
    environment = {**os.environ, "HUBBUB_HOME": str(home), "HUBBUB_INDEX__URL": ""}
    for command in COMMANDS:
        line = [sys.executable, "-m", "hubbub", *command.format(home=home).split()]
        run = partial(subprocess.run, line, cwd=home, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield f"| `hubbub {command.split('{')[0].strip()}` | {_second(run):.2f} |"


def _changes(home: Path) -> Iterator[str]:
    """What later writes cost the embedded index."""
    index = EmbeddedIndex(home)
    index.prepare()
    some = list(mentions(APART, datetime(2026, 11, 24, tzinfo=UTC)))
    stored = _many(index, some)
    edited = [_edited(enriched) for enriched in some]
    names = [enriched.mention.id for enriched in some]
    scattered = [edited[place] for place in range(0, APART, 40)]
    yield f"In an embedded index of {APART:,}:"
    yield ""
    yield f"- storing does {stored:,.0f} mentions a second, and storing them edited {_many(index, edited):,.0f};"
    again = [_edited(enriched) for enriched in scattered]
    taken = _seconds(lambda: index.store(Batch("made", again)))
    yield f"- {len(again)} edits from all over it, in one batch, take {taken * 1000:.0f} ms,"
    single = [_seconds(partial(index.store, Batch("made", [_edited(_edited(enriched))]))) for enriched in again[:50]]
    yield f"  a single one {median(single) * 1000:.1f} ms (median);"
    facts = Facts(answered_at=datetime(2026, 11, 24, tzinfo=UTC), answered_by="x:1", response_seconds=60)
    taken = min(_seconds(lambda: index.amend(names, facts)) for _ in range(3))
    yield f"- facts of stored mentions are set at {APART / taken:,.0f} a second, one at a time in"
    single = [_seconds(partial(index.amend, [name], Facts(spam=True))) for name in names[::400]]
    yield f"  {median(single) * 1000:.1f} ms (median);"
    gone: list[Mention] = [enriched.mention for enriched in some[:TOGETHER]]
    taken = _seconds(lambda: index.store(Batch("made", gone=gone)))
    yield f"- deleting {len(gone)} at once takes {taken:.2f} s, the rewriting of the file included;"
    for number in range(KEPT):
        run = Run(entry="made", started=datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=number))
        index.state.put(RecordKind.run, str(number), run.model_dump(mode="json"))
    count = _second(lambda: index.state.count(RecordKind.run)) * 1000
    listed = _second(lambda: index.state.list(RecordKind.run, limit=100)) * 1000
    yield f"- of {KEPT:,} kept runs, counting takes {count:.1f} ms, and listing the newest 100 {listed:.1f} ms."
    index.close()


def _many(index: EmbeddedIndex, some: list[Enriched]) -> float:
    """How many are stored a second."""
    return len(some) / sum(
        _seconds(partial(index.store, Batch("made", some[start : start + TOGETHER])))
        for start in range(0, len(some), TOGETHER)
    )


def _edited(enriched: Enriched) -> Enriched:
    mention = enriched.mention
    changed = {"text": f"{mention.text} (edited)", "observed_at": mention.observed_at + timedelta(hours=1)}
    return enriched.model_copy(update={"mention": mention.model_copy(update=changed)})


def _second(work: Callable[[], object]) -> float:
    """Seconds of the second call, the least of some."""
    work()
    return min(_seconds(work) for _ in range(TIMES))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
