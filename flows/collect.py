"""Collects: takes every new post of a source the whole way into the index."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Skippable
from hubbub.core.insight import Enriched
from hubbub.core.match import Match
from hubbub.core.matcher import Matcher
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Collector, Raw, Reader
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.parts import Parts, open_parts

if TYPE_CHECKING:
    from prefect import Flow

Progress = Callable[[Run], None]
Attributed = tuple[Mention, tuple[Match, ...]]


def collect(parts: Parts, entry: SourceEntry, progress: Progress = lambda run: None) -> Run:
    """Reads one source from its cursor to its end and returns what became of it; the run is recorded however it ends.

    Raises:
        HubbubError: as its kind says. What was stored before stays, and the next run goes on from there.
    """
    run = Run(entry=entry.name, started=parts.clock())
    try:
        read_to_the_end(parts, entry, run, progress)
    except HubbubError as error:
        run.error = str(error)
        with suppress(HubbubError):  # the index itself may be what failed
            remember(parts, run)
        raise
    remember(parts, run)
    return run


def read_to_the_end(parts: Parts, entry: SourceEntry, run: Run, progress: Progress) -> None:
    """The way of every mention; counts in `run` what happens on it."""
    collector = parts.collector(entry)
    cursor = parts.index.state.get(RecordKind.cursor, entry.name)
    for page in collector.fetch(parts.query, cursor):
        mentions, bad = normalise(collector, page.records, entry.name, parts)
        kept, gone = match(parts.matcher, mentions)
        enriched = enrich(parts.reader, kept)
        stored = parts.index.store(Batch(entry.name, enriched, gone, [*page.dead, *bad], page.cursor))

        run.fetched += len(page.records) + len(page.dead)
        run.dropped += len(mentions) - len(kept) - len(gone)
        run.dead_lettered += len(page.dead) + len(bad) + len(stored.refused)
        run.new += stored.new
        run.updated += stored.updated
        run.unchanged += stored.unchanged
        run.deleted += stored.deleted
        if page.missed is not None:
            run.missed = (run.missed or 0) + page.missed
        progress(run)
    parts.index.refresh()


def normalise(
    collector: Collector, records: Iterable[Raw], entry: str, parts: Parts
) -> tuple[list[Mention], list[DeadLetter]]:
    """Every record as a mention, or as a dead letter with its reason."""
    mentions: list[Mention] = []
    dead: list[DeadLetter] = []
    for raw in records:
        try:
            mentions.append(collector.normalise(raw))
        except Skippable as error:
            dead.append(DeadLetter.of(entry, "normalise", str(error), raw, parts.clock()))
    return mentions, dead


def match(matcher: Matcher, mentions: Iterable[Mention]) -> tuple[list[Attributed], list[Mention]]:
    """The mentions that are about a watched brand, and those that their source says are gone."""
    kept: list[Attributed] = []
    gone: list[Mention] = []
    for mention in mentions:
        if mention.deleted:
            gone.append(mention)
            continue
        mention, matches = matcher.attribute(mention)
        if matches:
            kept.append((mention, matches))
    return kept, gone


def enrich(reader: Reader, kept: Sequence[Attributed]) -> list[Enriched]:
    insights = reader.read([mention for mention, _ in kept])
    return [
        Enriched(mention=mention, matches=matches, insight=insight)
        for (mention, matches), insight in zip(kept, insights, strict=True)
    ]


def remember(parts: Parts, run: Run) -> None:
    run.finished = parts.clock()
    body = run.model_dump(mode="json")
    parts.index.state.put(RecordKind.run, f"{run.entry}:{run.started:%Y%m%dT%H%M%S.%fZ}", body)
    parts.index.state.put(RecordKind.last_run, run.entry, body)


@cache
def _flow() -> "Flow[..., list[Run]]":
    from prefect import flow, task
    from prefect.artifacts import create_table_artifact

    from hubbub.flows.by_prefect import RETRIES

    @task(name="collect source", task_run_name="collect {name}", **RETRIES)
    def collect_source(config: Path, name: str) -> Run:
        with open_parts(config) as parts:
            return collect(parts, parts.entries((name,))[0])

    @flow(name="collect", flow_run_name="collect")
    def collect_flow(config: Path = Path("hubbub.yaml"), sources: list[str] | None = None) -> list[Run]:
        """Collects every source side by side; one that fails does not stop the others."""
        with open_parts(config) as parts:
            names = [entry.name for entry in parts.entries(tuple(sources or ()))]
        tries = {name: collect_source.submit(config, name) for name in names}
        results = {name: future.result(raise_on_failure=False) for name, future in tries.items()}
        runs = [result for result in results.values() if isinstance(result, Run)]
        failed = {name: result for name, result in results.items() if not isinstance(result, Run)}
        create_table_artifact(key="collect", table=coverage(runs), description="What this run read and stored")
        if failed:
            wrong = any(isinstance(reason, Misconfigured) for reason in failed.values())
            kind = Misconfigured if wrong else Fatal
            raise kind("; ".join(f"{name}: {reason}" for name, reason in failed.items()))
        return runs

    return collect_flow


def coverage(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """One row a source, as the run's table shows it."""
    return [
        {
            "source": run.entry,
            "fetched": run.fetched,
            "new": run.new,
            "updated": run.updated,
            "unchanged": run.unchanged,
            "dropped": run.dropped,
            "deleted": run.deleted,
            "dead-lettered": run.dead_lettered,
            "missed": "unknown" if run.missed is None else run.missed,
        }
        for run in runs
    ]


def __getattr__(name: str) -> Any:
    """Builds `collect_flow` when it is asked for, so that a plain run does not wait for Prefect's import."""
    if name == "collect_flow":
        return _flow()
    raise AttributeError(name)
