"""How screens say things: what a field is called, numbers, and other people's text."""

import unicodedata
from collections.abc import Mapping
from typing import Any

FIELD_NAMES: Mapping[str, str] = {
    "brand": "Brand",
    "source": "Platform",
    "event.dataset": "Source",
    "message": "Post",
    "posted.hour": "Hour of the day",
    "conversation.response_seconds": "First response",
    "conversation.due_at": "Due",
    "conversation.contacts": "Posts by the customer",
    "url.full": "Link",
}
"""What screens call a field whose name says something else."""


def counted(number: int) -> str:
    """The number in words: `1 mention`, `1,200 mentions`."""
    return f"{number:,} mention" if number == 1 else f"{number:,} mentions"


def timespan(seconds: float) -> str:
    """A length of time in words, as exact as people say it: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    minutes = round(seconds / 60)
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def signed(net: float | None) -> str:
    """Net sentiment in words: `+12.5%`, with a real minus sign, or a dash where there is none."""
    return "\u2013" if net is None else f"{net:+.1%}".replace("-", "\u2212")


def readable(text: Any) -> str:
    """The text without control characters and halves of characters, which no page can show."""
    return "".join(char for char in str(text or "") if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
