"""The index on Elasticsearch 8 and 9: a document a mention under its own id, in its month's index, behind one alias."""

import json
import logging
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elastic_transport import NodeConfig
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Misconfigured
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Json, Stored
from hubbub.core.records import DeadLetter, RecordKind
from hubbub.index import elastic_bulk, elastic_setup
from hubbub.index.elastic_errors import cause, clear_errors, why
from hubbub.index.elastic_state import LONGEST_ID, ElasticState
from hubbub.index.mapping import ALIAS, document, iso, month, version

TIMEOUT = 60  # seconds for one answer
CHUNK = 500  # mentions read and written together
OUTRANKS = 2**62  # the version of a deletion: above that of every observation

logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # its warnings are tracebacks; what matters is raised


class ElasticIndex:
    """`hubbub.core.ports.Index` on the server at `url`.

    Raises:
        Misconfigured: the address or the key cannot be one.
    """

    def __init__(self, url: str, api_key: str | None = None, clock: Clock = utc_now) -> None:
        node = _node(url)
        self._address = f"{node.scheme}://{node.host}:{node.port}{node.path_prefix}"
        self._clock = clock
        self._client = Elasticsearch([node], api_key=_checked(api_key), request_timeout=TIMEOUT)
        self._state = ElasticState(self._client, self._address, clock)

    @property
    def state(self) -> ElasticState:
        return self._state

    def prepare(self) -> None:
        with clear_errors(self._address):
            elastic_setup.prepare(self._client, month(self._clock()))

    def store(self, batch: Batch) -> Stored:
        stored = Stored()
        with clear_errors(self._address):
            stored.deleted = self._delete(batch.gone)
            fitting = [enriched for enriched in batch.mentions if _fits(enriched)]
            stored.refused += [
                self._letter(batch.entry, enriched.mention, f"the id is longer than {LONGEST_ID} bytes")
                for enriched in batch.mentions
                if not _fits(enriched)
            ]
            for start in range(0, len(fitting), CHUNK):
                self._write(fitting[start : start + CHUNK], batch.entry, stored)
            letters = {letter.key: _as_record(letter) for letter in (*batch.dead, *stored.refused)}
            self._state.put_many(RecordKind.dead_letter, letters)
            if batch.cursor is not None:
                self._state.put(RecordKind.cursor, batch.entry, batch.cursor)
        return stored

    def get(self, mention_id: str) -> Json | None:
        facts = self._state.get(RecordKind.facts, mention_id)
        if facts is None:
            return None
        with clear_errors(self._address):
            try:
                source: Json = self._client.get(index=facts["index"], id=mention_id)["_source"]
            except NotFoundError:
                return None
            return source

    def search(self, body: Mapping[str, Any]) -> Json:
        with clear_errors(self._address):
            try:
                return self._search(body)
            except NotFoundError:
                self.prepare()  # nobody has yet
                return self._search(body)

    def refresh(self) -> None:
        with clear_errors(self._address):
            self._client.options(ignore_status=404).indices.refresh(index=ALIAS)

    def close(self) -> None:
        self._client.close()

    def _search(self, body: Mapping[str, Any]) -> Json:
        try:
            answer = self._client.search(index=ALIAS, body=_as_json(body), allow_partial_search_results=False)
        except BadRequestError as error:
            raise Misconfigured(f"not a search that the index answers: {why(cause(error))}") from None
        return dict(answer)

    def _delete(self, gone: Sequence[Mention]) -> int:
        """Leaves tombstones first, so that nobody writes these mentions again, then deletes what is there of them."""
        if not gone:
            return 0
        ids = [mention.id for mention in gone]
        self._state.put_many(RecordKind.tombstone, {m.id: {"observed": m.observed_at.isoformat()} for m in gone})
        known = self._state.get_many((RecordKind.facts, name) for name in ids)
        actions = [
            {"_op_type": "delete", **_at((facts["index"], name), OUTRANKS)} for (_, name), facts in known.items()
        ]
        answers = list(elastic_bulk.write(self._client, actions, self._address))
        self._state.delete_many(RecordKind.facts, [name for _, name in known])
        return sum(answer.get("result") == "deleted" for answer in answers)

    def _write(self, mentions: Sequence[Enriched], entry: str, stored: Stored) -> None:
        """Writes what is new or changed, and counts in `stored` what became of each."""
        by_id = {enriched.mention.id: enriched.mention for enriched in mentions}
        facts = self._facts(by_id)
        places = [(known["index"], name) for name, known in facts.items()]
        present = elastic_bulk.read(self._client, places, self._address)
        actions: list[Json] = []
        for enriched in mentions:
            name = enriched.mention.id
            if name not in facts:
                continue
            wanted, place = _as_json(document(enriched, facts[name])), (facts[name]["index"], name)
            if present.get(place) == wanted:
                stored.unchanged += 1
                continue
            present[place] = wanted
            observed = version(enriched.mention.observed_at)
            actions.append({**_at(place, observed), "_source": wanted})
        for answer in elastic_bulk.write(self._client, actions, self._address):
            match answer["status"]:
                case 201:
                    stored.new += 1
                case 200:
                    stored.updated += 1
                case 409:  # something newer is there
                    stored.unchanged += 1
                case _:
                    reason = why(answer["error"])
                    stored.refused.append(self._letter(entry, by_id[answer["_id"]], reason))

    def _facts(self, mentions: Mapping[str, Mention]) -> dict[str, Json]:
        """The facts of each mention that has no tombstone, made where there are none yet."""
        facts, buried = self._known(mentions)
        ingested = iso(self._clock())
        new = {
            name: {"ingested": ingested, "index": month(mention.posted_at)}
            for name, mention in mentions.items()
            if name not in facts and name not in buried
        }
        if new:
            self._state.create_many(RecordKind.facts, new)
            made, buried_since = self._known(new)  # another process may have been first, or have buried it meanwhile
            facts |= made
            buried |= buried_since
        return {name: known for name, known in facts.items() if name not in buried}

    def _known(self, names: Iterable[str]) -> tuple[dict[str, Json], set[str]]:
        """The facts that there are, and the names that have a tombstone."""
        kinds = (RecordKind.facts, RecordKind.tombstone)
        records = self._state.get_many([(kind, name) for name in names for kind in kinds])
        facts = {name: body for (kind, name), body in records.items() if kind is RecordKind.facts}
        return facts, {name for kind, name in records if kind is RecordKind.tombstone}

    def _letter(self, entry: str, mention: Mention, reason: str) -> DeadLetter:
        raw = mention.raw or mention.model_dump(mode="json")
        return DeadLetter.of(entry, "index", reason, raw, self._clock())


def _at(place: elastic_bulk.Place, observed: int) -> Json:
    index, name = place
    return {"_index": index, "_id": name, "version": observed, "version_type": "external_gte"}


def _fits(enriched: Enriched) -> bool:
    return len(enriched.mention.id.encode()) <= LONGEST_ID


def _as_json(value: Any) -> Any:
    """The value as JSON holds it; half characters (lone surrogates), which no server can send back, become U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _as_record(letter: DeadLetter) -> Json:
    return {**letter.model_dump(mode="json", exclude={"raw"}), "raw": letter.raw}


def _node(url: str) -> NodeConfig:
    try:
        node = url_to_node_config(url, use_default_ports_for_scheme=True)
    except ValueError:
        node = None
    if node is None or node.scheme not in ("http", "https"):
        raise Misconfigured("HUBBUB_INDEX__URL: not an address; write it like https://search.example.com:9200")
    return node.replace(ssl_context=ssl.create_default_context()) if node.scheme == "https" else node


def _checked(api_key: str | None) -> str | None:
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise Misconfigured("HUBBUB_INDEX__API_KEY: not a key; take the `encoded` value of the API key")
    return key or None
