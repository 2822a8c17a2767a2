"""The real flow, on a real Prefect server, tries again what may succeed later and nothing else."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from hubbub.core.clock import utc_now
from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable
from hubbub.core.records import Run
from hubbub.core.settings import SourceEntry
from hubbub.flows import scheduled
from hubbub.flows.collect import Progress
from hubbub.flows.parts import Parts, open_parts
from hubbub.flows.turn import turn
from tests.command import write_config


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


class Source:
    """Stands in for the collecting of one source: fails some times, then ends well."""

    def __init__(self, error: HubbubError, failures: int) -> None:
        self.error = error
        self.failures = failures
        self.tries = 0

    def __call__(self, parts: Parts, entry: SourceEntry, progress: Progress, *, since: None, retried: bool) -> Run:
        assert retried == (self.tries > 0)
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error
        return Run(entry=entry.name, started=parts.clock(), fetched=7)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUBBUB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(scheduled.collect_source, "retry_delay_seconds", 0)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What Prefect logs of runs, which it hands on to nobody."""
    loggers = [logging.getLogger(f"prefect.{kind}_runs") for kind in ("flow", "task")]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    yield caplog
    for logger in loggers:
        logger.removeHandler(caplog.handler)


def run_flow(source: Source, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    monkeypatch.setattr(scheduled, "collect", source)
    runs: list[Run] = scheduled.run_flow(scheduled.collect_flow, config=write_config(folder))
    return runs


def test_what_may_succeed_later_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(Retryable("the source is away"), failures=2)
    assert [run.fetched for run in run_flow(source, tmp_path, monkeypatch)] == [7]
    assert source.tries == 3


def test_a_source_that_another_run_reads_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logged: pytest.LogCaptureFixture
) -> None:
    source = Source(Retryable("the source is away"), failures=0)
    with open_parts(write_config(tmp_path)) as parts, turn(parts.index.state, "posts", utc_now):
        assert run_flow(source, tmp_path, monkeypatch) == []
    assert source.tries == 0
    assert "posts: another run is reading it" in logged.text
    assert len(run_flow(source, tmp_path, monkeypatch)) == 1


@pytest.mark.parametrize(
    ("error", "tries", "raised"),
    [
        (Retryable("the source is away"), 4, Fatal),
        (Fatal("the source refuses us"), 1, Fatal),
        (Misconfigured("the source has no key"), 1, Misconfigured),
    ],
)
def test_nothing_else_is_and_nothing_for_ever(
    error: HubbubError,
    tries: int,
    raised: type[Fatal],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    logged: pytest.LogCaptureFixture,
) -> None:
    source = Source(error, failures=99)
    with pytest.raises(HubbubError, match=f"posts: {error}") as failure:
        run_flow(source, tmp_path, monkeypatch)
    assert type(failure.value) is raised
    assert source.tries == tries
    assert f"posts: {error}" in logged.text
    assert "Traceback" not in logged.text
