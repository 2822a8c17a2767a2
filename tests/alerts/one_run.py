"""`python -m tests.alerts.one_run HOME SLACK MINUTES [KILL]`: one run that finds trouble, on the embedded index.

SLACK is an address, or several with commas between.
KILL is a place like `before 4` or `after 4`: the process kills itself there, before or after its fourth call of the
state.
"""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
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


def notifiers(addresses: str) -> Iterator[SlackNotifier]:
    for number, address in enumerate(addresses.split(",")):
        notifier = SlackNotifier(SecretStr(TOKEN), CHANNEL, address)
        notifier.name = f"slack-{number}"
        yield notifier


def main(home: str, slack: str, minutes: str, place: str = "") -> None:
    now = NOW + timedelta(minutes=float(minutes))
    index = EmbeddedIndex(Path(home), lambda: now)
    index.prepare()
    tools = Tools(
        evidence=evidence,
        posts=posts,
        record=index.record,
        state=MortalState(index.state, place),
        notifiers=list(notifiers(slack)),
        clock=lambda: now,
    )
    outcomes = raise_alerts([finding(float(minutes))], tools)
    index.close()
    sys.stdout.writelines(f"{outcome.decision}\n" for outcome in outcomes)


if __name__ == "__main__":
    main(*sys.argv[1:])
