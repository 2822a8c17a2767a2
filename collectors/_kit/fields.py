"""Takes the values of records that strangers wrote: any type, any length, any bytes."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from hubbub.core.addresses import is_web
from hubbub.core.errors import Skippable
from hubbub.core.mention import Mention
from hubbub.core.settings import explain
from hubbub.core.text import harmless, shortened

_LONG = 2**63
_NAMES_SHOWN = 30
_NAME_SHOWN = 60  # characters
_NEVER_IN_LINKS = re.compile(r"[<>\"\\^`{|}]")


def words(value: Any) -> str | None:
    """A text with something in it, else None."""
    return value if isinstance(value, str) and value.strip() else None


def name(value: Any) -> str | None:
    """An id or a name, which some sources write as a number."""
    if isinstance(value, int) and not isinstance(value, bool) and -_LONG <= value < _LONG:
        return str(value)
    return value.strip() if isinstance(value, str) and value.strip() else None


def count(value: Any, lowest: int = 0) -> int | None:
    """A whole number of things from `lowest` on, else None."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and lowest <= value < _LONG else None


def number(value: Any) -> float | None:
    """A number of any kind, but no text that looks like one."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else None


def link(value: Any) -> str | None:
    """An address that a browser may open, else None."""
    return value if isinstance(value, str) and is_web(value) and not _NEVER_IN_LINKS.search(value) else None


def listed(names: Iterable[str]) -> str:
    """Names for a message: one short line each, the first 30 of them."""
    every = list(names)
    shown = (shortened(harmless(each), _NAME_SHOWN) for each in every[:_NAMES_SHOWN])
    return ", ".join([*shown, *(["..."] if len(every) > _NAMES_SHOWN else [])])


def part(value: Any) -> Mapping[str, Any]:
    """A nested object, empty where there is none."""
    return value if isinstance(value, dict) else {}


def mention(now: datetime, **fields: Any) -> Mention:
    """The mention, checked.

    Raises:
        Skippable: a field is not what a mention needs, or the post is dated over a day ahead of `now`.
    """
    try:
        made = Mention(**fields)
    except ValidationError as error:
        raise Skippable(explain(error)) from None
    if made.posted_at > now + timedelta(days=1):
        raise Skippable(f"is dated {made.posted_at:%Y-%m-%d}, which cannot be")
    return made
