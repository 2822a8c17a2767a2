"""Text and JSON that every store, log and screen can hold."""

import math
from typing import Annotated, Any

from pydantic import BeforeValidator

_DEEPEST = 64
_LONG = 2**63  # from which on a number takes more than 64 bits


def clean_text(text: str) -> str:
    """Joins surrogate pairs; replaces lone surrogates and NUL, which UTF-8 and databases refuse, by U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd")


def clean_json(value: Any, depth: int = _DEEPEST) -> Any:
    """The value as every store of JSON holds it: clean text throughout, None for NaN and infinity (JSON has none),
    `str(value)` for whole numbers over 64 bits and for what is not JSON, a word for what lies deeper than 64 levels."""
    if isinstance(value, str):
        return clean_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_LONG <= value < _LONG else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict | list | tuple):
        if depth == 0:
            return "(nested too deeply)"
        if isinstance(value, dict):
            return {clean_text(str(key)): clean_json(inner, depth - 1) for key, inner in value.items()}
        return [clean_json(inner, depth - 1) for inner in value]
    return clean_text(str(value))


Text = Annotated[str, BeforeValidator(lambda value: clean_text(value) if isinstance(value, str) else value)]
JsonObject = Annotated[
    dict[str, Any], BeforeValidator(lambda value: clean_json(value) if isinstance(value, dict) else value)
]
