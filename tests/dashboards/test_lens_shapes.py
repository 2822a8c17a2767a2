"""Our Lens objects against objects that Kibana 9.2 made itself, key by key and type by type.

Where ours differ on purpose:
- a count is a `count` column, where Kibana's builder writes the formula `count()`; both draw the same;
- a formula carries the columns that it is computed from, as Kibana's editor saves it; the builder leaves them out;
- `terms` of words are ordered by all mentions (`custom` with `orderAgg`), not by the alphabet; those of numbers are
  numbers;
- `date_histogram` keeps empty rows, so that silence is a gap, and has the partial first and last stretch;
- the chart shows its end zones and emphasises no fitting, which would draw what is not there (`hideEndzones`,
  `emphasizeFitting`);
- series are `bar_stacked`, `bar_horizontal_stacked` or `line`, of which these objects have only `line`, and none splits
  by a column;
- there is no ad-hoc data view: ours is a saved object; `incompleteColumns` is there because Kibana 8 writes it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubbub.dashboards.boards import boards
from hubbub.dashboards.kibana.saved_objects import compile_dashboards
from hubbub.index.mapping import FIELDS

Json = dict[str, Any]
FIXTURES = Path(os.environ.get("HUBBUB_TEST_LENS_FIXTURES") or "none")
MADE_FOR = {
    "lnsMetric": ["metric-basic.json", "metric-with-trend.json", "metric-grid.json"],
    "lnsXY": ["xy-chart.json", "xy-chart-stacked-bar.json", "xy-chart-custom-colors.json"],
}

pytestmark = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="HUBBUB_TEST_LENS_FIXTURES names no folder of Lens objects made by Kibana"
)


def _ours() -> list[Json]:
    objects = [json.loads(line) for line in compile_dashboards(boards()).splitlines()]
    return [each for each in objects if each["type"] == "lens"]


def _theirs(kind: str) -> list[Json]:
    return [json.loads((FIXTURES / name).read_text(encoding="utf-8")) for name in MADE_FOR[kind]]


def _all_theirs() -> list[Json]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FIXTURES.glob("*.json"))]


def _layers(attributes: Json) -> Json:
    return attributes["state"]["datasourceStates"]["formBased"]["layers"]


def _columns(attributes: Json, operation: str) -> Iterator[Json]:
    for layer in _layers(attributes).values():
        yield from (column for column in layer["columns"].values() if column["operationType"] == operation)


def _same_types(ours: Json, theirs: Json, where: str) -> None:
    for key in ours.keys() & theirs.keys():
        assert type(ours[key]) is type(theirs[key]), f"{where}.{key}"


OURS = _ours()


@pytest.mark.parametrize("ours", OURS, ids=lambda each: each["id"])
def test_object_and_state(ours: Json) -> None:
    for theirs in _theirs(ours["attributes"]["visualizationType"]):
        assert {*ours["attributes"], "references"} - {"description"} == theirs.keys()
        assert ours["attributes"]["state"].keys() == theirs["state"].keys()
        _same_types(ours["attributes"], theirs, "attributes")
        _same_types(ours["attributes"]["state"], theirs["state"], "state")
        assert ours["attributes"]["state"]["query"].keys() == theirs["state"]["query"].keys()
        assert ours["attributes"]["state"]["query"]["language"] == theirs["state"]["query"]["language"]
        assert ours["attributes"]["state"]["adHocDataViews"] == {}
        for layer in _layers(ours["attributes"]).values():
            for their_layer in _layers(theirs).values():
                assert layer.keys() - {"incompleteColumns"} == their_layer.keys()


@pytest.mark.parametrize("ours", OURS, ids=lambda each: each["id"])
def test_references(ours: Json) -> None:
    for theirs in _theirs(ours["attributes"]["visualizationType"]):
        said = {
            (frozenset(reference), reference["type"], reference["name"].removesuffix(layer))
            for each, layers in ((ours, _layers(ours["attributes"])), (theirs, _layers(theirs)))
            for reference, layer in zip(each["references"], layers, strict=True)
        }
        assert len(said) == 1


@pytest.mark.parametrize("ours", OURS, ids=lambda each: each["id"])
def test_drawing(ours: Json) -> None:
    drawing = ours["attributes"]["state"]["visualization"]
    for theirs in _theirs(ours["attributes"]["visualizationType"]):
        their_drawing = theirs["state"]["visualization"]
        assert their_drawing.keys() - drawing.keys() <= {"hideEndzones", "emphasizeFitting"}
        assert drawing.keys() <= their_drawing.keys()
        _same_types(drawing, their_drawing, "visualization")
        for key in drawing:
            if isinstance(drawing[key], dict) and key != "yLeftExtent":
                assert drawing[key].keys() == their_drawing[key].keys(), key
        for layer in drawing.get("layers", []):
            for their_layer in their_drawing["layers"]:
                assert layer.keys() == their_layer.keys() - {"splitAccessor"}
                _same_types(layer, their_layer, "layer")
                assert layer["layerType"] == their_layer["layerType"] == "data"
                assert all(config.keys() - {"color"} == {"forAccessor"} for config in layer["yConfig"])


@pytest.mark.parametrize("operation", ["terms", "date_histogram"])
def test_buckets_have_the_parameters_that_kibana_gives_them(operation: str) -> None:
    made = [column for theirs in _all_theirs() for column in _columns(theirs, operation)]
    written = [column for ours in OURS for column in _columns(ours["attributes"], operation)]
    assert made and written
    more = {"terms": {"orderAgg"}, "date_histogram": {"includeEmptyRows", "dropPartials"}}[operation]
    for column in written:
        for theirs in made:
            if operation == "terms" and theirs["sourceField"] == "@timestamp":
                continue
            assert column.keys() == theirs.keys()
            _same_types(column, theirs, operation)
            numbered = FIELDS.get(column["sourceField"], {}).get("type") == "long"
            assert numbered == (column["dataType"] == "number")
            for key in ("isBucketed", "scale") if numbered else ("dataType", "isBucketed", "scale"):
                assert column[key] == theirs[key]
            in_own_order = column["params"].get("orderBy", {}).get("type") == "alphabetical"
            assert column["params"].keys() - theirs["params"].keys() == (set() if in_own_order else more)
            assert theirs["params"].keys() <= column["params"].keys()
            _same_types(column["params"], theirs["params"], f"{operation}.params")


def test_formulas_have_what_kibana_gives_them_and_what_it_computes_from() -> None:
    made = [column for theirs in _all_theirs() for column in _columns(theirs, "formula")]
    written = [column for ours in OURS for column in _columns(ours["attributes"], "formula")]
    assert made and written
    for column in written:
        for theirs in made:
            assert column.keys() - theirs.keys() <= {"scale", "label"}
            assert theirs.keys() <= column.keys()
            _same_types(column, theirs, "formula")
            assert theirs["params"].keys() <= column["params"].keys() | {"format"}
        assert column["references"]
        assert column["params"]["isFormulaBroken"] is False


@pytest.mark.parametrize("ours", OURS, ids=lambda each: each["id"])
def test_counts_are_what_a_formula_of_kibanas_would_be(ours: Json) -> None:
    for column in _columns(ours["attributes"], "count"):
        for theirs in (column for each in _all_theirs() for column in _columns(each, "formula")):
            for key in ("dataType", "isBucketed", "customLabel"):
                assert column[key] == theirs[key]


@pytest.mark.parametrize("key", ["columnOrder", "columns"])
def test_a_missing_key_is_noticed(key: str) -> None:
    broken = json.loads(json.dumps(OURS[0]))
    del _layers(broken["attributes"])["layer"][key]
    with pytest.raises(AssertionError):
        test_object_and_state(broken)


def test_a_wrong_type_is_noticed() -> None:
    broken = json.loads(json.dumps(next(each for each in OURS if each["id"] == "hubbub-sources")))
    broken["attributes"]["state"]["visualization"]["legend"] = True
    with pytest.raises(AssertionError):
        test_drawing(broken)
