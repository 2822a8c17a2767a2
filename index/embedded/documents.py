"""Reads documents from the file, those of mentions with their facts."""

import json
from collections.abc import Sequence

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.ports import Json
from hubbub.index.embedded.bodies import document_of
from hubbub.index.embedded.tables import MENTIONS, Table
from hubbub.index.mapping import amended


def documents(connection: sqlite.Connection, table: Table, places: Sequence[int]) -> dict[int, tuple[str, Json]]:
    """Id and document in each of the places."""
    facts = "m.facts" if table is MENTIONS else "NULL"
    rows = connection.execute(
        f"SELECT m.n, m.id, b.body, {facts} FROM json_each(?) CROSS JOIN {table.name} m ON m.n = value"
        f" CROSS JOIN {table.bodies} b ON b.n = m.n",
        (json.dumps([*places]),),
    )
    return {n: (name, _with_facts(document_of(body), known)) for n, name, body, known in rows}


def _with_facts(document: Json, facts: str | None) -> Json:
    return document if facts is None else amended(document, Facts.model_validate_json(facts))
