"""Prints alerts: in a frame on a terminal, as plain lines elsewhere. What is left where nothing else is set up."""

import sys
from collections.abc import Iterator
from typing import TextIO

from hubbub.core.alert import Alert
from hubbub.core.text import harmless, link


class ConsoleNotifier:
    """Tells whoever looks at the terminal or reads the log.

    A terminal cannot be asked what it showed: a process killed between printing and noting it down prints again. Nor
    can it unsay what it showed, so that its receipts are empty.
    """

    name = "console"

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file

    def send(self, alert: Alert) -> dict[str, str]:
        file = self._file or sys.stdout
        if file.isatty():
            _frame(alert, file)
        else:
            print("\n".join([f"ALERT {harmless(alert.title)}", *(f"  {line}" for line in _lines(alert))]), file=file)
        file.flush()
        return {}

    def update(self, alert: Alert, receipt: dict[str, str]) -> None:
        """What was printed stays."""

    def withdraw(self, receipt: dict[str, str]) -> None:
        """What was printed stays."""

    def find(self, alert: Alert) -> dict[str, str] | None:
        return None


def _lines(alert: Alert) -> Iterator[str]:
    yield from (harmless(line) for line in alert.summary.split("\n"))
    for post in alert.evidence:
        who = f"{post.source}, {post.author}" if post.author else post.source
        title, text = harmless(post.title or ""), harmless(post.text)
        yield f"- {title or text}"
        if title:
            yield f"    {text}"
        yield f"    {harmless(' '.join([who, link(post.url) or '']))}"


def _frame(alert: Alert, file: TextIO) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    body, title = Text("\n".join(_lines(alert))), Text(harmless(alert.title), style="bold")
    Console(file=file).print(Panel(body, title=title, title_align="left", border_style="red"))
