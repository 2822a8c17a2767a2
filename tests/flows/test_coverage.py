"""Whatever a source holds and however its reading ends: every record read is counted once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubbub.core.errors import Fatal, HubbubError, Retryable
from hubbub.core.insight import Enriched, Insight
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Page, Stored
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import Settings
from hubbub.core.verdict import Label, Verdict
from hubbub.flows.collect import collect
from tests.command import write_config
from tests.flows.conftest import NOW, PartsOf, Source, page, posts

NEUTRAL = Insight(
    language="en", verdict=Verdict(label=Label.neutral, confidence=0.9, score=0, uncertain=False, model="test")
)


class Reader:
    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        return [NEUTRAL] * len(mentions)


class Refusing:
    """The parts' index, which refuses mentions that say so and is away for the batch of that number."""

    def __init__(self, index: Any, away_at: int | None) -> None:
        self._index = index
        self._away_at = away_at
        self._batches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def store(self, batch: Batch) -> Stored:
        self._batches += 1
        if self._batches == self._away_at:
            raise Retryable("the index is away")
        refused = [one for one in batch.mentions if _refused(one)]
        letters = [DeadLetter.of(batch.entry, "index", "too long", one.mention.raw, NOW) for one in refused]
        fit = [one for one in batch.mentions if not _refused(one)]
        stored: Stored = self._index.store(replace(batch, mentions=fit, dead=[*batch.dead, *letters]))
        stored.refused = letters
        return stored


def _refused(enriched: Enriched) -> bool:
    return "refuse" in enriched.mention.raw


RECORDS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcdef")},
        optional={
            "bad": st.sampled_from(["has no text", "is dated 2031-01-01", "is dated 2032-02-02"]),
            "gone": st.booleans(),
            "refuse": st.just(True),
            "text": st.sampled_from(["Kolibri lost it", "nothing of ours"]),
        },
    ),
    max_size=30,
)
LINES = st.lists(st.sampled_from(["{", "x", "]"]), max_size=5)


@st.composite
def readings(draw: st.DrawFn) -> list[Page | HubbubError]:
    found: list[Page | HubbubError] = []
    for number in range(draw(st.integers(0, 4))):
        dead = [DeadLetter.of("posts", "fetch", "no JSON", {"line": line}, NOW) for line in draw(LINES)]
        missed = draw(st.sampled_from([None, 0, 3]))
        at = draw(st.sampled_from([None, number + 1]))
        found.append(page(*draw(RECORDS), at=at, dead=dead, missed=missed, whole=draw(st.booleans())))
    if draw(st.booleans()):
        found.insert(draw(st.integers(0, len(found))), draw(st.sampled_from([Retryable("away"), Fatal("no key")])))
    return found


def adds_up(run: Run) -> bool:
    parts = (run.new, run.updated, run.unchanged, run.dropped, run.deleted, run.gone_unknown, run.dead_lettered)
    return run.fetched == sum(parts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs=st.lists(st.tuples(readings(), st.none() | st.integers(1, 4), st.booleans()), min_size=1, max_size=4))
def test_what_was_fetched_is_the_sum_of_what_became_of_it(
    runs: list[tuple[list[Page | HubbubError], int | None, bool]],
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = Source()
        parts = PartsOf(Settings(home=folder / "home", config=write_config(folder)), source)
        parts.__dict__["reader"] = Reader()
        index = parts.index
        failures = 0
        for found, away_at, again in runs:
            source.pages = found
            parts.__dict__["index"] = Refusing(index, away_at)
            index.state.delete(RecordKind.cursor, "posts")
            parts.now += timedelta(minutes=5)
            try:
                run = collect(parts, parts.entry, since=NOW if again else None)
            except HubbubError as error:
                run = last_run(parts)
                failures += 1
                assert run.error == str(error)
                assert run.missed is None
            else:
                failures = 0
                assert run.missed == told(found)
            assert run.failures == failures
            assert adds_up(run), run
            assert run == last_run(parts)
            [hit] = index.search({"query": {"ids": {"values": [event_id(run)]}}}, over="events")["hits"]["hits"]
            assert hit["_source"]["run"]["fetched"] == run.fetched
            assert ("missed" in hit["_source"]["run"]) == (run.missed is not None)
        index.close()


def last_run(parts: PartsOf) -> Run:
    record = parts.index.state.get(RecordKind.last_run, "posts")
    assert record is not None
    return Run.model_validate(record.body)


def told(found: Sequence[Page | HubbubError]) -> int | None:
    missed = [one.missed for one in found if isinstance(one, Page) and one.missed is not None]
    return sum(missed) if missed else None


def event_id(run: Run) -> str:
    return f"run:posts:{run.started:%Y-%m-%dT%H:%M:%S}.000Z"


def test_twins_and_what_returns_after_its_deletion_are_unchanged(parts: PartsOf, source: Source) -> None:
    twin = {"id": "1", "text": "Kolibri is late"}
    source.pages = [page(twin, twin, {"id": "2"}, {"id": "9", "gone": True})]
    run = collect(parts, parts.entry)
    assert (run.fetched, run.new, run.unchanged, run.gone_unknown) == (4, 2, 1, 1)

    source.pages = [page(), page({"id": "1", "gone": True}, at=2), page(twin, at=3)]
    run = collect(parts, parts.entry)
    assert (run.fetched, run.deleted, run.unchanged) == (2, 1, 1)
    assert parts.index.get("forum:1") is None


def test_a_page_that_could_not_be_stored_is_not_counted_and_is_read_again(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 3)), page(*posts(3, 5), at=2, missed=0)]
    index = parts.index
    parts.__dict__["index"] = Refusing(index, away_at=2)
    with pytest.raises(Retryable):
        collect(parts, parts.entry)
    failed = last_run(parts)
    assert (failed.fetched, failed.new, failed.missed, failed.failures) == (3, 3, None, 1)

    parts.__dict__["index"] = index
    run = collect(parts, parts.entry)
    assert (run.fetched, run.new, run.missed, run.failures) == (2, 2, 0, 0)


def test_missed_is_unknown_in_a_run_that_failed(parts: PartsOf, source: Source) -> None:
    source.pages = [page(*posts(0, 3), missed=0), Retryable("away")]
    with pytest.raises(Retryable):
        collect(parts, parts.entry)
    assert last_run(parts).missed is None
