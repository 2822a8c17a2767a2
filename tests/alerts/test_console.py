"""Alerts printed, on a terminal and elsewhere."""

import io
import re
import unicodedata

from hypothesis import given, settings

from hubbub.alerts.message import write
from hubbub.alerts.notifiers.console import ConsoleNotifier
from hubbub.core.alert import Alert
from hubbub.core.text import harmless
from tests.alerts.hostile import alerts
from tests.alerts.made import POST, ZONE, finding

ALERT = write("mekara-1", [finding()], [POST], ZONE)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(alert: Alert, file: io.StringIO) -> str:
    ConsoleNotifier(file).send(alert)
    return file.getvalue()


def test_elsewhere_it_is_plain_lines() -> None:
    assert printed(ALERT, io.StringIO()).splitlines() == [
        "ALERT Mekara: 57 negative mentions in one hour, usual is 3",
        "  57 of 64 mentions are negative (89%), 2026-11-20 11:00 to 12:00 UTC",
        "  - Card declined again, write to [e-mail]",
        "      x, joe https://x.example/1",
    ]


def test_a_title_has_a_line_of_its_own() -> None:
    titled = write("mekara-1", [finding()], [POST.model_copy(update={"title": "At the counter"})], ZONE)
    assert printed(titled, io.StringIO()).splitlines()[2:4] == [
        "  - At the counter",
        "      Card declined again, write to [e-mail]",
    ]


def test_what_was_printed_stays() -> None:
    file = io.StringIO()
    notifier = ConsoleNotifier(file)
    receipt = notifier.send(ALERT)
    before = file.getvalue()
    notifier.update(ALERT, receipt)
    notifier.withdraw(receipt)
    assert (receipt, file.getvalue()) == ({}, before)


def test_on_a_terminal_it_is_framed() -> None:
    shown = printed(ALERT, Terminal())
    assert "Mekara: 57 negative mentions in one hour, usual is 3" in shown
    assert shown.lstrip("\x1b[31m").startswith("╭─")


def test_markup_in_a_post_is_shown_as_it_is() -> None:
    alert = ALERT.model_copy(update={"summary": "[bold red]not[/] :fire: [link=https://evil.example]markup"})
    assert "[bold red]not[/] :fire: [link=https://evil.example]" in printed(alert, Terminal())


@settings(deadline=None)
@given(alerts)
def test_hostile_text_neither_moves_the_cursor_nor_makes_lines_of_its_own(alert: Alert) -> None:
    shown = printed(alert, io.StringIO())
    assert not {unicodedata.category(char) for char in shown.replace("\n", "")} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    first, *others = shown.splitlines()
    assert first.startswith("ALERT ")
    assert all(line.startswith("  ") for line in others)
    titles = sum(bool(harmless(post.title or "")) for post in alert.evidence)
    assert len(others) == 1 + alert.summary.count("\n") + 2 * len(alert.evidence) + titles


@settings(deadline=None, max_examples=30)
@given(alerts)
def test_hostile_text_stays_in_its_frame(alert: Alert) -> None:
    colours = re.compile(r"\x1b\[[0-9;]*m")
    lines = colours.sub("", printed(alert, Terminal())).split("\n")[:-1]
    assert all(line.startswith(("╭", "│", "╰")) for line in lines)
