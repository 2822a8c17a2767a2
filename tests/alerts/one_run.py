"""One run that finds trouble, on the embedded index, in a process of its own."""

import os
import signal
from collections.abc import Iterator, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from hubbub.alerts.notifiers.slack import SlackNotifier
from hubbub.alerts.pipeline import raise_alerts
from hubbub.alerts.stage import Tools
from hubbub.index.embedded.index import EmbeddedIndex
from tests.alerts.made import NOW, evidence, finding, posts
from tests.fakes.slack import CHANNEL, TOKEN


class MortalState:
    """Passes every call on, and dies where it is told to."""

    def __init__(self, state: Any, place: str) -> None:
        self._state, self._place, self._calls = state, place, 0

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self._calls += 1
            self._die(f"before {self._calls}")
            answer = getattr(self._state, name)(*args, **options)
            self._die(f"after {self._calls}")
            return answer

        return call

    def _die(self, place: str) -> None:
        if place == self._place:
            os.kill(os.getpid(), signal.SIGKILL)


def notifiers(addresses: Sequence[str]) -> Iterator[SlackNotifier]:
    for number, address in enumerate(addresses):
        notifier = SlackNotifier(SecretStr(TOKEN), CHANNEL, address)
        notifier.name = f"slack-{number}"
        yield notifier


def main(home: Path, slacks: Sequence[str], minutes: float, place: str, answer: Connection) -> None:
    """Sends its decisions.

    Args:
        place: where the process kills itself: `before 4` or `after 4`, before or after its fourth call of the state.
    """
    now = NOW + timedelta(minutes=minutes)
    index = EmbeddedIndex(home, lambda: now)
    index.prepare()
    tools = Tools(
        evidence=evidence,
        posts=posts,
        record=index.record,
        state=MortalState(index.state, place),
        notifiers=list(notifiers(slacks)),
        clock=lambda: now,
    )
    outcomes = raise_alerts([finding(minutes)], tools)
    index.close()
    answer.send([str(outcome.decision) for outcome in outcomes])
