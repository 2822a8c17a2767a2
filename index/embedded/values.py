"""Field values as the embedded index keeps and compares them, which is how Elasticsearch does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from hubbub.core.moments import milliseconds
from hubbub.core.ports import Json

Value = int | float | Sequence[str]
"""A date in milliseconds, a number, 0 or 1, or keywords; of a text, 1."""
Reader = Callable[[Any], Value]


def flat(document: Json) -> Json:
    """The fields of a document under their full names, without `raw`."""
    fields: Json = {}
    for name, value in document.items():
        if isinstance(value, dict):
            if name != "raw":
                for inner, content in value.items():
                    fields[f"{name}.{inner}"] = content
        else:
            fields[name] = value
    return fields


def kept(document: Json, readers: Mapping[str, Reader]) -> dict[str, Value]:
    """What the columns of a table keep of a document, by field."""
    return {name: readers[name](value) for name, value in flat(document).items() if name in readers}


def reader(field: Json) -> Reader:
    """What the column of a field with that mapping keeps of its value."""
    match field["type"]:
        case "keyword":
            return partial(_keywords, field["ignore_above"])
        case "date":
            return lambda value: milliseconds(datetime.fromisoformat(value))
        case "float":
            return float
        case "text":
            return lambda value: 1
        case _:
            return int


def _keywords(longest: int, value: str | list[str]) -> Sequence[str]:
    """Each once, without those that are too long, counted as Java does."""
    if isinstance(value, str) and len(value) <= longest // 2:
        return (value,)
    values = [value] if isinstance(value, str) else [*dict.fromkeys(value)]
    return [text for text in values if len(text.encode("utf-16-le")) // 2 <= longest]
