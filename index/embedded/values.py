"""Field values as the embedded index keeps and compares them, which is how Elasticsearch does."""

import json
import math
import struct
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from hubbub.core.moments import from_milliseconds, milliseconds
from hubbub.core.ports import Json
from hubbub.index.embedded.tables import MENTIONS, Table

as_json = json.JSONEncoder(ensure_ascii=False).encode


def flat(document: Json) -> Json:
    """The fields of a document under their full names, without `raw`."""
    fields: Json = {}
    for name, value in document.items():
        if isinstance(value, dict) and name != "raw":
            fields |= {f"{name}.{inner}": content for inner, content in value.items()}
        else:
            fields[name] = value
    return fields


def columns(fields: Json, table: Table, wanted: Iterable[str] | None = None) -> list[Any]:
    """The values of the wanted columns of the table, or of all, in their order."""
    names = table.columns if wanted is None else wanted
    return [_stored(field, fields[field], table) if field in fields else None for field in names]


def multiple(fields: Json) -> list[tuple[str, str]]:
    """Field and value of the fields that may have several."""
    return [
        (field, value)
        for field in MENTIONS.multiple
        if field in fields
        for value in dict.fromkeys(_keywords(field, fields[field], MENTIONS))
    ]


def joined(values: list[str]) -> str | None:
    """Several values in one column, told apart by line breaks: `instr(column, joined([value]))` finds one."""
    if not values:
        return None
    return "\n" + "\n".join(value.replace("\\", "\\\\").replace("\n", "\\n") for value in values) + "\n"


def iso(milliseconds: float, zone: timedelta = timedelta()) -> str:
    """As Elasticsearch writes dates: `2026-11-01T00:00:00.000Z`."""
    moment = from_milliseconds(int(milliseconds)) + zone
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + (_offset(zone) or "Z")


def single(number: float) -> float:
    """A number as a `float` field keeps it: 32 bits wide."""
    try:
        narrow: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return narrow


def shortest(number: float) -> float:
    """A 32-bit number as people write it: 0.1, not 0.10000000149."""
    return next(short for digits in range(1, 10) if single(short := float(f"{number:.{digits}g}")) == number)


def _stored(field: str, value: Any, table: Table) -> Any:
    if field in table.multiple:
        return joined(_keywords(field, value, table))
    match table.columns[field]:
        case "date":
            return milliseconds(datetime.fromisoformat(value))
        case "float":
            return single(value)
        case "keyword":
            return next(iter(_keywords(field, value, table)), None)
        case _:
            return int(value)


def _keywords(field: str, value: Any, table: Table) -> list[str]:
    values = value if isinstance(value, list) else [value]
    longest = table.fields[field]["ignore_above"]
    return [text for text in values if len(text) <= longest // 2 or len(text.encode("utf-16-le")) // 2 <= longest]


def _offset(zone: timedelta) -> str:
    minutes = int(zone.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else ""
