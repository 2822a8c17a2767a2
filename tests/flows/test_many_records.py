"""Where there are more records than one page of a list holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hubbub.core.ports import Batch
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import Settings
from hubbub.desk.status import status
from hubbub.flows.parts import Parts
from hubbub.flows.replay import replay
from hubbub.flows.runs import remember
from tests.command import write_config

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MANY = 1_001


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    config = write_config(tmp_path, columns="{posted_at: when}")
    parts = Parts(Settings(home=tmp_path / "home", config=config), clock=lambda: NOW)
    yield parts
    parts.index.close()


def test_a_source_that_ran_long_ago_is_not_said_never_to_have_run(parts: Parts) -> None:
    remember(parts, Run(entry="posts", started=NOW - timedelta(days=9), fetched=4))
    for n in range(MANY):
        remember(parts, Run(entry="busy", started=NOW - timedelta(minutes=n)))
    assert status(parts)["sources"] == [
        {
            "source": "posts",
            "last_run": NOW - timedelta(days=9),
            "fetched": 4,
            "new": 0,
            "state": "no run for over a day",
        }
    ]


def test_every_dead_letter_is_counted_and_replayed(parts: Parts) -> None:
    records = [{"native_id": str(n), "text": f"Kolibri lost parcel {n}", "when": "2026-11-01"} for n in range(MANY)]
    for record in records[::2]:
        record["when"] = "no time"
    letters = [DeadLetter.of("posts", "normalise", "has no time", record, NOW) for record in records]
    parts.index.store(Batch("posts", dead=letters))
    assert status(parts)["dead_letters"] == MANY

    [run] = replay(parts)
    assert (run.fetched, run.new, run.dead_lettered) == (MANY, MANY // 2, MANY // 2 + 1)
    assert status(parts)["dead_letters"] == MANY // 2 + 1
    assert status(parts)["mentions"]["total"] == MANY // 2


def test_a_replay_that_fails_leaves_the_day_on_which_a_record_was_set_aside(parts: Parts) -> None:
    day = NOW - timedelta(days=3)
    letter = DeadLetter.of("posts", "normalise", "not yet", {"native_id": "1", "text": "Kolibri"}, day)
    parts.index.store(Batch("posts", dead=[letter]))
    replay(parts)
    [record] = parts.index.state.list(RecordKind.dead_letter)
    kept = DeadLetter.model_validate(record.body)
    assert (kept.stage, kept.at) == ("normalise", day)
