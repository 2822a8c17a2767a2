"""The tables that can be searched: mentions and events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hubbub.core.ports import Json, Over
from hubbub.index import mapping
from hubbub.index.embedded.values import Reader, reader


@dataclass(frozen=True)
class Table:
    """Attributes:
    name: of the table with a row a document: its place `n`, its id and version.
    bodies: of the table with the documents themselves.
    chunks: of the table with the values of the fields (see `chunk`).
    types: the type of every field that can be asked for.
    readers: what is kept of each field's value.
    texts: full-text fields, and where in the table `words` they are found.
    index_of: the Elasticsearch index that a document of that time would lie in.
    """

    name: str
    bodies: str
    chunks: str
    types: Mapping[str, str]
    readers: Mapping[str, Reader]
    texts: Mapping[str, str]
    index_of: Callable[[datetime], str]


def _readers(fields: Mapping[str, Json]) -> dict[str, Reader]:
    return {name: reader(field) for name, field in fields.items() if field["type"] != "object"}


MENTIONS = Table(
    name="mention",
    bodies="mention_body",
    chunks="mention_chunk",
    types=mapping.TYPES["mentions"],
    readers=_readers(mapping.FIELDS),
    texts={  # a text without Thai is kept there once
        "message": "message",
        "title": "title",
        "message.th": "{message message_th}",
        "title.th": "{title title_th}",
    },
    index_of=mapping.month,
)
EVENTS = Table(
    name="event",
    bodies="event_body",
    chunks="event_chunk",
    types=mapping.TYPES["events"],
    readers=_readers(mapping.EVENT_FIELDS),
    texts={},
    index_of=lambda at: mapping.EVENTS,
)
TABLES: dict[Over, Table] = {"mentions": MENTIONS, "events": EVENTS}
