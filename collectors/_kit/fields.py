"""Reads the values of records that strangers wrote: any type, any length, any bytes."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from hubbub.core.clean import clean_text
from hubbub.core.errors import Skippable
from hubbub.core.mention import Mention
from hubbub.core.settings import explain
from hubbub.core.text import harmless, shortened

_DEEPEST = 64
_LONG = 2**63
_NAMES_SHOWN = 30
_NAME_SHOWN = 60  # characters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20]+")


def storable(value: Any, depth: int = 0) -> Any:
    """The value as every store takes it: no half characters, NUL or NaN, no number over 64 bits, no endless nesting."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        if depth == _DEEPEST:
            return "(nested too deeply)"
        return {clean_text(str(key)): storable(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return "(nested too deeply)" if depth == _DEEPEST else [storable(inner, depth + 1) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if -_LONG <= value < _LONG else str(value)
    return value if isinstance(value, float) and math.isfinite(value) else None


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


def link(value: Any) -> str | None:
    """An address that a browser may open, else None."""
    return value if isinstance(value, str) and _LINK.fullmatch(value) else None


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
        Skippable: a field is not what a mention needs, or the post is dated before 1970 or over a day ahead of `now`.
    """
    try:
        made = Mention(**fields)
    except ValidationError as error:
        raise Skippable(explain(error)) from None
    if not _EPOCH <= made.posted_at <= now + timedelta(days=1):
        raise Skippable(f"is dated {made.posted_at:%Y-%m-%d}, which cannot be")
    return made
