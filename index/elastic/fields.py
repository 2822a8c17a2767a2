"""The fields that a search asks for. One that Elasticsearch does not know is to it one that no document has."""

from collections.abc import Iterator, Mapping
from typing import Any

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Over
from hubbub.index.mapping import EVENT_FIELDS, FIELDS

_BY_FIELD = ("term", "terms", "range", "match", "match_phrase")
_FIELDS = {
    over: {*fields, *(f"{name}.{inner}" for name, field in fields.items() for inner in field.get("fields", {}))}
    for over, fields in (("mentions", FIELDS), ("events", EVENT_FIELDS))
}


def check(body: Mapping[str, Any], over: Over) -> None:
    """Whether all fields are there to ask for; whatever else may be wrong with the search is the server's to say.

    Raises:
        Misconfigured: one is not.
    """
    for field in (*_of_query(body.get("query")), *_of_sort(body.get("sort")), *_of_aggregations(body)):
        if field not in _FIELDS[over]:
            raise Misconfigured(f"the index has no field {field!r} to ask for")


def _of_query(query: Any) -> Iterator[str]:
    for kind, asked in _pairs(query):
        if kind == "bool":
            for _, clauses in _pairs(asked):
                for clause in clauses if isinstance(clauses, list) else [clauses]:
                    yield from _of_query(clause)
        elif kind == "exists":
            yield from _named(asked)
        elif kind in _BY_FIELD:
            yield from (field for field, _ in _pairs(asked))


def _of_sort(sort: Any) -> Iterator[str]:
    for key in sort if isinstance(sort, list) else [sort]:
        names = [key] if isinstance(key, str) else [name for name, _ in _pairs(key)]
        yield from (name for name in names if not name.startswith("_"))


def _of_aggregations(around: Any) -> Iterator[str]:
    for _, aggregation in _pairs(dict(_pairs(around)).get("aggs")):
        for kind, asked in _pairs(aggregation):
            if kind == "filter":
                yield from _of_query(asked)
            elif kind == "filters":
                queries = dict(_pairs(asked)).get("filters")
                for query in queries if isinstance(queries, list) else [inner for _, inner in _pairs(queries)]:
                    yield from _of_query(query)
            elif kind == "top_hits":
                yield from _of_sort(dict(_pairs(asked)).get("sort"))
            elif kind != "aggs":
                yield from _named(asked)
        yield from _of_aggregations(aggregation)


def _named(asked: Any) -> Iterator[str]:
    yield from (str(value) for name, value in _pairs(asked) if name == "field")


def _pairs(part: Any) -> list[tuple[str, Any]]:
    return list(part.items()) if isinstance(part, Mapping) else []
