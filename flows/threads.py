"""Tells every mention what follows from its conversation: incrementally for what a run stores, or for everything.

What is told follows from the posts of a conversation as they lie in the index, and from nothing else. So it may be
worked out again at any time, by anybody. The conversations of a batch are noted down before it is stored and struck off
when their mentions were told: whoever is killed in between leaves the note, and the next run takes it over. Who has
told something looks again whether the posts are still those that it had seen: of two that write at once, the last has
seen both.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hubbub.conversations.joining import links
from hubbub.conversations.post import FIELDS, Post
from hubbub.conversations.thread import TOLD, Thread, threads
from hubbub.core.errors import HubbubError, Retryable
from hubbub.core.facts import Facts
from hubbub.core.ports import ALL, Batch, Index, Json, Stored
from hubbub.core.records import RecordKind
from hubbub.flows.parts import Parts
from hubbub.index.mapping import FACT_FIELDS

TOGETHER = 10_000  # ids of conversations that are told together
PAGE = 10_000  # mentions; an index gives no more at a time
ROUNDS = 20  # how often conversations are told again because others write to them
ABANDONED = timedelta(hours=1)  # nobody takes that long to store a batch

_FIELD_OF = {fact: FACT_FIELDS[fact][0] for fact in TOLD}
_SOURCE = [*FIELDS, *_FIELD_OF.values()]


@dataclass
class Touched:
    """The conversations of the batches that were stored and not told yet."""

    parts: Parts
    _keys: set[str] = field(default_factory=set)
    _notes: list[str] = field(default_factory=list)

    def store(self, batch: Batch) -> Stored:
        """Stores the batch, and tells what has gathered once it is much."""
        index, name = self.parts.index, uuid4().hex
        keys = _keys(index, batch)
        if not keys:
            return index.store(batch)
        index.state.put(RecordKind.touched, name, {"ids": sorted(keys)})
        stored = index.store(batch)
        if not stored.new and not stored.updated and not stored.deleted:
            index.state.delete(RecordKind.touched, name)
            return stored
        self._notes.append(name)
        self._keys |= keys
        if len(self._keys) >= TOGETHER:
            self.tell()
        return stored

    def tell(self) -> None:
        """Tells all of them."""
        if self._keys:
            tell(self.parts, self._keys)
        for name in self._notes:
            self.parts.index.state.delete(RecordKind.touched, name)
        self._keys, self._notes = set(), []

    def take_over(self) -> None:
        """Takes up what other runs have noted down. Theirs to strike off it stays while they may still be at it."""
        now = self.parts.clock()
        for note in self.parts.index.state.list(RecordKind.touched, limit=ALL):
            self._keys |= set(note.body["ids"])
            if note.written <= now - ABANDONED:
                self._notes.append(note.key)
            if len(self._keys) >= TOGETHER:
                self.tell()


@contextmanager
def telling(parts: Parts) -> Iterator[Touched]:
    """What is stored by it is told at the end, also of a run that fails."""
    touched = Touched(parts)
    touched.take_over()
    try:
        yield touched
    except HubbubError:
        with suppress(HubbubError):  # the note stays for the next run
            touched.tell()
        raise
    touched.tell()


def tell(parts: Parts, keys: set[str], known: Mapping[str, Json] | None = None) -> int:
    """Tells the mentions of the conversations that these ids are of; returns how often one was told something new.

    Args:
        keys: all ids that the conversations name are added to them.
        known: documents of theirs that were read just now.

    Raises:
        Retryable: others write to the same conversations all the time.
    """
    told = 0
    parts.index.refresh()
    documents = _gathered(parts.index, keys, known or {})
    for _ in range(ROUNDS):
        posts = _posts(parts, documents)
        changed = _changed(parts, posts, documents)
        if not changed:
            return told
        told += parts.index.amend(list(changed), list(changed.values()))
        keys |= _keys_of(documents)
        parts.index.refresh()
        documents = _gathered(parts.index, keys, {})
        if _posts(parts, documents) == posts:
            return told
    raise Retryable("others are writing to the same conversations all the time; try again later")


def rebuild(parts: Parts) -> Iterator[tuple[int, int]]:
    """Tells all mentions again; yields page by page how many were looked at and how many were told something new."""
    parts.index.refresh()
    for page in _everything(parts.index):
        yield len(page), tell(parts, _keys_of(page), page)


def all_threads(parts: Parts) -> Iterator[Thread]:
    """Every conversation once, by the time of its first post."""
    parts.index.refresh()
    for page in _everything(parts.index):
        gathered = _gathered(parts.index, _keys_of(page), page)
        found = [thread for thread in _threads(parts, _posts(parts, gathered)) if thread.posts[0].id in page]
        yield from sorted(found, key=lambda thread: (thread.posts[0].at, thread.id))


def _posts(parts: Parts, documents: Mapping[str, Json]) -> dict[str, Post]:
    return {name: parts.posts.read(name, document) for name, document in documents.items()}


def _threads(parts: Parts, posts: Mapping[str, Post]) -> list[Thread]:
    return threads(posts.values(), parts.listening.service_levels, parts.listening.timezone)


def _changed(parts: Parts, posts: Mapping[str, Post], documents: Mapping[str, Json]) -> dict[str, Facts]:
    """What those are to be told whose documents say something else."""
    return {
        name: Facts.model_validate(told)
        for thread in _threads(parts, posts)
        for name, told in thread.told(parts.listening.timezone).items()
        if any(value != _said(documents[name], fact) for fact, value in told.items())
    }


def _said(document: Json, fact: str) -> Any:
    """What the document says of a fact."""
    section, _, name = _FIELD_OF[fact].rpartition(".")
    value = (document.get(section, {}) if section else document).get(name)
    return datetime.fromisoformat(value) if value is not None and fact.endswith("_at") else value


def _keys(index: Index, batch: Batch) -> set[str]:
    """The ids that tie the batch's mentions to others, now and as they lay in the index before."""
    mentions = [*(enriched.mention for enriched in batch.mentions), *batch.gone]
    keys = {
        key
        for mention in mentions
        for key in links(
            mention.id,
            mention.conversation_id and f"{mention.source}:{mention.conversation_id}",
            mention.parent_id and f"{mention.source}:{mention.parent_id}",
        )
    }
    ids = [mention.id for mention in mentions]
    for page in _pages(index, {"ids": {"values": ids}}) if ids else ():
        keys |= _keys_of(page)
    return keys


def _keys_of(documents: Mapping[str, Json]) -> set[str]:
    return {key for name, document in documents.items() for key in _links(name, document)}


def _links(name: str, document: Json) -> tuple[str, ...]:
    conversation = document.get("conversation", {})
    return links(name, conversation.get("id"), conversation.get("parent"))


def _gathered(index: Index, keys: set[str], known: Mapping[str, Json]) -> dict[str, Json]:
    """The documents of the conversations that the ids are of, whole: what they tie to is asked for until all is there.

    Args:
        known: documents that need not be asked for.
    """
    found = dict(known)
    asked: set[str] = set()
    while new := keys - asked:
        for query in _tied(new):
            unknown = {"bool": {"filter": [query], "must_not": [{"ids": {"values": list(found)}}]}}
            for page in _pages(index, unknown):
                found.update(page)
        asked |= keys
        keys = keys | _keys_of(found)
    return found


def _tied(keys: set[str]) -> Iterator[Json]:
    """Queries for what has these ids or names them."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), TOGETHER):
        some = ordered[start : start + TOGETHER]
        ties: list[Json] = [{"terms": {f"conversation.{end}": some}} for end in ("id", "parent")]
        yield {"bool": {"should": [{"ids": {"values": some}}, *ties], "minimum_should_match": 1}}


def _everything(index: Index) -> Iterator[dict[str, Json]]:
    """All documents that there are now, page by page; of spans of time, since a search over less of it costs less."""
    edges: Json = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
    answer = index.search({"size": 0, "track_total_hits": True, "aggs": edges})
    number, found = answer["hits"]["total"]["value"], answer["aggregations"]
    if not number:
        return
    since, last = int(found["first"]["value"]), int(found["last"]["value"])
    span = (last - since) * PAGE // number + 1
    while since <= last:
        there = 0
        for page in _pages(index, {"range": {"@timestamp": {"gte": since, "lt": since + span}}}):
            there += len(page)
            yield page
        since += span
        if there < PAGE // 2:
            span *= 2
        elif there > PAGE:
            span = span // 2 + 1


def _pages(index: Index, query: Json) -> Iterator[dict[str, Json]]:
    """All documents that answer the query, by id, oldest first, some thousand at a time."""
    since: int | None = None
    seen: list[str] = []  # those of the very moment that the last page ended with
    while True:
        behind: Json = {
            "filter": [query, *([{"range": {"@timestamp": {"gte": since}}}] if since is not None else [])],
            "must_not": [{"ids": {"values": seen}}] if seen else [],
        }
        body = {
            "query": {"bool": behind},
            "size": PAGE,
            "sort": [{"@timestamp": "asc"}],
            "track_total_hits": False,
            "_source": _SOURCE,
        }
        hits = index.search(body)["hits"]["hits"]
        if hits:
            yield {hit["_id"]: hit["_source"] for hit in hits}
        if len(hits) < PAGE:
            return
        last = hits[-1]["sort"][0]
        at_last = [hit["_id"] for hit in hits if hit["sort"][0] == last]
        seen = [*seen, *at_last] if last == since else at_last
        since = last
