"""Says a question's query in Kibana's query language, in which Lens and saved searches keep it."""

import json
from collections.abc import Mapping
from typing import Any

from hubbub.core.errors import Misconfigured


def kql(query: Mapping[str, Any]) -> str:
    """Translates `bool` (filter, must_not), `term`, `terms`, `exists` and `match_all`.

    Raises:
        Misconfigured: a panel asks for something that has no translation here.
    """
    [(kind, body)] = query.items()
    match kind, body:
        case "match_all", _:
            return "*"
        case "exists", {"field": field}:
            return f"{field}: *"
        case "term", _:
            [(field, value)] = body.items()
            return f"{field}: {json.dumps(value, ensure_ascii=False)}"
        case "terms", _:
            [(field, values)] = body.items()
            return f"{field}: ({' or '.join(json.dumps(value, ensure_ascii=False) for value in values)})"
        case "bool", _ if body.keys() <= {"filter", "must_not"}:
            wanted = [_inner(part) for part in body.get("filter", [])]
            unwanted = [f"not {_inner(part)}" for part in body.get("must_not", [])]
            return " and ".join(wanted + unwanted)
    raise Misconfigured(f"a panel's query holds {kind!r} in a form that Kibana's query language is not told of")


def _inner(query: Mapping[str, Any]) -> str:
    return f"({kql(query)})" if "bool" in query else kql(query)
