"""The compiled saved objects are whole, and each thing that could break in them is noticed."""

import copy
import json
import os
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hubbub.core.ports import Index
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards.boards import boards
from hubbub.dashboards.kibana.saved_objects import compile_dashboards, panel_object
from hubbub.index.mapping import EVENTS
from tests.dashboards.boards import PANELS
from tests.dashboards.checks import problems
from tests.dashboards.seeds import NOW

Json = dict[str, Any]
SCHEMA = Path(os.environ.get("HUBBUB_TEST_KIBANA_SCHEMA") or "none")


@pytest.fixture
def objects() -> list[Json]:
    return [json.loads(line) for line in compile_dashboards(boards()).splitlines()]


def _one(objects: list[Json], name: str) -> Json:
    return next(each for each in objects if each["id"] == name)


def _layer(objects: list[Json], name: str) -> Json:
    return _one(objects, name)["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]["layer"]


def _drawing(objects: list[Json], name: str) -> Json:
    return _one(objects, name)["attributes"]["state"]["visualization"]


def _rewrite(home: Json, key: str, change: Callable[[Any], object]) -> None:
    content = json.loads(home[key])
    change(content)
    home[key] = json.dumps(content)


def test_nothing_is_wrong(objects: list[Json]) -> None:
    assert problems(objects) == []


def test_every_panel_is_an_object_with_its_title_and_how_to_read_it(objects: list[Json]) -> None:
    shown = {
        (each["attributes"]["title"], each["attributes"]["description"])
        for each in objects
        if each["type"] in ("lens", "search")
    }
    assert shown == {(panel.title, panel.reading) for panel in PANELS.values()}


def test_every_board_is_a_dashboard_of_its_panels(objects: list[Json]) -> None:
    dashboards = {each["id"]: each["attributes"] for each in objects if each["type"] == "dashboard"}
    assert dashboards["hubbub-social-care"]["title"] == "Social care overview"
    assert [attributes["title"] for attributes in dashboards.values()] == [each.title for each in boards().values()]
    for attributes, board in zip(dashboards.values(), boards().values(), strict=True):
        names = [each["panelIndex"] for each in json.loads(attributes["panelsJSON"])]
        assert names == [each.name for each in board.placed()]


def test_an_object_comes_after_what_it_refers_to(objects: list[Json]) -> None:
    seen: set[tuple[str, str]] = set()
    for each in objects:
        assert {(reference["type"], reference["id"]) for reference in each["references"]} <= seen
        seen.add((each["type"], each["id"]))


def test_compiling_again_gives_the_same_bytes() -> None:
    assert compile_dashboards(boards()) == compile_dashboards(boards())


def test_runs_gaps_and_alerts_have_a_view_of_their_own(objects: list[Json]) -> None:
    attributes = _one(objects, "hubbub-events-view")["attributes"]
    assert (attributes["title"], attributes["timeFieldName"]) == (EVENTS, "@timestamp")
    assert json.loads(attributes["fieldAttrs"]) == {"event.dataset": {"customLabel": "Source"}}


def test_a_source_is_an_entry_of_the_settings_and_a_platform_where_people_talk(objects: list[Json]) -> None:
    names = json.loads(_one(objects, "hubbub-mentions-view")["attributes"]["fieldAttrs"])
    assert names["source"] == {"customLabel": "Platform"}
    assert names["event.dataset"] == {"customLabel": "Source"}
    group = _one(objects, "hubbub-social-care")["attributes"]["controlGroupInput"]
    controls = sorted(json.loads(group["panelsJSON"]).values(), key=lambda control: control["order"])
    assert [(each["explicitInput"]["title"], each["explicitInput"]["fieldName"]) for each in controls] == [
        ("Brand", "brand"),
        ("Platform", "source"),
        ("Source", "event.dataset"),
        ("Language", "language"),
    ]
    by_platform = _one(objects, "hubbub-sources")["attributes"]
    assert by_platform["title"] == "By platform"
    assert _layer(objects, "hubbub-sources")["columns"]["values"]["label"] == "Top 10 values of Platform"


@pytest.mark.skipif(not SCHEMA.is_file(), reason="HUBBUB_TEST_KIBANA_SCHEMA names no JSON schema of saved objects")
def test_every_object_is_what_kibanas_own_objects_are(objects: list[Json]) -> None:
    def within(checker: Any, schema: Json, text: str, _: Json) -> Iterator[Any]:
        yield from checker.descend(json.loads(text), schema)

    checker = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"contentSchema": within})
    schema = checker(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for each in objects:
        assert [error.message for error in schema.iter_errors(each)] == [], each["id"]


def test_links_open_by_the_data_view(objects: list[Json]) -> None:
    formats = json.loads(_one(objects, "hubbub-mentions-view")["attributes"]["fieldFormatMap"])
    assert formats["url.full"]["id"] == "url"
    assert formats["url.full"]["params"]["type"] == "a"
    assert "url.full" in _one(objects, "hubbub-newest-negative")["attributes"]["columns"]


def test_the_panel_of_the_documentation_compiles(embedded_index: Index) -> None:
    page = (Path(__file__).parents[2] / "docs/dashboards.md").read_text(encoding="utf-8")
    [code] = re.findall(r"(?:^    .*\n|^\n)*^    PANEL = .*\n(?:^    .*\n)*", page, re.MULTILINE)
    told: dict[str, Any] = {}
    exec(textwrap.dedent(code), told)
    lens = panel_object("by_language", told["PANEL"])
    assert lens["attributes"]["title"] == "By language"
    answer = told["PANEL"].ask(embedded_index.search, Period(NOW - timedelta(days=14), NOW))
    assert {row.label for row in answer.rows} == {"en", "th", "vi", "ar"}


def _rename_a_field(objects: list[Json]) -> None:
    _layer(objects, "hubbub-sources")["columns"]["values"]["sourceField"] = "sources"


def _aggregate_text(objects: list[Json]) -> None:
    _layer(objects, "hubbub-sources")["columns"]["values"]["sourceField"] = "message"


def _rename_a_filtered_field(objects: list[Json]) -> None:
    _layer(objects, "hubbub-sources")["columns"]["negative"]["filter"]["query"] = 'sentiment: "negative"'


def _rename_a_queried_field(objects: list[Json]) -> None:
    _one(objects, "hubbub-sources")["attributes"]["state"]["query"]["query"] = "brands: *"


def _rename_a_listed_field(objects: list[Json]) -> None:
    _one(objects, "hubbub-newest-negative")["attributes"]["columns"][0] = "text"


def _sort_by_text(objects: list[Json]) -> None:
    _one(objects, "hubbub-newest-negative")["attributes"]["sort"] = [["message", "desc"]]


def _rename_a_control(objects: list[Json]) -> None:
    controls = _one(objects, "hubbub-social-care")["attributes"]["controlGroupInput"]
    _rewrite(controls, "panelsJSON", lambda content: content["brand"]["explicitInput"].update(fieldName="brands"))


def _drop_a_reference(objects: list[Json]) -> None:
    _one(objects, "hubbub-social-care")["references"].pop(0)


def _drop_a_layers_reference(objects: list[Json]) -> None:
    _one(objects, "hubbub-net-sentiment")["references"].clear()


def _refer_to_nothing(objects: list[Json]) -> None:
    _one(objects, "hubbub-net-sentiment")["references"][0]["id"] = "gone"


def _refer_without_use(objects: list[Json]) -> None:
    dashboard = _one(objects, "hubbub-social-care")
    dashboard["references"].append({**dashboard["references"][0], "name": "unused:panel_unused"})


def _drop_an_object(objects: list[Json]) -> None:
    objects.remove(_one(objects, "hubbub-sources"))


def _overlap(objects: list[Json]) -> None:
    def wider(content: list[Json]) -> None:
        content[0]["gridData"]["w"] += 1

    _rewrite(_one(objects, "hubbub-social-care")["attributes"], "panelsJSON", wider)


def _leave_the_grid(objects: list[Json]) -> None:
    def wider(content: list[Json]) -> None:
        content[-1]["gridData"]["w"] += 1

    _rewrite(_one(objects, "hubbub-social-care")["attributes"], "panelsJSON", wider)


def _break_json(objects: list[Json]) -> None:
    _one(objects, "hubbub-social-care")["attributes"]["panelsJSON"] += "]"


def _embed_json(objects: list[Json]) -> None:
    _one(objects, "hubbub-social-care")["attributes"]["optionsJSON"] = {"useMargins": True}


def _newer(objects: list[Json]) -> None:
    _one(objects, "hubbub-sources")["typeMigrationVersion"] = "9.0.0"


def _misname_an_attribute(objects: list[Json]) -> None:
    attributes = _one(objects, "hubbub-social-care")["attributes"]
    attributes["timeRange"] = attributes.pop("timeFrom")


def _forget_a_column(objects: list[Json]) -> None:
    _layer(objects, "hubbub-net-sentiment")["columnOrder"].remove("netX1")


def _draw_a_missing_column(objects: list[Json]) -> None:
    _drawing(objects, "hubbub-net-sentiment")["metricAccessor"] = "nett"


def _draw_a_bucket(objects: list[Json]) -> None:
    _drawing(objects, "hubbub-volume-over-time")["layers"][0]["accessors"] = ["time"]


def _colour_a_missing_column(objects: list[Json]) -> None:
    _drawing(objects, "hubbub-sources")["layers"][0]["yConfig"][0]["forAccessor"] = "bad"


def _compute_from_a_missing_column(objects: list[Json]) -> None:
    _layer(objects, "hubbub-net-sentiment")["columns"]["netX3"]["references"] = ["netX0", "netX1", "netX9"]


def _bare_formula(objects: list[Json]) -> None:
    _layer(objects, "hubbub-net-sentiment")["columns"]["net"]["references"] = []


def _same_id(objects: list[Json]) -> None:
    objects.append(copy.deepcopy(objects[1]))


MUTATIONS = [value for name, value in list(globals().items()) if name.startswith("_") and callable(value)]
MUTATIONS = [mutation for mutation in MUTATIONS if mutation not in (_one, _layer, _drawing, _rewrite)]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__.strip("_"))
def test_what_breaks_is_noticed(objects: list[Json], mutate: Callable[[list[Json]], None]) -> None:
    before = copy.deepcopy(objects)
    mutate(objects)
    assert objects != before
    assert problems(objects) != []
