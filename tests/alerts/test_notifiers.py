"""Who is told: the notifiers that the environment sets up, found by listing their folder."""

import sys
from pathlib import Path

import pytest

from hubbub.alerts import notifiers
from hubbub.alerts.catalogue import load_notifiers
from hubbub.core.errors import Misconfigured
from tests.fakes.slack import CHANNEL, TOKEN

PAGER = """
import os

class Pager:
    name = "pager"

def from_environment():
    return Pager() if os.environ.get("HUBBUB_PAGER__KEY") else None
"""


@pytest.fixture(autouse=True)
def nothing_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUBBUB_SLACK__BOT_TOKEN", "HUBBUB_SLACK__CHANNEL", "HUBBUB_SLACK__BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def names() -> list[str]:
    return [notifier.name for notifier in load_notifiers()]


def test_the_console_is_told_where_nothing_is_set_up_and_only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names() == ["console"]
    monkeypatch.setenv("HUBBUB_SLACK__BOT_TOKEN", TOKEN)
    monkeypatch.setenv("HUBBUB_SLACK__CHANNEL", CHANNEL)
    assert names() == ["slack"]


def test_a_notifier_that_is_set_up_wrongly_is_never_left_out_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBBUB_SLACK__BOT_TOKEN", TOKEN)
    with pytest.raises(Misconfigured, match="HUBBUB_SLACK__CHANNEL"):
        load_notifiers()


def test_a_new_notifier_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pager.py").write_text(PAGER)
    (tmp_path / "_pager_words.py").write_text("raise AssertionError('underscore files are skipped')")
    monkeypatch.setattr(notifiers, "__path__", [*notifiers.__path__, str(tmp_path)])
    assert names() == ["console"]
    monkeypatch.setenv("HUBBUB_PAGER__KEY", "k")
    assert names() == ["pager"]
    monkeypatch.setenv("HUBBUB_SLACK__BOT_TOKEN", TOKEN)
    monkeypatch.setenv("HUBBUB_SLACK__CHANNEL", CHANNEL)
    assert names() == ["pager", "slack"]
    sys.modules.pop(f"{notifiers.__name__}.pager")
