"""A time zone as settings name it."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


def _zone(name: Any) -> Any:
    if isinstance(name, str):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write one such as Asia/Bangkok or UTC") from None
    return name


Zone = Annotated[
    ZoneInfo,
    BeforeValidator(_zone),
    PlainSerializer(lambda zone: zone.key),
    WithJsonSchema({"type": "string", "examples": ["Asia/Bangkok", "Asia/Ho_Chi_Minh", "UTC"]}),
]
"""A time zone by its name in the IANA data base."""
