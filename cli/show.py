"""How the commands show things: bars and tables on a terminal, plain lines elsewhere."""

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from hubbub.core.text import harmless

_NOT_ASCII = re.compile(r"[^\n -~]+")

console = Console(highlight=False, markup=False, emoji=False)


def table(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of like keys; numbers to the right, and what the rows are called in one piece."""
    if not rows:
        return
    console.print(title, style="bold")
    drawn = Table(header_style="dim", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for at, (key, value) in enumerate(rows[0].items()):
        drawn.add_column(
            key.replace("_", " "),
            justify="right" if isinstance(value, int | float) or str(value).endswith("%") else "left",
            overflow="fold",
            no_wrap=at == 0,
        )
    for row in rows:
        drawn.add_row(*("" if value is None else _plain(value) for value in row.values()))
    console.print(drawn)


def complain(line: str) -> None:
    """Says on standard error what is wrong or worth knowing, in one line."""
    print(f"hubbub: {harmless(line)}", file=sys.stderr)


def as_json(value: Any) -> None:
    """Times as ISO 8601."""
    print(json_text(value, indent=2))


def json_text(value: Any, indent: int | None = None) -> str:
    """The value as JSON: letters as they are, in escapes what does not print (a terminal would obey it) and what the
    output cannot hold (a lone surrogate, Thai in ASCII)."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=lambda moment: moment.isoformat())
    encoding = sys.stdout.encoding or "utf-8"
    return _NOT_ASCII.sub(lambda found: _escaped(found[0], encoding), text)


def _escaped(letters: str, encoding: str) -> str:
    """Letters that are not ASCII, those in escapes that the output should not hold."""
    if letters.isprintable() and _holds(encoding, letters):
        return letters
    return "".join(c if c.isprintable() and _holds(encoding, c) else json.dumps(c)[1:-1] for c in letters)


def _holds(encoding: str, letters: str) -> bool:
    try:
        letters.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: Any) -> str:
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return "".join(char if char.isprintable() else " " for char in text)
