"""Compiles the boards into Kibana's saved objects (8.9 and later), in its export format: one object a line.

Ids come from the names of the files in `boards/` and `panels/`, so a second import overwrites the first.
"""

import json
from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any

from hubbub.dashboards._kit.board import Board, Placed
from hubbub.dashboards._kit.kql import kql
from hubbub.dashboards._kit.lens import LAYER, Lens, SavedSearch
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards.kibana.data_views import MENTIONS, data_views

_VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0"}
_CONTROLS = {"brand": "brand", "platform": "source", "source": "event.dataset", "language": "language"}


def compile_dashboards(boards: Mapping[str, Board]) -> str:
    """NDJSON: the data views, one object a panel, and a dashboard a board, each after what it refers to.

    Args:
        boards: by the names of their files.
    """
    placed = {name: list(board.placed()) for name, board in boards.items()}
    panels = {each.name: panel_object(each.name, each.panel) for on_it in placed.values() for each in on_it}
    dashboards = [_dashboard(name, board, placed[name], panels) for name, board in boards.items()]
    objects = [*data_views(), *panels.values(), *dashboards]
    return "".join(json.dumps(_enveloped(each), ensure_ascii=False) + "\n" for each in objects)


def panel_object(name: str, panel: Panel[Any]) -> Json:
    """The saved object of a panel, without the envelope's versions: `type`, `id`, `attributes`, `references`."""
    kind, attributes, reference = _compiled(panel.kibana(), panel)
    return {"type": kind, "id": _id(name), "attributes": attributes, "references": [_to_the_mentions(reference)]}


@singledispatch
def _compiled(shown: Lens | SavedSearch, panel: Panel[Any]) -> tuple[str, Json, str]:
    """Kibana's type of the object, its attributes, and the name by which these refer to the data view."""
    raise NotImplementedError(f"no saved object for {type(shown).__name__}")


@_compiled.register
def _(shown: Lens, panel: Panel[Any]) -> tuple[str, Json, str]:
    layer = {"columns": shown.columns, "columnOrder": list(shown.columns), "incompleteColumns": {}}
    attributes = {
        "title": panel.title,
        "description": panel.reading,
        "visualizationType": shown.kind,
        "state": {
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "visualization": shown.drawing,
            "query": _query(panel),
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }
    return "lens", attributes, f"indexpattern-datasource-layer-{LAYER}"


@_compiled.register
def _(shown: SavedSearch, panel: Panel[Any]) -> tuple[str, Json, str]:
    reference = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source = {"query": _query(panel), "filter": [], "indexRefName": reference}
    attributes = {
        "title": panel.title,
        "description": panel.reading,
        "columns": list(shown.columns),
        "sort": [list(each) for each in shown.sort],
        "grid": {"columns": {"message": {"width": 520}}},
        "hideChart": True,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    return "search", attributes, reference


def _dashboard(name: str, board: Board, placed: Sequence[Placed], panels: Mapping[str, Json]) -> Json:
    on_it = [
        {
            "type": panels[each.name]["type"],
            "panelIndex": each.name,
            "panelRefName": f"panel_{each.name}",
            "gridData": {"x": each.x, "y": each.y, "w": each.width, "h": each.height, "i": each.name},
            "embeddableConfig": {"enhancements": {}},
            "version": "8.9.0",
        }
        for each in placed
    ]
    attributes = {
        "title": board.title,
        "description": board.about,
        "panelsJSON": json.dumps(on_it),
        "optionsJSON": json.dumps({"useMargins": True, "syncCursor": True, "hidePanelTitles": False}),
        "controlGroupInput": _controls(),
        "timeRestore": True,
        "timeFrom": "now-14d",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 60000},
        "version": 1,
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": json.dumps({"query": {"language": "kuery", "query": ""}, "filter": []})
        },
    }
    to_panels = [
        {"type": panels[each.name]["type"], "id": _id(each.name), "name": f"{each.name}:panel_{each.name}"}
        for each in placed
    ]
    to_controls = [_to_the_mentions(f"controlGroup_{control}:optionsListDataView") for control in _CONTROLS]
    return {"type": "dashboard", "id": _id(name), "attributes": attributes, "references": to_panels + to_controls}


def _controls() -> Json:
    lists = {
        name: {
            "type": "optionsListControl",
            "order": order,
            "grow": True,
            "width": "small",  # four of them fit one row
            "explicitInput": {"id": name, "fieldName": field, "title": name.capitalize(), "enhancements": {}},
        }
        for order, (name, field) in enumerate(_CONTROLS.items())
    }
    heeded = {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
    return {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "panelsJSON": json.dumps(lists),
        "ignoreParentSettingsJSON": json.dumps(heeded),
    }


def _enveloped(one: Json) -> Json:
    return {
        **one,
        "managed": False,
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": _VERSIONS[one["type"]],
    }


def _id(name: str) -> str:
    return f"hubbub-{name.replace('_', '-')}"


def _query(panel: Panel[Any]) -> Json:
    return {"language": "kuery", "query": kql(panel.query)}


def _to_the_mentions(name: str) -> Json:
    return {"type": "index-pattern", "id": MENTIONS, "name": name}
