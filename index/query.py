"""The queries that Hubbub asks, read from Elasticsearch's JSON and checked: what a document has to be, as a tree."""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from hubbub.core.errors import Misconfigured
from hubbub.index.dates import moment

Value = str | int | float


class Scope(NamedTuple):
    """Where a question is asked, and when.

    Attributes:
        types: the type of every field that can be asked for.
    """

    types: Mapping[str, str]
    now: datetime


@dataclass(frozen=True)
class Everything:
    pass


@dataclass(frozen=True)
class Ids:
    names: tuple[str, ...]


@dataclass(frozen=True)
class Exists:
    field: str


@dataclass(frozen=True)
class OneOf:
    """The field, or one of its values, is one of these."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Within:
    """The field has a value from `low` to `high`, None where it is open; `*_in` says whether these are meant, too."""

    field: str
    low: Value | None = None
    low_in: bool = True
    high: Value | None = None
    high_in: bool = True


@dataclass(frozen=True)
class Said:
    """The text holds all of the words, one of them, or all of them in their order."""

    field: str
    text: str
    how: Literal["and", "or", "phrase"]


@dataclass(frozen=True)
class Both:
    """All of `needed`, none of `refused`, and at least `least` of `should`."""

    needed: tuple["Query", ...] = ()
    refused: tuple["Query", ...] = ()
    should: tuple["Query", ...] = ()
    least: int = 0


Query = Everything | Ids | Exists | OneOf | Within | Said | Both


def parse(query: Any, scope: Scope) -> Query:
    """Raises: Misconfigured: the query is not one that Hubbub asks, or names a field that is not there."""
    kind, asked = one(query, "a query")
    match kind:
        case "match_all":
            options(asked, "match_all")
            return Everything()
        case "bool":
            return _bool(asked, scope)
        case "ids":
            options(asked, "ids", "values")
            names = needed(asked, "values")
            if not isinstance(names, list):
                raise Misconfigured("ids takes a list of values")
            return Ids(tuple(str(name) for name in names))
        case "exists":
            options(asked, "exists", "field")
            field = needed(asked, "field")
            field_type(field, scope.types)
            return Exists(field)
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
            return _any([_term(field, value, scope) for value in values], field)
        case "range":
            return _range(*one(asked, "range"), scope)
        case "match" | "match_phrase":
            return _match(kind, *one(asked, kind), scope)
    raise Misconfigured(f"the embedded index does not answer the query {kind!r}")


def field_type(field: Any, types: Mapping[str, str]) -> str:
    """Raises: Misconfigured: there is no such field that can be asked."""
    if not isinstance(field, str) or field not in types:
        raise Misconfigured(f"the index has no field {field!r} to ask for")
    return types[field]


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


def single(number: float) -> float:
    """A number as a `float` field keeps it: 32 bits wide."""
    try:
        narrow: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return narrow


def _bool(asked: Any, scope: Scope) -> Both:
    options(asked, "bool", "must", "filter", "should", "must_not", "minimum_should_match")
    clauses = {
        name: tuple(parse(clause, scope) for clause in (part if isinstance(part, list) else [part]))
        for name, part in asked.items()
        if name != "minimum_should_match"
    }
    wanted = (*clauses.get("must", ()), *clauses.get("filter", ()))
    should = clauses.get("should", ())
    least = asked.get("minimum_should_match", 1 if should and not wanted else 0)
    if not isinstance(least, int) or least < 0:
        raise Misconfigured(f"minimum_should_match takes a count, not {least!r}")
    return Both(wanted, clauses.get("must_not", ()), should, least)


def _any(terms: list[Query], field: str) -> Query:
    """One of the terms of a field."""
    if all(isinstance(term, OneOf) for term in terms):
        return OneOf(field, tuple(value for term in terms if isinstance(term, OneOf) for value in term.values))
    return Both(should=tuple(terms), least=1)


def _term(field: str, asked: Any, scope: Scope) -> Query:
    kind = field_type(field, scope.types)
    if asked is None or isinstance(asked, dict | list):
        raise Misconfigured(f"term takes one value for {field!r}")
    match kind:
        case "text":
            raise Misconfigured(f"{field!r} is full text: ask it with match or match_phrase")
        case "date":
            return _range(field, {"gte": asked, "lte": asked}, scope)
        case "keyword":
            return OneOf(field, (_written(asked),))
        case "boolean":
            return OneOf(field, (_boolean(field, asked),))
        case "float":
            return OneOf(field, (single(_number(field, asked)),))
        case _:
            return OneOf(field, (_number(field, asked),))


def _range(field: str, asked: Any, scope: Scope) -> Within:
    options(asked, f"range of {field!r}", "gte", "gt", "lte", "lt")
    kind = field_type(field, scope.types)
    if kind in ("text", "boolean"):
        raise Misconfigured(f"{field!r} has no order to ask a range of")
    if kind == "date" and {type(bound) for bound in asked.values() if bound is not None} == {int, str}:
        raise Misconfigured(f"a range of {field!r} takes dates or milliseconds, not one of each")
    if {"gte", "gt"} <= set(asked) or {"lte", "lt"} <= set(asked):
        raise Misconfigured(f"a range of {field!r} takes one lower and one upper bound")
    bounds: dict[str, Any] = {}
    for word, bound in asked.items():
        if bound is None:
            continue
        side = "low" if word in ("gte", "gt") else "high"
        bounds |= {side: _bound(field, kind, word, bound, scope.now), f"{side}_in": word in ("gte", "lte")}
    return Within(field, **bounds)


def _bound(field: str, kind: str, word: str, bound: Any, now: datetime) -> Value:
    match kind:
        case "date":
            return moment(bound, now, up=word in ("gt", "lte"))
        case "float":
            return single(_number(field, bound))
        case "long":
            return _number(field, bound)
        case _:
            return _written(bound)


def _match(kind: str, field: str, asked: Any, scope: Scope) -> Query:
    text, operator = asked, "or"
    if isinstance(asked, dict):
        options(asked, kind, "query", *(["operator"] if kind == "match" else []))
        text, operator = needed(asked, "query"), str(asked.get("operator", "or")).lower()
    if isinstance(text, list | dict) or text is None:
        raise Misconfigured(f"{kind} of {field!r} takes a text, not {text!r}")
    if operator not in ("and", "or"):
        raise Misconfigured(f"the operator of match is and or or, not {operator!r}")
    if field_type(field, scope.types) != "text":
        return _term(field, text, scope)
    return Said(field, _written(text), "phrase" if kind == "match_phrase" else "and" if operator == "and" else "or")


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
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise Misconfigured(f"{field!r} takes a number, not {value!r}")
    exact = int(value) if isinstance(value, int) or str(value).lstrip("-").isdecimal() else number
    return exact if -(2**63) <= exact < 2**63 else number
