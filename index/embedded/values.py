"""Field values as the embedded index keeps and compares them, which is how Elasticsearch does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from hubbub.core.moments import milliseconds
from hubbub.core.ports import Json

Value = int | float | Sequence[str]
"""A date in milliseconds, a number, 0 or 1, or keywords; of a text, 1."""
Reader = Callable[[Any], Value]


def kept(document: Json, readers: Mapping[str, Reader]) -> dict[str, Value]:
    """What the columns of a table keep of a document, by the full name of the field."""
    found: dict[str, Value] = {}
    for name, value in document.items():
        if not isinstance(value, dict):
            if name in readers:
                found[name] = readers[name](value)
        elif name != "raw":
            for inner, content in value.items():
                if (field := f"{name}.{inner}") in readers:
                    found[field] = readers[field](content)
    return found


def reader(field: Json) -> Reader:
    """What the column of a field with that mapping keeps of its value."""
    match field["type"]:
        case "keyword":
            return _keywords(field["ignore_above"])
        case "date":
            return lambda value: milliseconds(datetime.fromisoformat(value))
        case "float":
            return float
        case "text":
            return lambda value: 1
        case _:
            return int


def _keywords(longest: int) -> Reader:
    """Each once, without those that are too long, counted as Java does."""
    surely_fit = longest // 2

    def read(value: str | list[str]) -> Sequence[str]:
        values = (value,) if isinstance(value, str) else (*dict.fromkeys(value),)
        for text in values:
            if len(text) > surely_fit:
                return [each for each in values if len(each.encode("utf-16-le")) // 2 <= longest]
        return values

    return read
