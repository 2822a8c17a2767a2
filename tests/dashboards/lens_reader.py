"""Reads Lens columns as Kibana does and asks a real Elasticsearch for them.

Each bucketed column is an aggregation, each filtered count a filter in it, each formula arithmetic over its columns.
Kibana's query language is put into Lucene's, which for the few words that Hubbub uses differs in capitals alone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from hubbub.dashboards._kit.period import Period

Json = dict[str, Any]
_KNOWN = {"count", "date_histogram", "formula", "math", "median", "percentile", "terms"}
_ARITHMETIC = {"subtract": lambda one, other: one - other, "divide": lambda one, other: one / other if other else None}


def figures(lens: Json, url: str, period: Period, steps: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """What Kibana draws: the value of every drawn column by row (start of the stretch, value, or "" for a metric).

    Args:
        steps: interval and offset that stand in for Kibana's automatic ones.
    """
    state = lens["attributes"]["state"]
    layer = state["datasourceStates"]["formBased"]["layers"]["layer"]
    columns = layer["columns"]
    drawing = state["visualization"].get("layers", [state["visualization"]])[0]
    drawn = drawing.get("accessors") or [drawing["metricAccessor"]]
    unknown = {column["operationType"] for column in columns.values()} - _KNOWN
    assert not unknown, f"teach this file what Kibana computes for {sorted(unknown)}"
    counts = {name: column for name, column in columns.items() if column["operationType"] == "count"}
    inner = {name: {"filter": _lucene(column.get("filter", {}).get("query", ""))} for name, column in counts.items()}
    for name, column in columns.items():
        if column["operationType"] in ("median", "percentile"):
            percent = column.get("params", {}).get("percentile", 50)
            inner[name] = {"percentiles": {"field": column["sourceField"], "percents": [percent]}}
    [axis] = [column for column in columns.values() if column["isBucketed"]] or [None]
    query = {"bool": {"filter": [_lucene(state["query"]["query"]), dict(period.within)]}}
    with Elasticsearch(url) as client:
        aggs = {"axis": {**_axis(axis, steps), "aggs": inner}} if axis else inner
        found = client.search(index="mentions", size=0, query=query, aggs=aggs)["aggregations"]
    rows = {_key(bucket, axis): bucket for bucket in found["axis"]["buckets"]} if axis else {"": found}
    return {key: {name: _value(name, columns, bucket) for name in drawn} for key, bucket in rows.items()}


def _axis(column: Json, steps: Mapping[str, Any]) -> Json:
    if column["operationType"] == "date_histogram":
        return {"date_histogram": {"field": column["sourceField"], **steps}}
    order, params = {"_count": "desc"}, column["params"]
    if params["orderBy"]["type"] == "alphabetical":
        order = {"_key": params["orderDirection"]}
    else:
        assert params["orderAgg"]["operationType"] == "count" and "filter" not in params["orderAgg"]
    return {"terms": {"field": column["sourceField"], "size": params["size"], "order": order}}


def _key(bucket: Json, axis: Json) -> str:
    if axis["operationType"] == "date_histogram":
        return datetime.fromtimestamp(bucket["key"] / 1000, UTC).isoformat()
    return str(bucket["key"])


def _value(name: str, columns: Json, bucket: Json) -> float | None:
    column = columns[name]
    match column["operationType"]:
        case "count":
            return float(bucket[name]["doc_count"])
        case "median" | "percentile":
            [figure] = bucket[name]["values"].values()
            return float(figure)
        case "formula":
            return _value(column["references"][0], columns, bucket)
        case "math":
            return _computed(column["params"]["tinymathAst"], columns, bucket)
    raise AssertionError(column["operationType"])


def _computed(node: Any, columns: Json, bucket: Json) -> float | None:
    if isinstance(node, str):
        return _value(node, columns, bucket)
    return _ARITHMETIC[node["name"]](*(_computed(inner, columns, bucket) for inner in node["args"]))


def _lucene(kql: str) -> Json:
    if not kql:
        return {"match_all": {}}
    lucene = kql.replace(" and ", " AND ").replace(" or ", " OR ").replace("not ", "NOT ")
    return {"query_string": {"query": lucene, "default_operator": "AND"}}
