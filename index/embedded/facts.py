"""Facts, in the row of their mention: found with it, and gone with it. `state` shows them as records by mention id.

Facts of an id without a mention have a row alone, without a version, a document or any value to search for. A document
in the file has no facts in it; whoever reads it puts them in (`mapping.amended`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.moments import milliseconds
from hubbub.core.ports import Json
from hubbub.core.records import Record
from hubbub.index.embedded import columns
from hubbub.index.embedded.bodies import document_of
from hubbub.index.embedded.records import record
from hubbub.index.embedded.tables import MENTIONS
from hubbub.index.embedded.values import flat
from hubbub.index.mapping import FACT_FIELDS, amended

SCHEMA = (
    "CREATE TABLE mention (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER,"
    " facts TEXT, facts_version INTEGER, facts_written INTEGER)",
    "CREATE TABLE facts_versions (given INTEGER NOT NULL)",
    "INSERT INTO facts_versions VALUES (0)",
)
TOGETHER = 2000  # mentions

_RECORDS = "SELECT id, facts, facts_version, facts_written FROM mention WHERE facts IS NOT NULL"
_KNOWN = (
    "SELECT m.n, m.id, m.facts FROM json_each(?) asked CROSS JOIN mention m ON m.id = asked.value"
    " WHERE m.facts IS NOT NULL AND m.version IS NOT NULL"
)
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


class FactRecords:
    """All records of facts, as `Records` are those of another kind."""

    def get(self, connection: sqlite.Connection, key: str) -> Record | None:
        row = connection.execute(f"{_RECORDS} AND id = ?", (key,)).fetchone()
        return None if row is None else record(*row)

    def put(self, connection: sqlite.Connection, key: str, body: Json, now: datetime) -> None:
        connection.execute("INSERT INTO mention (id) VALUES (?) ON CONFLICT DO NOTHING", (key,))
        (n,) = connection.execute("SELECT n FROM mention WHERE id = ?", (key,)).fetchone()
        note(connection, [(n, as_text(body))], now)

    def delete(self, connection: sqlite.Connection, key: str) -> None:
        connection.execute("DELETE FROM mention WHERE id = ? AND version IS NULL", (key,))
        connection.execute("UPDATE mention SET facts = NULL WHERE id = ?", (key,))

    def listed(self, connection: sqlite.Connection, since: datetime | None, limit: int) -> list[Record]:
        rows = connection.execute(
            f"{_RECORDS} AND facts_written >= ? ORDER BY facts_version DESC LIMIT ?",
            (milliseconds(since) if since else 0, limit),
        )
        return [record(*row) for row in rows]

    def count(self, connection: sqlite.Connection) -> int:
        (count,) = connection.execute("SELECT COUNT(facts) FROM mention").fetchone()
        return int(count)

    def expire(self, connection: sqlite.Connection, before: datetime) -> None:
        old = milliseconds(before)
        connection.execute("DELETE FROM mention WHERE version IS NULL AND facts_written < ?", (old,))
        connection.execute("UPDATE mention SET facts = NULL WHERE facts_written < ?", (old,))


def as_text(body: Json) -> str:
    """A record of facts as it lies in the file."""
    return _encode(body)


def note(connection: sqlite.Connection, bodies: Iterable[tuple[int, str]], now: datetime) -> None:
    """Writes the facts of the mentions in these places, each in a version of its own."""
    some, written = list(bodies), milliseconds(now)
    versions = new_versions(connection, len(some))
    connection.executemany(
        "UPDATE mention SET facts = ?, facts_version = ?, facts_written = ? WHERE n = ?",
        [(body, version, written, n) for (n, body), version in zip(some, versions, strict=True)],
    )


def new_versions(connection: sqlite.Connection, count: int) -> range:
    (last,) = connection.execute("UPDATE facts_versions SET given = given + ? RETURNING given", (count,)).fetchone()
    return range(last - count + 1, last + 1)


def amend(connection: sqlite.Connection, facts: Mapping[str, Facts], now: datetime) -> int:
    """Sets the facts of each mention that is here; returns how many these are."""
    names = list(facts)
    return sum(
        _amend(connection, {name: facts[name] for name in names[start : start + TOGETHER]}, now)
        for start in range(0, len(names), TOGETHER)
    )


def _amend(connection: sqlite.Connection, facts: Mapping[str, Facts], now: datetime) -> int:
    rows = connection.execute(_KNOWN, (json.dumps(list(facts)),)).fetchall()
    if not rows:
        return 0
    records = []
    values: dict[tuple[str, ...], dict[int, Json]] = defaultdict(dict)
    for n, name, known in rows:
        by = facts[name]
        records.append((n, as_text(_merged(json.loads(known), by))))
        base = _judged(connection, n) if "label" in by.model_fields_set else {}
        values[_fields(by)][n] = flat(amended(base, by))
    note(connection, records, now)
    for fields, by_place in values.items():
        columns.write(connection, MENTIONS, by_place, fields)
    return len(rows)


def _judged(connection: sqlite.Connection, n: int) -> Json:
    """The part of a document that a label is set beside."""
    (body,) = connection.execute("SELECT body FROM mention_body WHERE n = ?", (n,)).fetchone()
    return {"sentiment": document_of(body)["sentiment"]}


def _merged(known: dict[str, Any], by: Facts) -> dict[str, Any]:
    """A facts record with what `by` sets."""
    merged = {**known, **by.model_dump(mode="json", exclude_unset=True)}
    return {name: value for name, value in merged.items() if value is not None}


def _fields(facts: Facts) -> tuple[str, ...]:
    """The fields of the document that these facts decide on."""
    return tuple(field for name, fields in FACT_FIELDS.items() if name in facts.model_fields_set for field in fields)
