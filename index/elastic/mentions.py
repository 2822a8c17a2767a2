"""Mentions in Elasticsearch, each with its facts, whoever else writes the mention or its facts at the same time.

The version of a document begins with the time of its observation, so that Elasticsearch refuses an older one. Behind
that time there is room: where facts alone change, the document is written unless it changed since it was read, and
takes the next version. Facts are written before documents. Whoever has written a document looks whether its facts have
changed since they were read, and then writes it again: so the last to write a document wrote its newest facts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from elasticsearch import Elasticsearch

from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock
from hubbub.core.errors import Retryable
from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.ports import Json, Stored
from hubbub.core.records import DeadLetter, Identity, Record, RecordKind
from hubbub.index.elastic import bulk
from hubbub.index.elastic.bulk import Found
from hubbub.index.elastic.errors import why
from hubbub.index.elastic.state import ElasticState
from hubbub.index.mapping import amended, document, month, version

CHUNK = 500  # mentions read and written together
ROUNDS = 50  # how often a document is written again because others write it too
ROOM = 20  # bits: that many writes of facts alone fit into the versions of one millisecond
OUTRANKS = 2**62  # the version of a deletion: above that of every observation
T = TypeVar("T")


class Mentions:
    """Reads and writes mentions and their facts together. Its methods may raise what `bulk` does, and Retryable
    where others write the same mentions all the time."""

    def __init__(self, client: Elasticsearch, address: str, state: ElasticState, clock: Clock) -> None:
        self._client = client
        self._address = address
        self._state = state
        self._clock = clock

    def store(self, mentions: Iterable[Enriched], entry: str, stored: Stored) -> None:
        """Writes what is new or changed, and counts in `stored` what became of each."""
        newest: dict[str, Enriched] = {}
        for enriched in mentions:
            twin = newest.get(enriched.mention.id)
            stored.unchanged += twin is not None
            if twin is None or _observed(enriched) >= _observed(twin):
                newest[enriched.mention.id] = enriched
        for some in _chunks(newest):
            self._store(some, entry, stored)

    def amend(self, asked: Mapping[str, Facts]) -> int:
        """Sets facts of the mentions that are here, and returns how many these are."""
        return sum(self._amend(some) for some in _chunks(asked))

    def delete(self, gone: Sequence[Mention]) -> int:
        """Leaves tombstones first, so that nobody writes these mentions again, then deletes what is there of them;
        returns how many were."""
        buried = {mention.id: {"observed": mention.observed_at.isoformat()} for mention in gone}
        self._state.put_many(RecordKind.tombstone, buried)
        known = self._facts(buried)
        answers = list(self._erase(known))
        self._state.delete_many(RecordKind.facts, known)
        return sum(answer.get("result") == "deleted" for answer in answers)

    def _store(self, waiting: Mapping[str, Enriched], entry: str, stored: Stored) -> None:
        told: dict[str, Record] = {}
        for _ in range(ROUNDS):
            facts = self._noted(waiting, entry)
            present = self._present(facts)
            stored.unchanged += len(waiting) - len(facts)  # those with a tombstone
            actions = []
            for name, record in facts.items():
                wanted = clean_json(document(waiting[name], Facts.model_validate(record.body)))
                found, observed = present.get(name), _observed(waiting[name])
                if found and (found.source == wanted or _observed_of(found.source) > observed):
                    stored.unchanged += 1
                    continue
                first = observed << ROOM
                actions.append({**_at(name, record, max(first, found.version) if found else first), "_source": wanted})
            in_the_way = set()
            for answer in bulk.write(self._client, actions, self._address):
                name = answer["_id"]
                match answer["status"]:
                    case 201:
                        stored.new += 1
                        told[name] = facts[name]
                    case 200:
                        stored.updated += 1
                        told[name] = facts[name]
                    case bulk.CONFLICT:
                        in_the_way.add(name)
                    case _:
                        stored.refused.append(self._letter(entry, waiting[name].mention, why(answer["error"])))
            waiting = {name: waiting[name] for name in in_the_way}
            if not waiting:
                return self._settle(told)
        raise _busy(waiting)

    def _amend(self, waiting: Mapping[str, Facts]) -> int:
        told: dict[str, Record] = {}
        for _ in range(ROUNDS):
            known = self._facts(waiting)
            present = self._present(known)
            here = {name: record for name, record in known.items() if name in present}
            wanted = {name: _with(record, waiting[name], self._clock()) for name, record in here.items()}
            changed = {name: record for name, record in wanted.items() if record.body != here[name].body}
            written = self._state.replace_many(RecordKind.facts, changed.values())
            waiting = {name: waiting[name] for name in changed if name not in written}
            now = {name: written.get(name, record) for name, record in here.items() if name not in waiting}
            told |= self._tell(now, present)
            if not waiting:
                self._settle(told)
                return len(told)
        raise _busy(waiting)

    def _settle(self, told: dict[str, Record]) -> None:
        """Writes the documents again whose facts are others by now than they were told."""
        for _ in range(ROUNDS):
            if not told:
                return
            facts, buried = self._known(told)
            list(self._erase({name: told[name] for name in buried}))
            behind = {name: record for name, record in facts.items() if record.version != told[name].version}
            told = self._tell(behind, self._present(behind))
        raise _busy(told)

    def _tell(self, facts: Mapping[str, Record], present: Mapping[str, Found]) -> dict[str, Record]:
        """Writes the facts into the documents as they were read, and returns what each was told: a record without a
        version where the document was written meanwhile."""
        actions = []
        for name, record in facts.items():
            found = present.get(name)
            wanted = found and amended(found.source, _whole(record))
            if found and wanted != found.source:
                place = {"_index": record.body["index"], "_id": name}
                actions.append({**place, **found.unless_changed, "_source": wanted})
        answers = bulk.write_all(self._client, actions, self._address)
        late = {answer["_id"] for answer in answers if answer["status"] == bulk.CONFLICT}
        return {name: replace(record, version="") if name in late else record for name, record in facts.items()}

    def _noted(self, mentions: Mapping[str, Enriched], entry: str) -> dict[str, Record]:
        """The facts of each mention that has no tombstone, noted down where there are none yet, or no entry is."""
        noted: dict[str, Record] = {}
        unsure, now = list(mentions), self._clock()
        for _ in range(ROUNDS):
            facts, buried = self._known(unsure)  # again after writing: another may have been first, or have buried it
            new, nameless = {}, []
            for name in unsure:
                if name in buried:
                    continue
                if name not in facts:
                    first = Facts(ingested=now, dataset=entry, index=month(mentions[name].mention.posted_at))
                    new[name] = first.as_record()
                elif "dataset" not in facts[name].body:
                    nameless.append(_with(facts[name], Facts(dataset=entry), now))
                else:
                    noted[name] = facts[name]
            if not new and not nameless:
                return {name: noted[name] for name in mentions if name in noted}
            self._state.create_many(RecordKind.facts, new)
            self._state.replace_many(RecordKind.facts, nameless)
            unsure = [*new, *(record.key for record in nameless)]
        raise _busy(unsure)

    def _known(self, names: Iterable[str]) -> tuple[dict[str, Record], set[str]]:
        """The facts that there are, and the names that have a tombstone."""
        kinds = (RecordKind.facts, RecordKind.tombstone)
        records = self._state.get_many([(kind, name) for name in names for kind in kinds])
        facts = {name: record for (kind, name), record in records.items() if kind is RecordKind.facts}
        return facts, {name for kind, name in records if kind is RecordKind.tombstone}

    def _facts(self, names: Iterable[str]) -> dict[str, Record]:
        records = self._state.get_many((RecordKind.facts, name) for name in names)
        return {name: record for (_, name), record in records.items()}

    def _present(self, facts: Mapping[str, Record]) -> dict[str, Found]:
        """The documents that are there."""
        places = [(record.body["index"], name) for name, record in facts.items()]
        found = bulk.read(self._client, places, self._address)
        return {name: one for (_, name), one in found.items()}

    def _erase(self, facts: Mapping[str, Record]) -> Iterator[Json]:
        actions = [{"_op_type": "delete", **_at(name, record, OUTRANKS)} for name, record in facts.items()]
        return bulk.write(self._client, actions, self._address)

    def _letter(self, entry: str, mention: Mention, reason: str) -> DeadLetter:
        raw = mention.raw or mention.model_dump(mode="json")
        author = mention.author
        whose = Identity(source=mention.source, native_id=mention.native_id, author_id=author.id, author=author.name)
        return DeadLetter.of(entry, "index", reason, raw, self._clock(), whose)


def _whole(facts: Record) -> Facts:
    """All facts set, those that are not known to None."""
    return Facts.model_validate({**dict.fromkeys(Facts.model_fields), **facts.body})


def _at(name: str, facts: Record, as_of: int) -> Json:
    return {"_index": facts.body["index"], "_id": name, "version": as_of, "version_type": "external_gte"}


def _with(facts: Record, by: Facts, now: datetime) -> Record:
    body = Facts.model_validate(facts.body).amended(by).as_record()
    return replace(facts, body=clean_json(body), written=now)


def _observed(enriched: Enriched) -> int:
    return version(enriched.mention.observed_at)


def _observed_of(source: Json) -> int:
    """Milliseconds since 1970, as the document says; the versions of the first release had no room behind them."""
    return version(datetime.fromisoformat(source["event"]["observed"]))


def _chunks(items: Mapping[str, T]) -> Iterator[dict[str, T]]:
    left = iter(items.items())
    while some := dict(islice(left, CHUNK)):
        yield some


def _busy(names: Iterable[str]) -> Retryable:
    return Retryable(f"others are writing the same mentions all the time ({next(iter(names))}, ...); try again later")
