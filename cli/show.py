"""How the commands show things: bars and tables on a terminal, plain lines elsewhere."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from hubbub.core.text import harmless

console = Console(highlight=False, markup=False, emoji=False)


def table(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of like keys; numbers to the right."""
    if not rows:
        return
    console.print(title, style="bold")
    drawn = Table(header_style="dim", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for key, value in rows[0].items():
        drawn.add_column(
            key.replace("_", " "), justify="right" if isinstance(value, int | float) else "left", overflow="fold"
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
    """The value as JSON, in escapes where the output cannot hold a character (a lone surrogate, Thai in ASCII)."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=lambda moment: moment.isoformat())
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=lambda moment: moment.isoformat())
    return text


def _plain(value: Any) -> str:
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return "".join(char if char.isprintable() else " " for char in text)
