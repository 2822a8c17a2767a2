"""How screens say things: what a field is called, numbers, and other people's text."""

import unicodedata
from collections.abc import Mapping
from typing import Any

FIELD_NAMES: Mapping[str, str] = {
    "source": "Platform",
    "event.dataset": "Source",
    "message": "Post",
    "url.full": "Link",
}
"""What screens call a field whose name says something else."""


def counted(number: int) -> str:
    """The number in words: `1 mention`, `1,200 mentions`."""
    return f"{number:,} mention" if number == 1 else f"{number:,} mentions"


def signed(net: float | None) -> str:
    """Net sentiment in words: `+12.5%`, with a real minus sign, or a dash where there is none."""
    return "\u2013" if net is None else f"{net:+.1%}".replace("-", "\u2212")


def readable(text: Any) -> str:
    """The text without control characters and halves of characters, which no page can show."""
    return "".join(char for char in str(text or "") if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
