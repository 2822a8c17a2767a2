"""Elasticsearch's queries as SQL conditions on a table that can be searched, named `m`.

No condition is ever NULL, so each can be negated.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hubbub.core.errors import Misconfigured
from hubbub.index.embedded.search.dates import moment
from hubbub.index.embedded.segment import thai_words, words
from hubbub.index.embedded.tables import Table, column
from hubbub.index.embedded.values import joined, single


class Sql(NamedTuple):
    text: str
    values: tuple[Any, ...] = ()


ALL = Sql("1")
_NONE = Sql("0")


class Scope(NamedTuple):
    """Where a question is asked, and when."""

    table: Table
    now: datetime


def condition(query: Any, scope: Scope) -> Sql:
    """What a row must be to answer the query.

    Raises:
        Misconfigured: the query is not one that Hubbub asks.
    """
    kind, asked = one(query, "a query")
    match kind:
        case "match_all":
            options(asked, "match_all")
            return ALL
        case "bool":
            return _bool(asked, scope)
        case "ids":
            options(asked, "ids", "values")
            names = needed(asked, "values")
            if not isinstance(names, list):
                raise Misconfigured("ids takes a list of values")
            return Sql("m.id IN (SELECT value FROM json_each(?))", (json.dumps([str(name) for name in names]),))
        case "exists":
            options(asked, "exists", "field")
            return exists(needed(asked, "field"), scope.table)
        case "term":
            field, value = one(asked, "term")
            if isinstance(value, dict):
                options(value, "term", "value")
                value = needed(value, "value")
            return _term(field, value, scope)
        case "terms":
            field, values = one(asked, "terms")
            if not isinstance(values, list):
                raise Misconfigured(f"terms takes a list of values for {field!r}")
            return _joint("OR", [_term(field, value, scope) for value in values], _NONE)
        case "range":
            return _range(*one(asked, "range"), scope)
        case "match" | "match_phrase":
            return _match(kind, *one(asked, kind), scope)
    raise Misconfigured(f"the embedded index does not answer the query {kind!r}")


def exists(field: str, table: Table) -> Sql:
    if table.field_type(field) == "text":
        return Sql(f"EXISTS (SELECT 1 FROM words WHERE rowid = m.n AND {field.removesuffix('.th')} IS NOT NULL)")
    return Sql(f"m.{column(field)} IS NOT NULL")


def both(one: Sql, other: Sql) -> Sql:
    return other if one == ALL else one if other == ALL else _joint("AND", [one, other], ALL)


def one(asked: Any, what: str) -> tuple[str, Any]:
    """The only key and its value."""
    if not isinstance(asked, Mapping) or len(asked) != 1:
        raise Misconfigured(f"{what} takes exactly one name with what is asked of it")
    return next(iter(asked.items()))


def needed(asked: Mapping[str, Any], name: str) -> Any:
    if name not in asked:
        raise Misconfigured(f"{name!r} is missing in {dict(asked)}")
    return asked[name]


def options(asked: Any, what: str, *known: str) -> None:
    """Refuses what is not known here, rather than answer another question."""
    if not isinstance(asked, Mapping):
        raise Misconfigured(f"{what} takes an object")
    for name in asked:
        if name not in known:
            raise Misconfigured(f"the embedded index does not know {name!r} in {what}")


def _bool(asked: Any, scope: Scope) -> Sql:
    options(asked, "bool", "must", "filter", "should", "must_not", "minimum_should_match")
    clauses = {
        name: [condition(clause, scope) for clause in (part if isinstance(part, list) else [part])]
        for name, part in asked.items()
        if name != "minimum_should_match"
    }
    needed = [*clauses.get("must", ()), *clauses.get("filter", ())]
    should = clauses.get("should", [])
    least = asked.get("minimum_should_match", 1 if should and not needed else 0)
    if not isinstance(least, int) or least < 0:
        raise Misconfigured(f"minimum_should_match takes a count, not {least!r}")
    needed += [Sql(f"NOT {text}", values) for text, values in clauses.get("must_not", ())]
    if least == 1:
        needed.append(_joint("OR", should, _NONE))
    elif least > 1:
        total = _joint("+", should, _NONE)
        needed.append(Sql(f"({total.text} >= {least})", total.values))
    return _joint("AND", needed, ALL)


def _joint(word: str, parts: list[Sql], nothing: Sql) -> Sql:
    if not parts:
        return nothing
    return Sql(f"({f' {word} '.join(part.text for part in parts)})", tuple(v for part in parts for v in part.values))


def _term(field: str, asked: Any, scope: Scope) -> Sql:
    kind, name = scope.table.field_type(field), f"m.{column(field)}"
    if asked is None or isinstance(asked, dict | list):
        raise Misconfigured(f"term takes one value for {field!r}")
    match kind:
        case "text":
            raise Misconfigured(f"{field!r} is full text: ask it with match or match_phrase")
        case "date":
            return _range(field, {"gte": asked, "lte": asked}, scope)
        case "keyword" if field in scope.table.multiple:
            return Sql(f"({name} IS NOT NULL AND instr({name}, ?) > 0)", (joined([_written(asked)]),))
        case "keyword":
            return Sql(f"({name} IS ?)", (_written(asked),))
        case "boolean":
            return Sql(f"({name} IS ?)", (_boolean(field, asked),))
        case "float":
            return Sql(f"({name} IS ?)", (single(_number(field, asked)),))
        case _:
            return Sql(f"({name} IS ?)", (_number(field, asked),))


def _range(field: str, asked: Any, scope: Scope) -> Sql:
    options(asked, f"range of {field!r}", "gte", "gt", "lte", "lt")
    kind, name = scope.table.field_type(field), f"m.{column(field)}"
    if kind in ("text", "boolean") or field in scope.table.multiple:
        raise Misconfigured(f"{field!r} has no order to ask a range of")
    if kind == "date" and {type(bound) for bound in asked.values() if bound is not None} == {int, str}:
        raise Misconfigured(f"a range of {field!r} takes dates or milliseconds, not one of each")
    if {"gte", "gt"} <= set(asked) or {"lte", "lt"} <= set(asked):
        raise Misconfigured(f"a range of {field!r} takes one lower and one upper bound")
    parts = [Sql(f"{name} IS NOT NULL")]
    for word, bound in asked.items():
        if bound is None:
            continue
        sign = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}[word]
        value: Any
        match kind:
            case "date":
                value = moment(bound, scope.now, up=word in ("gt", "lte"))
            case "float":
                value = single(_number(field, bound))
            case "long":
                value = _number(field, bound)
            case _:
                value = _written(bound)
        parts.append(Sql(f"{name} {sign} ?", (value,)))
    return _joint("AND", parts, ALL)


def _match(kind: str, field: str, asked: Any, scope: Scope) -> Sql:
    text, operator = asked, "or"
    if isinstance(asked, dict):
        options(asked, kind, "query", *(["operator"] if kind == "match" else []))
        text, operator = needed(asked, "query"), str(asked.get("operator", "or")).lower()
    if operator not in ("and", "or"):
        raise Misconfigured(f"the operator of match is and or or, not {operator!r}")
    if isinstance(text, list | dict) or text is None:
        raise Misconfigured(f"{kind} of {field!r} takes a text, not {text!r}")
    if scope.table.field_type(field) != "text":
        return _term(field, text, scope)
    found = (thai_words if field.endswith(".th") else words)(_written(text))
    if not found:
        return _NONE
    quoted = ['"' + word.replace('"', '""') + '"' for word in found]
    joint = " + " if kind == "match_phrase" else f" {operator.upper()} "
    asked_of = f"{scope.table.texts[field]} : ({joint.join(quoted)})"
    return Sql("(m.n IN (SELECT rowid FROM words WHERE words MATCH ?))", (asked_of,))


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(field: str, value: Any) -> int:
    if _written(value) not in ("true", "false"):
        raise Misconfigured(f"{field!r} is true or false, not {value!r}")
    return int(_written(value) == "true")


def _number(field: str, value: Any) -> float:
    """An int where it is one and fits 64 bits."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise Misconfigured(f"{field!r} takes a number, not {value!r}")
    exact = int(value) if isinstance(value, int) or str(value).lstrip("-").isdecimal() else number
    return exact if -(2**63) <= exact < 2**63 else number
