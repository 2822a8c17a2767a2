"""The dashboard as Kibana's saved objects (8.9 and later), and their way into a Kibana.

Ids are fixed, so a second import overwrites the first. Format: Kibana's saved objects export, one object a line
(https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-import.html).
"""

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from hubbub.core.answers import retry_after
from hubbub.core.errors import Fatal, Misconfigured, Retryable
from hubbub.core.text import one_line
from hubbub.dashboards.lens import DATA_VIEW, saved_object
from hubbub.dashboards.panel import FIELD_NAMES, panels

Json = dict[str, Any]

EVENTS_VIEW = "hubbub-events-view"
DASHBOARD = "hubbub-social-care"
TITLE = "Social care overview"
_VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "lens": "8.9.0", "dashboard": "8.9.0"}
_CONTROLS = {"brand": "brand", "platform": "source", "source": "event.dataset", "language": "language"}


_line = partial(one_line, limit=200)


def compile_dashboards() -> str:
    """NDJSON: the data views, one object a panel, and the dashboard, each after what it refers to."""
    compiled = {name: saved_object(panel, f"hubbub-{name.replace('_', '-')}") for name, panel in panels().items()}
    objects = [_mentions(), _events(), *compiled.values(), _dashboard(compiled)]
    return "".join(json.dumps(_enveloped(each), ensure_ascii=False) + "\n" for each in objects)


def import_dashboards(url: str, api_key: str | None, *, space: str = "", timeout: float = 30.0) -> int:
    """Writes the dashboard into the Kibana at `url`, over an earlier one. Returns how many objects it wrote.

    Args:
        space: id of the Kibana space; empty means the default one.
        timeout: seconds to wait for an answer.

    Raises:
        Misconfigured: no address, an impossible key, or something at the address that is not Kibana.
        Fatal: Kibana refuses the key or an object.
        Retryable: Kibana is away, starting or busy.
    """
    if not url:
        raise Misconfigured("no Kibana is named; set HUBBUB_KIBANA__URL, for example to http://localhost:5601")
    if api_key and not re.fullmatch(r"[\w+/=:.-]+", api_key, re.ASCII):
        raise Misconfigured("HUBBUB_KIBANA__API_KEY holds characters that no key has; copy the encoded key again")
    within = f"/s/{quote(space, safe='')}" if space else ""
    address = f"{url.rstrip('/')}{within}/api/saved_objects/_import"
    headers = {"kbn-xsrf": "true"} | ({"Authorization": f"ApiKey {api_key}"} if api_key else {})
    content = compile_dashboards()
    file = ("hubbub.ndjson", content.encode(), "application/ndjson")
    try:
        answer = httpx.post(
            address, params={"overwrite": "true"}, headers=headers, files={"file": file}, timeout=timeout
        )
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise Misconfigured("HUBBUB_KIBANA__URL is not an address; it looks like http://localhost:5601") from None
    except httpx.TransportError as error:
        problem = f"{_place(url)} does not answer as Kibana ({type(error).__name__})"
        raise Retryable(f"{problem}; check HUBBUB_KIBANA__URL and that Kibana runs") from None
    return _read(answer, _place(url), objects=content.count("\n"))


def _read(answer: httpx.Response, place: str, *, objects: int) -> int:
    if answer.status_code in (401, 403):
        hint = "set HUBBUB_KIBANA__API_KEY to a key that may manage saved objects, dashboards and data views"
        raise Fatal(f"{place} refuses to import ({answer.status_code}); {hint}")
    if answer.status_code in (408, 429, 502, 503, 504):
        seconds = retry_after(answer.headers)
        raise Retryable(f"{place} is starting or busy ({answer.status_code}); try again in a minute", seconds)
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or ("success" not in body and "message" not in body):
        hint = "HUBBUB_KIBANA__URL wants Kibana's own address, with its base path if it has one"
        raise Misconfigured(f"{place} answers, but not as Kibana does (status {answer.status_code}); {hint}")
    if "success" not in body:
        raise Fatal(f"{place} refuses the import ({answer.status_code}): {_line(body['message'])}")
    errors = body.get("errors") or []
    if errors or body["success"] is not True:
        raise Fatal(f"{place} did not import {len(errors) or 'all'} of {objects} objects{_first(errors)}")
    if body.get("successCount") != objects:
        raise Fatal(f"{place} imported {_line(body.get('successCount'))} of {objects} objects and does not say why")
    return objects


def _first(errors: Any) -> str:
    match errors:
        case [{"type": kind, "id": name, "error": {"type": reason}}, *_]:
            return f"; first {_line(kind)} {_line(name)}: {_line(reason)}"
        case _:
            return ""


def _place(url: str) -> str:
    """The address without a login that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", url)


def _enveloped(one: Json) -> Json:
    return {
        **one,
        "managed": False,
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": _VERSIONS[one["type"]],
    }


def _mentions() -> Json:
    link = {"id": "url", "params": {"type": "a", "labelTemplate": "Open the post", "openLinkInCurrentTab": False}}
    percent = {"id": "percent", "params": {"pattern": "0%"}}
    formats = {"url.full": link, "sentiment.confidence": percent}
    return _data_view(DATA_VIEW, "mentions", "Hubbub: mentions", formats, FIELD_NAMES)


def _events() -> Json:
    names = {"event.dataset": FIELD_NAMES["event.dataset"]}
    return _data_view(EVENTS_VIEW, "hubbub-events", "Hubbub: runs, gaps and alerts", {}, names)


def _data_view(view_id: str, index: str, name: str, formats: Json, names: Mapping[str, str]) -> Json:
    """`fields` stays empty, as in Kibana's own exports: Kibana asks the index for them when it opens the view."""
    attributes = {
        "title": index,
        "name": name,
        "timeFieldName": "@timestamp",
        "fields": "[]",
        "runtimeFieldMap": "{}",
        "fieldFormatMap": json.dumps(formats),
        "fieldAttrs": json.dumps({field: {"customLabel": shown} for field, shown in names.items()}),
        "sourceFilters": "[]",
        "typeMeta": "{}",
    }
    return {"type": "index-pattern", "id": view_id, "attributes": attributes, "references": []}


def _dashboard(compiled: dict[str, Json]) -> Json:
    grids = {name: panel.grid for name, panel in panels().items()}
    placed = [
        {
            "type": each["type"],
            "panelIndex": name,
            "panelRefName": f"panel_{name}",
            "gridData": {"x": grids[name].x, "y": grids[name].y, "w": grids[name].w, "h": grids[name].h, "i": name},
            "embeddableConfig": {"enhancements": {}},
            "version": "8.9.0",
        }
        for name, each in compiled.items()
    ]
    attributes = {
        "title": TITLE,
        "description": "What customers say about the brands, and the negative posts behind the numbers.",
        "panelsJSON": json.dumps(placed),
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
    of_panels = [
        {"type": each["type"], "id": each["id"], "name": f"{name}:panel_{name}"} for name, each in compiled.items()
    ]
    of_controls = [
        {"type": "index-pattern", "id": DATA_VIEW, "name": f"controlGroup_{name}:optionsListDataView"}
        for name in _CONTROLS
    ]
    references = of_panels + of_controls
    return {"type": "dashboard", "id": DASHBOARD, "attributes": attributes, "references": references}


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
