"""What Kibana reads: a Lens visualisation or a saved search, and the columns that Lens computes.

The shapes are those of Kibana 8.9 (types `lens` 8.9.0 and `search` 8.0.0), which every later Kibana migrates. The
split by sentiment becomes one filtered count a sentiment rather than a split by value: so each keeps its own colour
and place in Kibanas that have no colour mapping yet (before 8.11), and is there when its count is nought. A formula
is kept with the columns that it is computed from, as Kibana's own editor saves it, because Kibana computes those and
not its text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hubbub.dashboards._kit.kql import kql
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.sentiment import COLOURS, QUERIES
from hubbub.dashboards._kit.words import FIELD_NAMES

LAYER = "layer"
_PLAIN = "#54708c"
_SENTIMENTS = {label: kql(query) for label, query in QUERIES.items()}


@dataclass(frozen=True)
class Lens:
    """A Lens visualisation of one layer.

    Attributes:
        kind: Kibana's name for it, such as `lnsXY`.
        columns: what is computed, by name; buckets first.
        drawing: how the columns are drawn.
    """

    kind: str
    columns: Json
    drawing: Json


@dataclass(frozen=True)
class SavedSearch:
    """A list of documents.

    Attributes:
        columns: the fields that are shown.
        sort: the fields by which it is ordered, each with `asc` or `desc`.
    """

    columns: Sequence[str]
    sort: Sequence[tuple[str, str]]


def metric(columns: Json, shown: str) -> Lens:
    """One large number: the column `shown`."""
    drawing = {"layerId": LAYER, "layerType": "data", "metricAccessor": shown, "showBar": False}
    return Lens("lnsMetric", columns, drawing)


def xy(series: str, axis: Json, measures: Json, *, drawn: Sequence[str] = (), extent: Json | None = None) -> Lens:
    """Bars or a line of the measures along the one column of the axis.

    Args:
        drawn: the measures that are drawn, where it is not all of them.
        extent: of the axis of numbers; from nought to the largest, unless given.
    """
    [along] = axis
    accessors = list(drawn or measures)
    sides = {"x": False, "yLeft": False, "yRight": False}
    drawing = {
        "preferredSeriesType": series,
        "legend": {"isVisible": len(accessors) > 1, "position": "top"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": sides,
        "tickLabelsVisibilitySettings": dict.fromkeys(sides, True),
        "labelsOrientation": dict.fromkeys(sides, 0),
        "gridlinesVisibilitySettings": {side: side != "x" for side in sides},
        "yLeftExtent": extent or {"mode": "full"},
        "layers": [
            {
                "layerId": LAYER,
                "layerType": "data",
                "seriesType": series,
                "xAccessor": along,
                "accessors": accessors,
                "yConfig": [{"forAccessor": name, "color": COLOURS.get(name, _PLAIN)} for name in accessors],
            }
        ],
    }
    return Lens("lnsXY", {**axis, **measures}, drawing)


def column(operation: str, label: str, **more: Any) -> Json:
    """A column that computes a number.

    Args:
        operation: Kibana's name for it, such as `count` or `median`.
        more: what belongs to that operation, such as `sourceField` and `params`.
    """
    return {
        "operationType": operation,
        "label": label,
        "dataType": "number",
        "isBucketed": False,
        "scale": "ratio",
        "customLabel": True,
        **more,
    }


def count(label: str, *, only: str | None = None, as_null: bool = True) -> Json:
    """The column that counts mentions.

    Args:
        only: counts those alone that this finds, in Kibana's query language.
        as_null: nought is drawn as nothing.
    """
    filtered = {"filter": {"language": "kuery", "query": only}} if only else {}
    return column("count", label, sourceField="___records___", params={"emptyAsNull": as_null}, **filtered)


def counts(*, split: bool) -> Json:
    """The columns of a bar: all mentions, or a count a sentiment."""
    if not split:
        return {"count": count("Mentions")}
    return {label: count(label.capitalize(), only=only) for label, only in _SENTIMENTS.items()}


def net(label: str) -> Json:
    """(positive - negative) / all: the columns that are counted, the arithmetic over them, and the formula, `net`."""
    counted = [f"count(kql='{_SENTIMENTS[name]}')" for name in ("positive", "negative")]
    difference = f"({counted[0]} - {counted[1]})"
    subtraction = {
        "type": "function",
        "name": "subtract",
        "args": ["netX0", "netX1"],
        "location": {"min": 0, "max": len(difference)},
        "text": difference,
    }
    parts = [_SENTIMENTS["positive"], _SENTIMENTS["negative"]]
    return _ratio("net", label, parts, subtraction)


def share(label: str, part: str) -> Json:
    """What `part`, in Kibana's query language, finds, as a share of all: the columns, and the formula, `share`."""
    return _ratio("share", label, [part], "shareX0")


def _ratio(name: str, label: str, parts: Sequence[str], numerator: Any) -> Json:
    """A percentage of all mentions.

    Args:
        parts: what is counted for the numerator, in Kibana's query language; its columns are `{name}X0` and on.
        numerator: the arithmetic over those columns.
    """
    whole, divided = f"{name}X{len(parts)}", f"{name}X{len(parts) + 1}"
    said = numerator["text"] if isinstance(numerator, dict) else f"count(kql='{parts[0]}')"
    formula = f"{said} / count()"
    division = {
        "type": "function",
        "name": "divide",
        "args": [numerator, whole],
        "location": {"min": 0, "max": len(formula)},
        "text": formula,
    }
    part = f"Part of {label}"
    counted = {f"{name}X{at}": count(part, only=only, as_null=False) for at, only in enumerate(parts)}
    return {
        **counted,
        whole: count(part, as_null=False),
        divided: column("math", part, params={"tinymathAst": division}, references=[*counted, whole]),
        name: column(
            "formula",
            label,
            params={
                "formula": formula,
                "isFormulaBroken": False,
                "format": {"id": "percent", "params": {"decimals": 1}},
            },
            references=[divided],
        ),
    }


def durations(field: str) -> Json:
    """Median and 90th percentile of a field of seconds, in the format that the data view has for it."""
    return {
        "median": column("median", "Median", sourceField=field, params={"emptyAsNull": True}),
        "p90": column("percentile", "90th percentile", sourceField=field, params={"percentile": 90}),
    }


def time() -> Json:
    """The axis of the posts' own time, in stretches whose width Kibana picks."""
    return {
        "time": {
            "operationType": "date_histogram",
            "label": "@timestamp",
            "dataType": "date",
            "isBucketed": True,
            "scale": "interval",
            "sourceField": "@timestamp",
            "params": {"interval": "auto", "includeEmptyRows": True, "dropPartials": False},
        }
    }


def values(field: str, most: int) -> Json:
    """The axis of a field's values, ordered by all mentions of a value, whatever is drawn of them."""
    by_count = {"orderBy": {"type": "custom"}, "orderAgg": count("Mentions"), "orderDirection": "desc"}
    return _terms(f"Top {most} values of {FIELD_NAMES.get(field, field)}", field, most, "string", by_count)


def numbers(field: str, most: int) -> Json:
    """The axis of a field of few whole numbers, the smallest first."""
    smallest = {"orderBy": {"type": "alphabetical", "fallback": False}, "orderDirection": "asc"}
    return _terms(FIELD_NAMES.get(field, field), field, most, "number", smallest)


def _terms(label: str, field: str, most: int, kind: str, order: Json) -> Json:
    return {
        "values": {
            "operationType": "terms",
            "label": label,
            "dataType": kind,
            "isBucketed": True,
            "scale": "ordinal",
            "sourceField": field,
            "params": {
                "size": most,
                **order,
                "otherBucket": False,
                "missingBucket": False,
                "parentFormat": {"id": "terms"},
                "include": [],
                "exclude": [],
                "includeIsRegex": False,
                "excludeIsRegex": False,
            },
        }
    }
