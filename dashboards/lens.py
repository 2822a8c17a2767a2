"""Compiles a panel into the saved object that Kibana draws: a Lens visualisation, or a saved search for posts.

The shapes are those of Kibana 8.9 (types `lens` 8.9.0 and `search` 8.0.0), which every later Kibana migrates. The
split by sentiment becomes one filtered count a sentiment rather than a split by value: so each keeps its own colour
and place in Kibanas that have no colour mapping yet (before 8.11), and is there when its count is nought. A formula
is kept with the columns that it is computed from, as Kibana's own editor saves it, because Kibana computes those and
not its text.
"""

import json
from functools import singledispatch
from typing import Any

from hubbub.dashboards.kql import kql
from hubbub.dashboards.panel import (
    COLOURS,
    FIELD_NAMES,
    SENTIMENT,
    Net,
    NetOverTime,
    Number,
    OverTime,
    Panel,
    Posts,
    Ranking,
)

Json = dict[str, Any]

DATA_VIEW = "hubbub-mentions-view"
LAYER = "layer"
_PLAIN = "#54708c"
_SENTIMENTS: dict[str, str] = {label: kql(query) for label, query in SENTIMENT["filters"]["filters"].items()}


@singledispatch
def saved_object(panel: Panel, panel_id: str) -> Json:
    """The saved object of a panel, without the envelope's versions: `type`, `id`, `attributes`, `references`."""
    raise NotImplementedError(f"no Kibana form for {type(panel).__name__}")


@saved_object.register
def _(panel: Number, panel_id: str) -> Json:
    columns = {"count": _count("Mentions", as_null=False)}
    return _lens(panel, panel_id, "lnsMetric", columns, _metric("count"))


@saved_object.register
def _(panel: Net, panel_id: str) -> Json:
    return _lens(panel, panel_id, "lnsMetric", _net_columns(panel.title), _metric("net"))


@saved_object.register
def _(panel: OverTime, panel_id: str) -> Json:
    histogram = panel.question["aggs"]["time"]
    bars = _bars(split="sentiment" in histogram.get("aggs", {}))
    columns = {"time": _time(histogram["date_histogram"]["field"]), **bars}
    return _lens(panel, panel_id, "lnsXY", columns, _xy("bar_stacked", "time", list(bars)))


@saved_object.register
def _(panel: NetOverTime, panel_id: str) -> Json:
    histogram = panel.question["aggs"]["time"]
    columns = {"time": _time(histogram["date_histogram"]["field"]), **_net_columns("Net sentiment")}
    extent = {"mode": "custom", "lowerBound": -1, "upperBound": 1}
    return _lens(panel, panel_id, "lnsXY", columns, {**_xy("line", "time", ["net"]), "yLeftExtent": extent})


@saved_object.register
def _(panel: Ranking, panel_id: str) -> Json:
    values = panel.question["aggs"]["values"]
    bars = _bars(split="sentiment" in values.get("aggs", {}))
    columns = {"values": _terms(values["terms"]["field"], values["terms"]["size"]), **bars}
    return _lens(panel, panel_id, "lnsXY", columns, _xy("bar_horizontal_stacked", "values", list(bars)))


@saved_object.register
def _(panel: Posts, panel_id: str) -> Json:
    shown = [field for field in panel.question["_source"] if field != "@timestamp"]
    source = {
        "query": _query(panel),
        "filter": [],
        "indexRefName": "kibanaSavedObjectMeta.searchSourceJSON.index",
    }
    attributes = {
        "title": panel.title,
        "description": panel.reading,
        "columns": shown,
        "sort": [[field, order] for sort in panel.question["sort"] for field, order in sort.items()],
        "grid": {"columns": {"message": {"width": 520}}},
        "hideChart": True,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    references = [{"type": "index-pattern", "id": DATA_VIEW, "name": source["indexRefName"]}]
    return {"type": "search", "id": panel_id, "attributes": attributes, "references": references}


def _lens(panel: Panel, panel_id: str, visualisation: str, columns: Json, drawing: Json) -> Json:
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}}
    attributes = {
        "title": panel.title,
        "description": panel.reading,
        "visualizationType": visualisation,
        "state": {
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "visualization": drawing,
            "query": _query(panel),
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }
    references = [{"type": "index-pattern", "id": DATA_VIEW, "name": f"indexpattern-datasource-layer-{LAYER}"}]
    return {"type": "lens", "id": panel_id, "attributes": attributes, "references": references}


def _query(panel: Panel) -> Json:
    return {"language": "kuery", "query": kql(panel.question["query"])}


def _column(operation: str, label: str, **more: Any) -> Json:
    return {
        "operationType": operation,
        "label": label,
        "dataType": "number",
        "isBucketed": False,
        "scale": "ratio",
        "customLabel": True,
        **more,
    }


def _count(label: str, *, only: str | None = None, as_null: bool = True) -> Json:
    filtered = {"filter": {"language": "kuery", "query": only}} if only else {}
    return _column("count", label, sourceField="___records___", params={"emptyAsNull": as_null}, **filtered)


def _bars(*, split: bool) -> Json:
    if not split:
        return {"count": _count("Mentions")}
    return {label: _count(label.capitalize(), only=only) for label, only in _SENTIMENTS.items()}


def _net_columns(label: str) -> Json:
    """(positive - negative) / all: the columns that are counted, the arithmetic over them, the formula itself."""
    counted = [f"count(kql='{_SENTIMENTS[name]}')" for name in ("positive", "negative")]
    difference = f"({counted[0]} - {counted[1]})"
    formula = f"{difference} / count()"
    subtraction = {
        "type": "function",
        "name": "subtract",
        "args": ["netX0", "netX1"],
        "location": {"min": 0, "max": len(difference)},
        "text": difference,
    }
    division = {
        "type": "function",
        "name": "divide",
        "args": [subtraction, "netX2"],
        "location": {"min": 0, "max": len(formula)},
        "text": formula,
    }
    part = f"Part of {label}"
    return {
        "netX0": _count(part, only=_SENTIMENTS["positive"], as_null=False),
        "netX1": _count(part, only=_SENTIMENTS["negative"], as_null=False),
        "netX2": _count(part, as_null=False),
        "netX3": _column("math", part, params={"tinymathAst": division}, references=["netX0", "netX1", "netX2"]),
        "net": _column(
            "formula",
            label,
            params={
                "formula": formula,
                "isFormulaBroken": False,
                "format": {"id": "percent", "params": {"decimals": 1}},
            },
            references=["netX3"],
        ),
    }


def _time(field: str) -> Json:
    return {
        "operationType": "date_histogram",
        "label": field,
        "dataType": "date",
        "isBucketed": True,
        "scale": "interval",
        "sourceField": field,
        "params": {"interval": "auto", "includeEmptyRows": True, "dropPartials": False},
    }


def _terms(field: str, size: int) -> Json:
    """Ordered by all mentions of a value, whatever is drawn of them."""
    return {
        "operationType": "terms",
        "label": f"Top {size} values of {FIELD_NAMES.get(field, field)}",
        "dataType": "string",
        "isBucketed": True,
        "scale": "ordinal",
        "sourceField": field,
        "params": {
            "size": size,
            "orderBy": {"type": "custom"},
            "orderAgg": _count("Mentions"),
            "orderDirection": "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def _metric(accessor: str) -> Json:
    return {"layerId": LAYER, "layerType": "data", "metricAccessor": accessor, "showBar": False}


def _xy(series: str, x: str, accessors: list[str]) -> Json:
    sides = {"x": False, "yLeft": False, "yRight": False}
    return {
        "preferredSeriesType": series,
        "legend": {"isVisible": len(accessors) > 1, "position": "top"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": sides,
        "tickLabelsVisibilitySettings": dict.fromkeys(sides, True),
        "labelsOrientation": dict.fromkeys(sides, 0),
        "gridlinesVisibilitySettings": {side: side != "x" for side in sides},
        "yLeftExtent": {"mode": "full"},
        "layers": [
            {
                "layerId": LAYER,
                "layerType": "data",
                "seriesType": series,
                "xAccessor": x,
                "accessors": accessors,
                "yConfig": [{"forAccessor": name, "color": COLOURS.get(name, _PLAIN)} for name in accessors],
            }
        ],
    }
