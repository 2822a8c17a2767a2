"""Sets facts of many mentions at once: their records and documents, without touching the full text."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index.embedded import state as embedded_state
from hubbub.index.embedded.tables import MENTIONS, column
from hubbub.index.embedded.values import as_json, columns
from hubbub.index.mapping import FACT_FIELDS, amended

TOGETHER = 500  # mentions

_KNOWN = (
    "SELECT m.n, m.id, d.body, (SELECT body FROM record WHERE kind = 'facts' AND key = m.id) AS known"
    " FROM json_each(?) asked CROSS JOIN mention m ON m.id = asked.value CROSS JOIN document d ON d.n = m.n"
    " WHERE known IS NOT NULL"
)


def amend(connection: sqlite.Connection, facts: Mapping[str, Facts], now: datetime) -> int:
    """Sets the facts of each mention that is here; returns how many these are."""
    names = list(facts)
    return sum(
        _amend(connection, {name: facts[name] for name in names[start : start + TOGETHER]}, now)
        for start in range(0, len(names), TOGETHER)
    )


def _amend(connection: sqlite.Connection, facts: Mapping[str, Facts], now: datetime) -> int:
    rows = connection.execute(_KNOWN, (json.dumps(list(facts)),)).fetchall()
    records, documents = [], []
    values: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for n, name, body, known in rows:
        wanted = amended(json.loads(body), facts[name])
        documents.append((as_json(wanted), n))
        records.append((name, _merged(json.loads(known), facts[name])))
        fields = _fields(facts[name])
        values[fields].append((*columns(_values(wanted, fields), MENTIONS, fields), n))
    embedded_state.put_many(connection, RecordKind.facts, records, now)
    connection.executemany("UPDATE document SET body = ? WHERE n = ?", documents)
    for fields, rows_of in values.items():
        if fields:
            places = ", ".join(f"{column(field)} = ?" for field in fields)
            connection.executemany(f"UPDATE mention SET {places} WHERE n = ?", rows_of)
    return len(rows)


def _merged(known: dict[str, Any], by: Facts) -> dict[str, Any]:
    """A facts record with what `by` sets."""
    merged = {**known, **by.model_dump(mode="json", exclude_unset=True)}
    return {name: value for name, value in merged.items() if value is not None}


def _fields(facts: Facts) -> tuple[str, ...]:
    """The fields of the document that these facts decide on."""
    return tuple(field for name, fields in FACT_FIELDS.items() if name in facts.model_fields_set for field in fields)


def _values(document: Json, fields: tuple[str, ...]) -> Json:
    """Those of the fields that the document has, under their full names."""
    found: Json = {}
    for field in fields:
        section, _, name = field.rpartition(".")
        place = document.get(section, {}) if section else document
        if name in place:
            found[field] = place[name]
    return found
