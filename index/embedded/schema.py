"""The tables of the file: made, and brought to today's form."""

from pysqlite3 import dbapi2 as sqlite

from hubbub.index.embedded import columns, events, facts, records, words
from hubbub.index.embedded.tables import TABLES


def create(connection: sqlite.Connection) -> None:
    """Makes the tables of documents, their values and their words."""
    for statement in (*facts.SCHEMA, events.SCHEMA, *words.SCHEMA):
        connection.execute(statement)
    for table in TABLES.values():
        connection.execute(f"CREATE TABLE {table.bodies} (n INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        connection.execute(columns.schema(table))


def create_records(connection: sqlite.Connection) -> None:
    connection.execute(records.TABLE)
    for statement in records.INDEXES:
        connection.execute(statement)
