"""State in Elasticsearch: one index, one document a record, its body as JSON text, so that any body can be kept."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from elasticsearch import ConflictError, Elasticsearch, NotFoundError

from hubbub.core.clock import Clock
from hubbub.core.ports import Json
from hubbub.core.records import RecordKind
from hubbub.index import elastic_bulk
from hubbub.index.elastic_errors import clear_errors, refusal
from hubbub.index.mapping import STATE

LONGEST_ID = 512  # bytes, Elasticsearch's own limit
_PAGE = 1000

Record = tuple[RecordKind, str]
"""Kind and key."""


class ElasticState:
    """`hubbub.core.ports.State`, and its many-at-once forms for `ElasticIndex.store`."""

    def __init__(self, client: Elasticsearch, address: str, clock: Clock) -> None:
        self._client = client
        self._address = address
        self._clock = clock

    def get(self, kind: RecordKind, key: str) -> Json | None:
        with clear_errors(self._address):
            try:
                found = self._client.get(index=STATE, id=record_id(kind, key))
            except NotFoundError:
                return None
            return _body(found["_source"])

    def put(self, kind: RecordKind, key: str, body: Json) -> None:
        with clear_errors(self._address):
            self._client.index(index=STATE, id=record_id(kind, key), document=self._document(kind, key, body))

    def create(self, kind: RecordKind, key: str, body: Json) -> bool:
        with clear_errors(self._address):
            try:
                self._client.create(index=STATE, id=record_id(kind, key), document=self._document(kind, key, body))
            except ConflictError:
                return False
            return True

    def delete(self, kind: RecordKind, key: str) -> None:
        with clear_errors(self._address):
            self._client.options(ignore_status=404).delete(index=STATE, id=record_id(kind, key))

    def list(self, kind: RecordKind, *, limit: int = 1000) -> list[tuple[str, Json]]:
        records: list[tuple[str, Json]] = []
        after = None
        with clear_errors(self._address):
            self._client.indices.refresh(index=STATE)
            while len(records) < limit:
                answer = self._client.search(
                    index=STATE,
                    query={"term": {"kind": kind.value}},
                    sort=[{"_seq_no": "desc"}],  # the order of writing, as the index has one shard
                    size=min(_PAGE, limit - len(records)),
                    search_after=after,
                )
                hits = answer["hits"]["hits"]
                if not hits:
                    break
                records += [(hit["_source"]["key"], _body(hit["_source"])) for hit in hits]
                after = hits[-1]["sort"]
        return records

    def get_many(self, records: Iterable[Record]) -> dict[Record, Json]:
        places = {(STATE, record_id(*record)): record for record in records}
        found = elastic_bulk.read(self._client, list(places), self._address)
        return {places[place]: _body(source) for place, source in found.items()}

    def put_many(self, kind: RecordKind, bodies: Mapping[str, Json]) -> None:
        self._write_many("index", kind, bodies)

    def create_many(self, kind: RecordKind, bodies: Mapping[str, Json]) -> None:
        """Writes those that are not there yet."""
        self._write_many("create", kind, bodies)

    def delete_many(self, kind: RecordKind, keys: Iterable[str]) -> None:
        actions = [{"_op_type": "delete", "_index": STATE, "_id": record_id(kind, key)} for key in keys]
        for _ in elastic_bulk.write(self._client, actions, self._address):
            pass

    def _write_many(self, operation: str, kind: RecordKind, bodies: Mapping[str, Json]) -> None:
        actions = [
            {
                "_op_type": operation,
                "_index": STATE,
                "_id": record_id(kind, key),
                "_source": self._document(kind, key, body),
            }
            for key, body in bodies.items()
        ]
        for item in elastic_bulk.write(self._client, actions, self._address):
            if item["status"] == 400:
                raise refusal(400, item["error"], self._address)

    def _document(self, kind: RecordKind, key: str, body: Json) -> Json:
        return {"kind": kind.value, "key": key, "at": self._clock().isoformat(), "body": json.dumps(body, default=str)}


def record_id(kind: RecordKind, key: str) -> str:
    """`kind:key`; a key too long for Elasticsearch is known by its SHA-256."""
    plain = f"{kind.value}:{key}"
    if len(plain.encode()) <= LONGEST_ID:
        return plain
    return f"{kind.value}:sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _body(source: Json) -> Json:
    body: Json = json.loads(source["body"])
    return body
