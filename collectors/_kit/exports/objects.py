"""NDJSON: a JSON object a line."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from hubbub.collectors._kit.exports.found import Found
from hubbub.collectors._kit.exports.lines import Lines


def objects(stream: BinaryIO) -> Iterator[Found]:
    """NDJSON from where the stream stands: a JSON object a line; empty lines do not count."""
    lines = Lines(stream)
    while (line := lines.take()) is not None:
        if not line.content.strip():
            continue
        try:
            yield Found(_object(line.text()), lines.offset, complete=True)
        except ValueError as error:
            yield Found(None, lines.offset, problem=str(error), line=line.shown())


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg}, column {error.colno})") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value
