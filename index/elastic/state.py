"""State in Elasticsearch: one index, one document a record, its body as JSON text, so that any body can be kept.

A record's version is `seq_no:primary_term`, which Elasticsearch compares itself.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from elasticsearch import ConflictError, Elasticsearch, NotFoundError

from hubbub.core.clock import Clock
from hubbub.core.moments import iso
from hubbub.core.ports import ALL, Json
from hubbub.core.records import Name, Record, RecordKind
from hubbub.index.elastic import bulk
from hubbub.index.elastic.errors import clear_errors
from hubbub.index.mapping import STATE

LONGEST_ID = 512  # bytes, Elasticsearch's own limit
_PAGE = 1000


class ElasticState:
    """`hubbub.core.ports.State`, and its many-at-once forms for `ElasticIndex`."""

    def __init__(self, client: Elasticsearch, address: str, clock: Clock) -> None:
        self._client = client
        self._address = address
        self._clock = clock

    def get(self, kind: RecordKind, key: str) -> Record | None:
        with clear_errors(self._address):
            try:
                return _record(dict(self._client.get(index=STATE, id=record_id(kind, key))))
            except NotFoundError:
                return None

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

    def replace(self, kind: RecordKind, key: str, body: Json, version: str) -> bool:
        document = self._document(kind, key, body)
        with clear_errors(self._address):
            try:
                self._client.index(index=STATE, id=record_id(kind, key), document=document, **_unless_changed(version))
            except ConflictError:
                return False
            return True

    def delete(self, kind: RecordKind, key: str) -> None:
        with clear_errors(self._address):
            self._client.options(ignore_status=404).delete(index=STATE, id=record_id(kind, key))

    def list(self, kind: RecordKind, *, since: datetime | None = None, limit: int = 1000) -> list[Record]:
        wanted: Sequence[Json] = [{"term": {"kind": kind.value}}]
        if since is not None:
            wanted = [*wanted, {"range": {"at": {"gte": iso(since)}}}]
        return [record for _, record in self._found(wanted, limit)]

    def count(self, kind: RecordKind) -> int:
        with clear_errors(self._address):
            self._client.indices.refresh(index=STATE)
            return int(self._client.count(index=STATE, query={"term": {"kind": kind.value}})["count"])

    def expire(self, kind: RecordKind, before: datetime) -> None:
        self._delete_where([{"term": {"kind": kind.value}}, {"range": {"at": {"lt": iso(before)}}}])

    def each(self, kind: RecordKind) -> Iterator[Record]:
        """All of that kind, read as they are asked for."""
        return (record for _, record in self._found([{"term": {"kind": kind.value}}], ALL))

    def letters_about(self, native_ids: Iterable[str]) -> Iterator[Record]:
        """The dead letters with these native ids, whatever their source."""
        kind = RecordKind.dead_letter.value
        wanted: Sequence[Json] = [{"term": {"kind": kind}}, {"terms": {"native_id": [*native_ids]}}]
        return (record for _, record in self._found(wanted, ALL))

    def get_many(self, names: Iterable[Name]) -> dict[Name, Record]:
        places = {(STATE, record_id(*name)): name for name in names}
        found: dict[bulk.Place, bulk.Found] = {}
        left = iter(places)
        with clear_errors(self._address):
            while some := list(islice(left, _PAGE)):
                found |= bulk.read(self._client, some, self._address)
        return {places[place]: _record_of(one.source, one.seq_no, one.primary_term) for place, one in found.items()}

    def put_many(self, kind: RecordKind, bodies: Mapping[str, Json]) -> None:
        self._write_many("index", kind, bodies)

    def create_many(self, kind: RecordKind, bodies: Mapping[str, Json]) -> None:
        """Writes those that are not there yet."""
        self._write_many("create", kind, bodies)

    def replace_many(self, kind: RecordKind, records: Iterable[Record]) -> dict[str, Record]:
        """Writes each record, its `written` too, where it still has its version; returns those written, with their
        new versions."""
        by_id = {record_id(kind, record.key): record for record in records}
        actions = [
            {
                "_index": STATE,
                "_id": name,
                "_source": document(kind.value, record.key, record.body, record.written),
                **_unless_changed(record.version),
            }
            for name, record in by_id.items()
        ]
        return {
            by_id[answer["_id"]].key: replace(by_id[answer["_id"]], version=_version(answer))
            for answer in bulk.write_all(self._client, actions, self._address)
            if answer["status"] in (200, 201)
        }

    def delete_many(self, kind: RecordKind, keys: Iterable[str]) -> None:
        actions = [{"_op_type": "delete", "_index": STATE, "_id": record_id(kind, key)} for key in keys]
        bulk.write_all(self._client, actions, self._address)

    def delete_kind(self, kind: str) -> None:
        """Deletes all records of a kind, also of one that there is no more."""
        self._delete_where([{"term": {"kind": kind}}])

    def _delete_where(self, wanted: Sequence[Json]) -> None:
        """Deletes records; what is written again meanwhile stays."""
        found = self._found(wanted, ALL)
        with clear_errors(self._address):
            while some := list(islice(found, _PAGE)):
                actions = [
                    {"_op_type": "delete", "_index": STATE, "_id": name, **_unless_changed(record.version)}
                    for name, record in some
                ]
                bulk.write_all(self._client, actions, self._address)

    def _found(self, wanted: Sequence[Json], limit: int) -> Iterator[tuple[str, Record]]:
        """The `_id` of each and what it is, the last written first."""
        after = None
        with clear_errors(self._address):
            self._client.indices.refresh(index=STATE)
            while limit > 0:
                answer = self._client.search(
                    index=STATE,
                    query={"bool": {"filter": wanted}},
                    sort=[{"at": "desc"}, {"_seq_no": "desc"}],  # within a millisecond as the only shard wrote them
                    size=min(_PAGE, limit),
                    search_after=after,
                    seq_no_primary_term=True,
                    track_total_hits=False,
                )
                hits = answer["hits"]["hits"]
                if not hits:
                    return
                yield from ((hit["_id"], _record(hit)) for hit in hits)
                limit -= len(hits)
                after = hits[-1]["sort"]

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
        bulk.write_all(self._client, actions, self._address)

    def _document(self, kind: RecordKind, key: str, body: Json) -> Json:
        return document(kind.value, key, body, self._clock())


def document(kind: str, key: str, body: Json, written: datetime) -> Json:
    """A record as the state index keeps it; a dead letter can be found by the mention that it is of."""
    kept = {"kind": kind, "key": key, "at": iso(written), "body": json.dumps(body, default=str)}
    native_id = body.get("native_id") if kind == RecordKind.dead_letter else None
    return {**kept, "native_id": native_id} if native_id else kept


def record_id(kind: RecordKind, key: str) -> str:
    """`kind:key`; a key too long for Elasticsearch is known by its SHA-256."""
    return fitting_id(f"{kind.value}:{key}", f"{kind.value}:sha256:", key)


def fitting_id(plain: str, prefix: str, key: str) -> str:
    """`plain` where Elasticsearch takes it for an id, else the prefix and the SHA-256 of the key."""
    return plain if len(plain.encode()) <= LONGEST_ID else prefix + hashlib.sha256(key.encode()).hexdigest()


def _record(found: Json) -> Record:
    return _record_of(found["_source"], found["_seq_no"], found["_primary_term"])


def _record_of(source: Json, seq_no: int, primary_term: int) -> Record:
    written = datetime.fromisoformat(source["at"]).astimezone(UTC)
    return Record(source["key"], json.loads(source["body"]), f"{seq_no}:{primary_term}", written)


def _version(answer: Json) -> str:
    return f"{answer['_seq_no']}:{answer['_primary_term']}"


def _unless_changed(version: str) -> dict[str, Any]:
    seq_no, primary_term = version.split(":")
    return {"if_seq_no": int(seq_no), "if_primary_term": int(primary_term)}
