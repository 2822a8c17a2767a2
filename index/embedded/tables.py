"""The tables that can be searched: mentions and events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hubbub.core.ports import Json, Over
from hubbub.index import mapping


@dataclass(frozen=True)
class Table:
    """A table of documents that can be searched.

    Attributes:
        name: of the table with a row a document: its place `n`, its id and version.
        bodies: of the table with the documents themselves.
        chunks: of the table with the values of the fields (see `chunk`).
        types: the type of every field that can be asked for.
        fields: the mapping of those with a column.
        texts: full-text fields, and where in the table `words` they are found.
        index_of: the Elasticsearch index that a document of that time would lie in.
    """

    name: str
    bodies: str
    chunks: str
    types: Mapping[str, str]
    fields: Mapping[str, Json]
    texts: Mapping[str, str]
    index_of: Callable[[datetime], str]


def _with_column(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {name: field for name, field in fields.items() if field["type"] != "object"}


MENTIONS = Table(
    name="mention",
    bodies="mention_body",
    chunks="mention_chunk",
    types=mapping.TYPES["mentions"],
    fields=_with_column(mapping.FIELDS),
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
    fields=_with_column(mapping.EVENT_FIELDS),
    texts={},
    index_of=lambda at: mapping.EVENTS,
)
TABLES: dict[Over, Table] = {"mentions": MENTIONS, "events": EVENTS}
