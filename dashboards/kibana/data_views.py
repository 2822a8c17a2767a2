"""The data views: which index Kibana looks at, and what it calls the fields."""

import json
from collections.abc import Mapping

from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import FIELD_NAMES

MENTIONS = "hubbub-mentions-view"
EVENTS = "hubbub-events-view"


def data_views() -> list[Json]:
    """The view of the mentions, which every panel asks, and that of runs, gaps and alerts."""
    return [_mentions(), _events()]


def _mentions() -> Json:
    link = {"id": "url", "params": {"type": "a", "labelTemplate": "Open the post", "openLinkInCurrentTab": False}}
    percent = {"id": "percent", "params": {"pattern": "0%"}}
    minutes = {
        "id": "duration",
        "params": {"inputFormat": "seconds", "outputFormat": "asMinutes", "outputPrecision": 1, "showSuffix": True},
    }
    formats = {"url.full": link, "sentiment.confidence": percent, "conversation.response_seconds": minutes}
    return _data_view(MENTIONS, "mentions", "Hubbub: mentions", formats, FIELD_NAMES)


def _events() -> Json:
    names = {"event.dataset": FIELD_NAMES["event.dataset"]}
    return _data_view(EVENTS, "hubbub-events", "Hubbub: runs, gaps and alerts", {}, names)


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
