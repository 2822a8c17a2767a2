"""Processes killed while they send, and several that send at once: the message is there once."""

import signal
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.alerts.one_run import main
from tests.fakes.slack import FakeSlack, Fault, fake_slack

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.alerts.one_run"])  # imported once, by what all of them are forked from


class Started(NamedTuple):
    process: ForkServerProcess
    answer: Connection

    def end(self) -> tuple[int | None, list[str]]:
        """Its exit status, and its decisions if it lived to tell them."""
        self.process.join(120)
        return self.process.exitcode, self.answer.recv() if self.process.exitcode == 0 else []


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as server:
        yield server


@pytest.fixture
def other() -> Iterator[FakeSlack]:
    with fake_slack() as server:
        yield server


def start(home: Path, slack: FakeSlack, minutes: float, place: str = "", other: str = "") -> Started:
    answer, told = PROCESSES.Pipe(duplex=False)
    addresses = [slack.url, other] if other else [slack.url]
    process = PROCESSES.Process(target=main, args=(home, addresses, minutes, place, told))
    process.start()
    return Started(process, answer)


def run(home: Path, slack: FakeSlack, minutes: float, place: str = "", other: str = "") -> tuple[int | None, list[str]]:
    return start(home, slack, minutes, place, other).end()


CALLS = 5  # one more than those of the state in a run that sends: list, create, get, replace


@pytest.mark.parametrize("place", [f"{when} {call}" for call in range(1, CALLS) for when in ("before", "after")])
def test_killed_at_any_call_of_the_state_the_next_run_completes_it(
    tmp_path: Path, slack: FakeSlack, place: str
) -> None:
    status, _ = run(tmp_path, slack, 0, place)
    assert status == -signal.SIGKILL
    assert run(tmp_path, slack, 2)[0] == 0
    assert len(slack.messages) == 1


def test_a_run_that_is_not_killed_makes_no_other_calls(tmp_path: Path, slack: FakeSlack) -> None:
    assert run(tmp_path, slack, 0, f"before {CALLS}") == (0, ["sent"])


@pytest.mark.parametrize("place", [f"{when} {call}" for call in range(3, CALLS + 2) for when in ("before", "after")])
def test_killed_between_two_notifiers_each_is_told_once(
    tmp_path: Path, slack: FakeSlack, other: FakeSlack, place: str
) -> None:
    """Each receipt is noted at once, by a get and a replace."""
    status, _ = run(tmp_path, slack, 0, place, other.url)
    assert status == -signal.SIGKILL
    assert run(tmp_path, slack, 2, other=other.url)[0] == 0
    assert len(slack.messages) == len(other.messages) == 1


def test_a_notifier_that_was_away_is_told_by_the_next_run_and_the_other_not_again(
    tmp_path: Path, slack: FakeSlack, other: FakeSlack
) -> None:
    other.fail("chat.postMessage", *[Fault(status=503)] * 2)
    assert run(tmp_path, slack, 0, other=other.url) == (0, ["failed"])
    assert run(tmp_path, slack, 1, other=other.url) == (0, ["grouped", "sent"])
    assert (len(slack.messages), len(other.messages)) == (1, 1)


@pytest.mark.parametrize("moment", ["before_storing", "before_answering"])
def test_killed_while_slack_has_the_message_the_next_run_completes_it(
    tmp_path: Path, slack: FakeSlack, moment: str
) -> None:
    """The request is with Slack: before it takes the message (which it does all the same), and before its answer."""
    started: list[Started] = []

    def kill() -> None:
        process = started[0].process
        process.kill()
        process.join(60)

    setattr(slack, moment, kill)
    started.append(start(tmp_path, slack, 0))
    assert started[0].end()[0] == -signal.SIGKILL
    setattr(slack, moment, lambda: None)
    assert run(tmp_path, slack, 2) == (0, ["grouped", "already sent"])
    assert run(tmp_path, slack, 5) == (0, ["already sent"])
    assert len(slack.messages) == 1


def test_workers_that_find_the_same_at_once_send_it_once(tmp_path: Path, slack: FakeSlack) -> None:
    processes = [start(tmp_path, slack, minutes / 60) for minutes in range(4)]
    ended = [process.end() for process in processes]
    assert [status for status, _ in ended] == [0] * 4
    assert sorted("sent" in decisions for _, decisions in ended) == [False, False, False, True]
    assert len(slack.messages) == 1
