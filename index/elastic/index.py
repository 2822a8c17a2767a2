"""The index on Elasticsearch 8 and 9: a document a mention under its own id, in its month's index, behind one alias."""

import logging
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elastic_transport import NodeConfig
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Misconfigured
from hubbub.core.events import Event
from hubbub.core.facts import Facts
from hubbub.core.mention import Mention
from hubbub.core.ports import Batch, Json, Over, Stored
from hubbub.core.records import DeadLetter, RecordKind
from hubbub.index.elastic import bulk, fields, migration, setup
from hubbub.index.elastic.errors import cause, clear_errors, why
from hubbub.index.elastic.mentions import Mentions
from hubbub.index.elastic.state import ElasticState, fitting_id
from hubbub.index.mapping import ALIAS, EVENTS, event_document, month

TIMEOUT = 60  # seconds for one answer
_INDEX: dict[Over, str] = {"mentions": ALIAS, "events": EVENTS}

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
        self._mentions = Mentions(self._client, self._address, self._state, clock)

    @property
    def state(self) -> ElasticState:
        return self._state

    def prepare(self) -> None:
        with clear_errors(self._address):
            setup.prepare(self._client, month(self._clock()))
            migration.migrate(self._client, self._state, self._clock)

    def store(self, batch: Batch) -> Stored:
        stored = Stored()
        with clear_errors(self._address):
            if batch.gone:
                stored.deleted = self._mentions.delete(batch.gone)
                stored.gone_unknown = len(batch.gone) - stored.deleted
                self._delete_letters(batch.gone)
            self._mentions.store(batch.mentions, batch.entry, stored)
            self._set_aside([*batch.dead, *stored.refused])
            if batch.cursor is not None:
                self._state.put(RecordKind.cursor, batch.entry, batch.cursor)
        return stored

    def amend(self, ids: Sequence[str], facts: Facts | Sequence[Facts]) -> int:
        each = [facts] * len(ids) if isinstance(facts, Facts) else facts
        asked: dict[str, Facts] = {}
        for name, by in zip(ids, each, strict=True):
            asked[name] = asked.get(name, Facts()).amended(by)
        with clear_errors(self._address):
            return self._mentions.amend(asked)

    def record(self, events: Sequence[Event]) -> None:
        actions = [
            {"_index": EVENTS, "_id": fitting_id(event.id, "sha256:", event.id), "_source": event_document(event)}
            for event in events
        ]
        with clear_errors(self._address):
            bulk.write_all(self._client, actions, self._address)

    def get(self, mention_id: str) -> Json | None:
        facts = self._state.get(RecordKind.facts, mention_id)
        if facts is None:
            return None
        with clear_errors(self._address):
            try:
                source: Json = self._client.get(index=facts.body["index"], id=mention_id)["_source"]
            except NotFoundError:
                return None
            return source

    def search(self, body: Mapping[str, Any], over: Over = "mentions") -> Json:
        fields.check(body, over)
        with clear_errors(self._address):
            try:
                return self._search(body, over)
            except NotFoundError:
                self.prepare()  # nobody has yet
                return self._search(body, over)

    def refresh(self) -> None:
        with clear_errors(self._address):
            for index in (ALIAS, EVENTS):
                self._client.options(ignore_status=404).indices.refresh(index=index)

    def close(self) -> None:
        self._client.close()

    def _search(self, body: Mapping[str, Any], over: Over) -> Json:
        asked = clean_json(dict(body))
        try:
            answer = self._client.search(index=_INDEX[over], body=asked, allow_partial_search_results=False)
        except BadRequestError as error:
            raise Misconfigured(f"not a search that the index answers: {why(cause(error))}") from None
        return dict(answer)

    def _delete_letters(self, gone: Sequence[Mention]) -> None:
        """Deletes the dead letters of these mentions; one that does not say its source may be of any."""
        names = {(source, mention.native_id) for mention in gone for source in (mention.source, None)}
        letters = self._state.letters_about({mention.native_id for mention in gone})
        of_these = [it.key for it in letters if (it.body.get("source"), it.body["native_id"]) in names]
        self._state.delete_many(RecordKind.dead_letter, of_these)

    def _set_aside(self, letters: Sequence[DeadLetter]) -> None:
        """Keeps dead letters, but for those whose mention was deleted: nothing of it returns."""
        buried = self._buried(letters)
        kept = {letter.key: letter for letter in letters if letter.key not in buried}
        self._state.put_many(RecordKind.dead_letter, {key: _as_record(letter) for key, letter in kept.items()})
        self._state.delete_many(RecordKind.dead_letter, self._buried(kept.values()))  # deleted just now by another

    def _buried(self, letters: Iterable[DeadLetter]) -> set[str]:
        """The keys of the letters whose mention has a tombstone."""
        names = {letter.key: f"{letter.source}:{letter.native_id}" for letter in letters if letter.native_id}
        buried = self._state.get_many((RecordKind.tombstone, name) for name in names.values())
        return {key for key, name in names.items() if (RecordKind.tombstone, name) in buried}


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
