"""What Hubbub keeps in Elasticsearch: its templates, its alias, its events and its state. May run again at any time."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import AuthorizationException, BadRequestError, Elasticsearch

from hubbub.core.errors import Fatal
from hubbub.core.ports import Json
from hubbub.index.mapping import ALIAS, EVENT_FIELDS, EVENTS, FIELDS, STATE

PRIORITY = 200
OLDEST = 8
SETTINGS: Json = {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}
STATE_MAPPINGS: Json = {
    "dynamic": "strict",
    "properties": {
        "kind": {"type": "keyword"},
        "key": {"type": "keyword", "ignore_above": 1024},
        "at": {"type": "date"},
        "native_id": {"type": "keyword", "ignore_above": 1024},
        "body": {"type": "object", "enabled": False},
    },
}


def prepare(client: Elasticsearch, month: str) -> None:
    """Creates or updates the templates, this month's index (so that the alias is there), and the indices of events and
    state.

    Raises:
        Fatal: the server is older than Elasticsearch 8.
    """
    _check_version(client)
    mappings = mention_mappings(thai=_knows_thai(client))
    client.cluster.put_component_template(name=f"{ALIAS}-settings", template={"settings": SETTINGS})
    client.cluster.put_component_template(name=f"{ALIAS}-mappings", template={"mappings": mappings})
    client.indices.put_index_template(
        name=ALIAS,
        index_patterns=[f"{ALIAS}-*"],
        composed_of=[f"{ALIAS}-settings", f"{ALIAS}-mappings"],
        priority=PRIORITY,
        template={"aliases": {ALIAS: {}}},
    )
    _create(client, month)
    client.indices.put_mapping(index=ALIAS, properties=mappings["properties"])  # fields that older months lack
    for index, kept in ((EVENTS, _nested(EVENT_FIELDS)), (STATE, STATE_MAPPINGS)):
        _create(client, index, settings=SETTINGS, mappings=kept)
        client.indices.put_mapping(index=index, properties=kept["properties"])


def mention_mappings(*, thai: bool) -> Json:
    """The strict mapping of a mention; where the server has no `thai` analyzer, `standard` takes its place."""
    return _nested({name: field if thai else _without_thai(field) for name, field in FIELDS.items()})


def _nested(fields: Mapping[str, Json]) -> Json:
    root: Json = {}
    for dotted, field in fields.items():
        *parents, name = dotted.split(".")
        place = root
        for parent in parents:
            place = place.setdefault(parent, {"properties": {}})["properties"]
        place[name] = field
    return {"dynamic": "strict", "properties": root}


def _without_thai(field: Json) -> Json:
    inner = {name: {**sub, "analyzer": "standard"} for name, sub in field.get("fields", {}).items()}
    return {**field, "fields": inner} if inner else field


def _check_version(client: Elasticsearch) -> None:
    try:
        version = str(client.info()["version"]["number"])
    except AuthorizationException:  # the key may not ask, and need not
        return
    if int(version.split(".")[0]) < OLDEST:
        raise Fatal(f"Hubbub needs Elasticsearch {OLDEST} or later; HUBBUB_INDEX__URL leads to a {version}")


def _knows_thai(client: Elasticsearch) -> bool:
    try:
        client.indices.analyze(analyzer="thai", text="สวัสดี")
    except BadRequestError:
        return False
    return True


def _create(client: Elasticsearch, index: str, **content: Any) -> None:
    try:
        client.indices.create(index=index, **content)
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
