"""Field values as the embedded index keeps and compares them, which is how Elasticsearch does."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from hubbub.core.moments import milliseconds
from hubbub.core.ports import Json


def flat(document: Json) -> Json:
    """What a document has, by the full name of the field; `raw` is not to be searched."""
    found: Json = {}
    for name, value in document.items():
        if not isinstance(value, dict):
            found[name] = value
        elif name != "raw":
            for inner, content in value.items():
                found[f"{name}.{inner}"] = content
    return found


def numbers(kind: str, values: Sequence[Any]) -> Sequence[float | None]:
    """What the column of a field of that type keeps of its values: a date in milliseconds, a number, 0 or 1; of a text,
    1."""
    match kind:
        case "date":
            return [None if value is None else _milliseconds(value) for value in values]
        case "text":
            return [None if value is None else 1 for value in values]
        case _:
            return values


def keywords(longest: int, values: Sequence[Any]) -> list[Sequence[str]]:
    """What the column of a keyword keeps: each once, without those that are too long, counted as Java does."""
    each: list[Sequence[str]] = [
        () if value is None else (value,) if isinstance(value, str) else tuple(dict.fromkeys(value)) for value in values
    ]
    surely_fit = longest // 2
    long = (word for words in each for word in words if len(word) > surely_fit)
    too_long = {word for word in long if len(word.encode("utf-16-le")) // 2 > longest}
    return [[word for word in words if word not in too_long] for words in each] if too_long else each


@lru_cache(1024)  # a batch is seen at one time
def _milliseconds(moment: str) -> int:
    return milliseconds(datetime.fromisoformat(moment))
