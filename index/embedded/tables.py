"""The tables that can be searched: mentions and events. A field of the mapping is a column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.mapping import EVENT_FIELDS, FIELDS, month
from hubbub.index.mapping import EVENTS as EVENTS_INDEX


@dataclass(frozen=True)
class Table:
    """Attributes:
    documents: the table with the whole documents.
    fields: the mapping.
    columns: fields with a column of their own, with their type in the mapping.
    multiple: of these, those that may have several values; each value is a row of the table `value`, and put together
        by `embedded_values.joined` they are in the column too.
    texts: full-text fields, and where in the table `words` they are found.
    index_of: the Elasticsearch index that a document of that time would lie in.
    """

    name: str
    documents: str
    fields: Mapping[str, Json]
    columns: Mapping[str, str]
    multiple: tuple[str, ...]
    texts: Mapping[str, str]
    index_of: Callable[[datetime], str]

    def field_type(self, field: Any) -> str:
        """The type in the mapping.

        Raises:
            Misconfigured: there is no such field that can be asked.
        """
        if not isinstance(field, str) or field not in (*self.texts, *self.columns):
            raise Misconfigured(f"the index has no field {field!r} to ask for")
        return "text" if field in self.texts else self.columns[field]


def column(field: str) -> str:
    return f'"{field}"'


def _columns(fields: Mapping[str, Json]) -> dict[str, str]:
    return {name: field["type"] for name, field in fields.items() if field["type"] not in ("text", "object")}


MENTIONS = Table(
    name="mention",
    documents="document",
    fields=FIELDS,
    columns=_columns(FIELDS),
    multiple=("brand", "match.term", "match.kind", "match.product", "competitor", "themes", "signals"),
    texts={  # a text without Thai is kept there once
        "message": "message",
        "title": "title",
        "message.th": "{message message_th}",
        "title.th": "{title title_th}",
    },
    index_of=month,
)
EVENTS = Table(
    name="event",
    documents="event_document",
    fields=EVENT_FIELDS,
    columns=_columns(EVENT_FIELDS),
    multiple=(),
    texts={},
    index_of=lambda at: EVENTS_INDEX,
)
TABLES = (MENTIONS, EVENTS)
