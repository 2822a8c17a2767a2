"""Tells mentions what follows from their conversations: those of some conversations, or of all.

What is told follows from the posts of a conversation as they lie in the index and, of the queue, from the log of what
people did. So it may be worked out again at any time, by anybody.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from hubbub.conversations import queue
from hubbub.conversations.exchange import Exchange
from hubbub.conversations.joining import links
from hubbub.conversations.post import FIELDS, Post
from hubbub.conversations.thread import TOLD, Thread, threads
from hubbub.core.errors import Retryable
from hubbub.core.facts import Facts
from hubbub.core.moments import iso
from hubbub.core.ports import Index, Json
from hubbub.core.routing import team_of
from hubbub.flows.logs import Log, logs
from hubbub.flows.notes import writers
from hubbub.flows.parts import Parts
from hubbub.index.mapping import FACT_FIELDS
from hubbub.index.pages import pages

TOGETHER = 10_000  # ids in one query
ROUNDS = 20  # how often conversations are told again because others write to them

_FACTS = (*TOLD, *queue.TOLD)
_PLACES = [(fact, *FACT_FIELDS[fact][0].rpartition(".")[::2]) for fact in _FACTS]
_SOURCE = [*FIELDS, *(FACT_FIELDS[fact][0] for fact in _FACTS)]


def tell(parts: Parts, keys: set[str], notes: frozenset[str] = frozenset()) -> int:
    """Tells the mentions of the conversations that these ids are of; returns how often one was told something new.

    Args:
        notes: the caller's own.

    Raises:
        Retryable: others write to the same conversations all the time.
    """
    return _tell(parts, keys, notes, {})


def rebuild(parts: Parts) -> Iterator[tuple[int, int]]:
    """Tells all mentions again; yields page by page how many were looked at and how many were told something new."""
    for page in _everything(parts):
        yield len(page), _tell(parts, keys_of(page), frozenset(), page)


def all_threads(parts: Parts) -> Iterator[Thread]:
    """Every conversation once, by the time of its first post."""
    for page in _everything(parts):
        gathered = _gathered(parts.index, keys_of(page), page)
        found = [thread for thread in _threads(parts, _posts(parts, gathered)) if thread.posts[0].id in page]
        yield from sorted(found, key=lambda thread: (thread.posts[0].at, thread.id))


def threads_of(parts: Parts, keys: set[str]) -> list[Thread]:
    """The conversations, whole, that these ids are of."""
    parts.index.refresh()
    return _threads(parts, _posts(parts, _gathered(parts.index, keys, {})))


def routed(parts: Parts, exchange: Exchange) -> str | None:
    """The team that the rules give it to."""
    routing, platform = parts.listening.routing, exchange.opening.source
    return team_of(routing, exchange.brand, exchange.language, platform, exchange.severity)


def keys_of(documents: Mapping[str, Json]) -> set[str]:
    """The ids that tie these documents to others."""
    return {key for name, document in documents.items() for key in _links(name, document)}


def _tell(parts: Parts, keys: set[str], notes: frozenset[str], known: Mapping[str, Json]) -> int:
    """Tells until there is nothing new to tell, or nobody can have stored anything since it looked.

    Args:
        known: documents of the conversations that were read just now.
    """
    told = 0
    for _ in range(ROUNDS):
        before = writers(parts.index.state)
        parts.index.refresh()
        documents = _gathered(parts.index, keys, known)
        changed = _changed(parts, documents, keys)
        told += parts.index.amend(list(changed), list(changed.values())) if changed else 0
        if not changed or (before.notes <= notes and writers(parts.index.state) == before):
            return told
        keys, known = keys | keys_of(documents), {}
    raise Retryable("others are writing to the same conversations all the time; try again later")


def _posts(parts: Parts, documents: Mapping[str, Json]) -> list[Post]:
    return [parts.posts.read(name, document) for name, document in documents.items()]


def _threads(parts: Parts, posts: list[Post]) -> list[Thread]:
    return threads(posts, parts.listening.service_levels, parts.listening.timezone)


def _changed(parts: Parts, documents: Mapping[str, Json], keys: Iterable[str]) -> dict[str, Facts]:
    """What those are to be told whose documents say something else."""
    found = _threads(parts, _posts(parts, documents))
    done = logs(parts.index.state, [exchange for thread in found for exchange in thread.exchanges], keys)
    return {
        name: Facts.model_validate(told)
        for thread in found
        for name, told in _told(parts, thread, done).items()
        if not _says(documents[name], told)
    }


def _told(parts: Parts, thread: Thread, done: Mapping[str, Log]) -> dict[str, dict[str, Any]]:
    """The facts of each mention of a conversation."""
    listening = parts.listening
    each = thread.told(listening.timezone, listening.urgency)
    told = {name: dict.fromkeys(queue.TOLD) | facts for name, facts in each.items()}
    for exchange in thread.exchanges:
        name = exchange.opening.id
        told[name] |= queue.standing(exchange, done.get(name, ())).told(routed(parts, exchange))
    return told


def _says(document: Json, told: Mapping[str, Any]) -> bool:
    for fact, section, name in _PLACES:
        value = told[fact]
        said = (document.get(section, {}) if section else document).get(name)
        if said != (iso(value) if isinstance(value, datetime) else value):
            return False
    return True


def _links(name: str, document: Json) -> tuple[str, ...]:
    conversation = document.get("conversation", {})
    return links(name, conversation.get("id"), conversation.get("parent"))


def _everything(parts: Parts) -> Iterator[dict[str, Json]]:
    parts.index.refresh()
    return pages(parts.index, {"match_all": {}}, _SOURCE)


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
            for page in pages(index, unknown, _SOURCE):
                found.update(page)
        asked |= keys
        keys = keys | keys_of(found)
    return found


def _tied(keys: set[str]) -> Iterator[Json]:
    """Queries for what has these ids or names them."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), TOGETHER):
        some = ordered[start : start + TOGETHER]
        ties: list[Json] = [{"terms": {f"conversation.{end}": some}} for end in ("id", "parent")]
        yield {"bool": {"should": [{"ids": {"values": some}}, *ties], "minimum_should_match": 1}}
