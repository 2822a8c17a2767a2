"""What an aggregation of the embedded index looks at: rows, told apart by the keys of the buckets around it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.index.embedded.search.query import Sql, both
from hubbub.index.embedded.tables import Table, column

Key = tuple[Any, ...]
Answers = dict[Key, Json]


@dataclass(frozen=True)
class Slice:
    """The rows of `where`, once for each value of the `joins`, told apart by `keys`."""

    table: Table
    where: Sql
    joins: tuple[str, ...] = ()
    keys: tuple[Sql, ...] = ()

    def narrowed(self, further: Sql) -> "Slice":
        return replace(self, where=both(further, self.where))

    def told_apart(self, key: Sql, *joins: str) -> "Slice":
        return replace(self, joins=(*self.joins, *joins), keys=(*self.keys, key))

    def select(self, columns: str, order: str = "") -> Sql:
        """The keys and `columns` of every row; `order` is an ORDER BY."""
        names = ", ".join([*(f"{key.text} AS k{i}" for i, key in enumerate(self.keys)), columns])
        values = tuple(value for key in self.keys for value in key.values) + self.where.values
        return Sql(
            f"SELECT {names} FROM {self.table.name} m {' '.join(self.joins)} WHERE {self.where.text} {order}", values
        )

    def grouped(self, columns: str) -> Sql:
        """The keys and `columns` of every group of rows with the same keys."""
        return self.select(columns, f"GROUP BY {self.key_names}" if self.keys else "")

    @property
    def key_names(self) -> str:
        return ", ".join(f"k{i}" for i in range(len(self.keys)))


def rows(connection: sqlite.Connection, sql: Sql, part: Slice) -> Iterator[tuple[Key, tuple[Any, ...]]]:
    """Key and columns of each row."""
    keys = len(part.keys)
    for row in connection.execute(*sql):
        yield row[:keys], row[keys:]


def counts(connection: sqlite.Connection, part: Slice) -> dict[Key, int]:
    """How many rows each bucket holds."""
    return {key: count for key, (count,) in rows(connection, part.grouped("COUNT(*)"), part)}


def by_value(part: Slice, field: str, missing: Any) -> Slice:
    """The slice, once for each value of the field; `missing` stands for none."""
    name = f"m.{column(field)}"
    joins = []
    if field in part.table.multiple:
        alias = f"v{len(part.joins)}"
        name = f"{alias}.value"
        side = "JOIN" if missing is None else "LEFT JOIN"
        joins = [f"{side} value {alias} ON {alias}.n = m.n AND {alias}.field = '{field}'"]
    key = Sql(name) if missing is None else Sql(f"COALESCE({name}, ?)", (missing,))
    return part.told_apart(key, *joins)


def plain(field: Any, table: Table) -> str:
    """The field, which is not full text."""
    if table.field_type(field) == "text":
        raise Misconfigured(f"{field!r} is full text: it has no values to aggregate")
    return str(field)


def number_type(field: str, kind: str, table: Table) -> str:
    of = table.field_type(field)
    if of not in (("long", "float") if kind == "sum" else ("long", "float", "date")):
        raise Misconfigured(f"{kind} cannot take {field!r}, which is a {of}")
    return of
