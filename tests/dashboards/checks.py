"""What can be known of saved objects without a Kibana: they are whole, closed, and ask for fields that exist."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from hubbub.index.mapping import EVENT_FIELDS, FIELDS

Json = dict[str, Any]

VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0"}
_ENVELOPE = {"type", "id", "attributes", "references", "managed", "coreMigrationVersion", "typeMigrationVersion"}
_ATTRIBUTES = {
    "index-pattern": "title name timeFieldName fields runtimeFieldMap fieldFormatMap fieldAttrs sourceFilters typeMeta",
    "search": "title description columns sort grid hideChart isTextBasedQuery timeRestore kibanaSavedObjectMeta",
    "lens": "title description visualizationType state",
    "dashboard": (
        "title description panelsJSON optionsJSON controlGroupInput timeRestore timeFrom timeTo refreshInterval version"
        " kibanaSavedObjectMeta"
    ),
}
_STRINGS = {"fields", "runtimeFieldMap", "fieldFormatMap", "fieldAttrs", "sourceFilters", "typeMeta"}
_SUITS = {
    "date_histogram": {"date"},
    "terms": {"keyword", "boolean", "long", "date"},
    "average": {"float", "long"},
    "median": {"float", "long"},
    "percentile": {"float", "long"},
    "unique_count": {"keyword", "long", "date", "boolean"},
}


def problems(objects: list[Json]) -> list[str]:
    """Everything that is wrong with the objects, in words; empty when nothing is."""
    try:
        return [problem for each in objects for problem in _object(each, objects)]
    except (KeyError, json.JSONDecodeError) as error:
        return [f"something is missing or no JSON: {error!r}"]


def _object(each: Json, objects: list[Json]) -> Iterator[str]:
    name = f"{each['type']} {each['id']}"
    if each.keys() != _ENVELOPE:
        yield f"{name}: envelope {sorted(each.keys() ^ _ENVELOPE)}"
    if each["coreMigrationVersion"] != "8.8.0" or each["typeMigrationVersion"] != VERSIONS[each["type"]]:
        yield f"{name}: version"
    if each["attributes"].keys() != set(_ATTRIBUTES[each["type"]].split()):
        yield f"{name}: attributes {sorted(each['attributes'].keys() ^ set(_ATTRIBUTES[each['type']].split()))}"
    for path, value in _strings(each["attributes"]):
        if not isinstance(value, str):
            yield f"{name}: {path} is no string"
        else:
            json.loads(value)
    known = {(other["type"], other["id"]) for other in objects}
    if len(known) != len(objects):
        yield f"{name}: two objects with one id"
    named = [reference["name"] for reference in each["references"]]
    if len(set(named)) != len(named):
        yield f"{name}: two references with one name"
    for reference in each["references"]:
        if (reference["type"], reference["id"]) not in known:
            yield f"{name}: reference {reference['name']} leads nowhere"
    used = sorted(_used(each))
    if used != sorted(named):
        yield f"{name}: uses {used}, refers to {sorted(named)}"
    for problem in {"lens": _lens, "dashboard": _dashboard, "search": _search, "index-pattern": _view}[each["type"]](
        each["attributes"]
    ):
        yield f"{name}: {problem}"


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if key.endswith("JSON") or key in _STRINGS:
            yield f"{path}{key}", inner
        elif isinstance(inner, dict):
            yield from _strings(inner, f"{path}{key}.")


def _used(each: Json) -> Iterator[str]:
    attributes = each["attributes"]
    match each["type"]:
        case "lens":
            for layer in attributes["state"]["datasourceStates"]["formBased"]["layers"]:
                yield f"indexpattern-datasource-layer-{layer}"
        case "search":
            yield json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])["indexRefName"]
        case "dashboard":
            for panel in json.loads(attributes["panelsJSON"]):
                yield f"{panel['panelIndex']}:{panel['panelRefName']}"
            for control in json.loads(attributes["controlGroupInput"]["panelsJSON"]):
                yield f"controlGroup_{control}:optionsListDataView"


def _lens(attributes: Json) -> Iterator[str]:
    state = attributes["state"]
    yield from _kql(state["query"])
    for layer_id, layer in state["datasourceStates"]["formBased"]["layers"].items():
        columns = layer["columns"]
        if sorted(layer["columnOrder"]) != sorted(columns):
            yield "columnOrder is not the columns"
            continue
        buckets = [columns[name]["isBucketed"] for name in layer["columnOrder"]]
        if buckets != sorted(buckets, reverse=True):
            yield "buckets do not come first"
        for column in columns.values():
            yield from _column(column, columns)
        drawings = state["visualization"].get("layers", [state["visualization"]])
        for drawing in (one for one in drawings if one["layerId"] == layer_id):
            yield from _accessors(drawing, columns)
        if layer_id not in [drawing["layerId"] for drawing in drawings]:
            yield f"layer {layer_id} is not drawn"


def _accessors(drawing: Json, columns: Json) -> Iterator[str]:
    measures = drawing.get("accessors", [drawing.get("metricAccessor")])
    axes = [drawing["xAccessor"]] if "xAccessor" in drawing else []
    coloured = [config["forAccessor"] for config in drawing.get("yConfig", [])]
    for name in (*measures, *axes, *coloured):
        if name not in columns:
            yield f"accessor {name} is no column"
    if any(columns[name]["isBucketed"] for name in measures if name in columns):
        yield "a measure is bucketed"
    if not all(columns[name]["isBucketed"] for name in axes if name in columns):
        yield "an axis is not bucketed"
    helpers = {inner for column in columns.values() for inner in column.get("references", [])}
    if set(columns) - helpers != {*measures, *axes}:
        yield "a column is not drawn"


def _column(column: Json, columns: Json) -> Iterator[str]:
    operation = column["operationType"]
    if operation in ("math", "formula"):
        for name in column["references"]:
            if name not in columns:
                yield f"{operation} refers to {name}, which is no column"
        if not column["references"]:
            yield f"{operation} has nothing to compute from"
        if operation == "math" and set(_leaves(column["params"]["tinymathAst"])) != set(column["references"]):
            yield "the arithmetic and its references differ"
    elif operation == "count":
        if column["sourceField"] != "___records___":
            yield "count counts a field"
    else:
        kind = FIELDS.get(column["sourceField"], {}).get("type")
        if kind not in _SUITS[operation]:
            yield f"{operation} of {column['sourceField']}, which is {kind}"
    if "filter" in column:
        yield from _kql(column["filter"])
    order = column.get("params", {}).get("orderBy", {})
    if order.get("type") == "custom":
        yield from _column(column["params"]["orderAgg"], columns)


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for inner in node["args"]:
            yield from _leaves(inner)


def _kql(query: Json) -> Iterator[str]:
    if query["language"] != "kuery":
        yield f"language {query['language']}"
    fields = re.findall(r"([\w.@]+):", query["query"])
    if query["query"] and not fields:
        yield f"no field in {query['query']}"
    for field in fields:
        if FIELDS.get(field, {}).get("type") not in ("keyword", "boolean"):
            yield f"query on {field}"


def _search(attributes: Json) -> Iterator[str]:
    yield from _kql(json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"])
    for field in (*attributes["columns"], *attributes["grid"]["columns"]):
        if field not in FIELDS:
            yield f"column {field} is no field"
    for field, order in attributes["sort"]:
        if FIELDS.get(field, {}).get("type") in (None, "text") or order not in ("asc", "desc"):
            yield f"sort by {field} {order}"


def _view(attributes: Json) -> Iterator[str]:
    known = {"mentions": FIELDS, "hubbub-events": EVENT_FIELDS}.get(attributes["title"], {})
    for field in (*json.loads(attributes["fieldFormatMap"]), *json.loads(attributes["fieldAttrs"])):
        if field not in known:
            yield f"format of {field}, which is no field"
    if known.get(attributes["timeFieldName"]) != {"type": "date"}:
        yield "the time field is no date"


def _dashboard(attributes: Json) -> Iterator[str]:
    if not attributes["timeRestore"] and "timeFrom" in attributes:
        yield "timeFrom is not restored"
    places = []
    for panel in json.loads(attributes["panelsJSON"]):
        grid = panel["gridData"]
        if grid["i"] != panel["panelIndex"] or panel["panelRefName"] != f"panel_{panel['panelIndex']}":
            yield f"panel {panel['panelIndex']} has several names"
        places.append(grid)
    for one, other in itertools.combinations(places, 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        if not apart and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]:
            yield f"panels {one['i']} and {other['i']} overlap"
    for row in {grid["y"] for grid in places}:
        if max(grid["x"] + grid["w"] for grid in places if grid["y"] == row) != 48:
            yield f"the row at {row} does not end at column 48"
    for name, control in json.loads(attributes["controlGroupInput"]["panelsJSON"]).items():
        told = control["explicitInput"]
        if told["id"] != name or FIELDS.get(told["fieldName"], {}).get("type") != "keyword":
            yield f"control {name}"
