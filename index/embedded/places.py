"""The places of documents in the file: whole numbers from 1 on, in the order of their coming."""

from collections.abc import Iterator
from itertools import count

from pysqlite3 import dbapi2 as sqlite

from hubbub.index.embedded.tables import Table


def following(connection: sqlite.Connection, table: Table) -> Iterator[int]:
    """Places that nothing stands in yet, for as long as the transaction lasts."""
    (last,) = connection.execute(f"SELECT MAX(n) FROM {table.name}").fetchone()
    return count((last or 0) + 1)
