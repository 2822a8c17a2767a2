"""Writes mentions: the newest observation of each, by all the ways that lead to it; and deletes them for good."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.mention import Mention
from hubbub.core.moments import milliseconds
from hubbub.core.ports import Json, Stored
from hubbub.core.records import RecordKind
from hubbub.index.embedded import columns, words
from hubbub.index.embedded.bodies import NO_WORDS, Words, document_of, pack, words_of
from hubbub.index.embedded.facts import as_text, new_versions, note
from hubbub.index.embedded.places import following
from hubbub.index.embedded.records import Records, delete_letters
from hubbub.index.embedded.tables import MENTIONS
from hubbub.index.embedded.values import flat
from hubbub.index.mapping import amended, month, observed, version

TOMBSTONES = Records(RecordKind.tombstone)
_KNOWN = (
    "SELECT m.id, m.n, m.version, m.facts, b.body FROM json_each(?) asked CROSS JOIN mention m ON m.id = asked.value"
    " LEFT JOIN mention_body b ON b.n = m.n"
)


@dataclass
class _Draft:
    """A mention on its way into the file.

    Attributes:
        place: None where its id is new.
        version, document: of the file at first, None and empty where it has none; then of the newest observation.
        before: the words that the file has of it.
        noted: its facts as the file is to have them; None where it has them.
        written: its document is.
    """

    name: str
    place: int | None
    version: int | None
    document: Json
    before: Words
    facts: Facts
    noted: str | None
    written: bool = False


def store(
    connection: sqlite.Connection, mentions: Sequence[Enriched], entry: str, now: datetime, stored: Stored
) -> set[str]:
    """Writes what is new or newer, and counts in `stored` what became of each. Returns the words that mentions had
    before and have no more."""
    names = [enriched.mention.id for enriched in mentions]
    buried = TOMBSTONES.among(connection, names)
    drafts = _known(connection, names, entry)
    first: dict[str, tuple[Facts, str]] = {}
    for name, enriched in zip(names, mentions, strict=True):
        if name in buried:
            stored.unchanged += 1
            continue
        draft = drafts.get(name)
        if draft is None:
            index = month(enriched.mention.posted_at)
            if index not in first:
                facts = Facts(ingested=now, dataset=entry, index=index)
                first[index] = (facts, as_text(facts.as_record()))
            draft = drafts[name] = _Draft(name, None, None, {}, NO_WORDS, *first[index])
        wanted, as_of = observed(enriched), version(enriched.mention.observed_at)
        if draft.version is None:
            stored.new += 1
        elif draft.version > as_of or draft.document == wanted:
            stored.unchanged += 1
            continue
        else:
            stored.updated += 1
        draft.version, draft.document, draft.written = as_of, wanted, True
    return _write(connection, [draft for draft in drafts.values() if draft.written or draft.noted], now)


def delete(
    connection: sqlite.Connection, gone: Sequence[Mention], now: datetime, stored: Stored
) -> tuple[set[str], bool]:
    """Deletes what is there of each and leaves a tombstone; counts in `stored` whether there was anything. Returns the
    words that they had, and whether anything was deleted, be it a dead letter."""
    letters = 0
    lost: dict[int, Words] = {}
    for mention in gone:
        TOMBSTONES.put(connection, mention.id, {"observed": mention.observed_at.isoformat()}, now)
        letters += delete_letters(connection, mention.source, mention.native_id)
        row = connection.execute("DELETE FROM mention WHERE id = ? RETURNING n, version", (mention.id,)).fetchone()
        if row is None or row[1] is None:
            stored.gone_unknown += 1
            continue
        stored.deleted += 1
        (body,) = connection.execute("DELETE FROM mention_body WHERE n = ? RETURNING body", row[:1]).fetchone()
        lost[row[0]] = words_of(body)
    words.delete(connection, lost.items())
    columns.write(connection, MENTIONS, {place: {} for place in lost})
    return set().union(*map(words.split, lost.values())), bool(lost or letters)


def _known(connection: sqlite.Connection, names: Iterable[str], entry: str) -> dict[str, _Draft]:
    """What the file has of these ids; facts that name no entry, as those of the first release, get it."""
    drafts = {}
    for name, place, as_of, facts, body in connection.execute(_KNOWN, (json.dumps([*names]),)):
        known = Facts.model_validate_json(facts or "{}")
        noted = None
        if known.dataset is None:
            known = known.amended(Facts(dataset=entry))
            noted = as_text(known.as_record())
        document, before = (document_of(body), words_of(body)) if body else ({}, NO_WORDS)
        drafts[name] = _Draft(name, place, as_of, document, before, known, noted)
    return drafts


def _write(connection: sqlite.Connection, drafts: Sequence[_Draft], now: datetime) -> set[str]:
    """Returns the words that mentions had before and have no more."""
    if not drafts:
        return set()
    free = following(connection, MENTIONS)
    placed = {next(free) if draft.place is None else draft.place: draft for draft in drafts}
    written = {n: draft for n, draft in placed.items() if draft.written}
    _write_rows(connection, placed, now)
    found = {n: words.cut(draft.document) for n, draft in written.items()}
    lost = {n: draft.before for n, draft in written.items() if draft.before not in (NO_WORDS, found[n])}
    words.delete(connection, lost.items())
    words.insert(connection, ((n, each) for n, each in found.items() if each != written[n].before))
    connection.executemany(
        "INSERT OR REPLACE INTO mention_body (n, body) VALUES (?, ?)",
        [(n, pack(draft.document, found[n])) for n, draft in written.items()],
    )
    columns.write(
        connection,
        MENTIONS,
        {n: flat(amended(draft.document, draft.facts)) for n, draft in placed.items()},
    )
    return {word for n, each in lost.items() for word in words.split(each) - words.split(found[n])}


def _write_rows(connection: sqlite.Connection, placed: Mapping[int, _Draft], now: datetime) -> None:
    """Versions and facts."""
    new = [(n, draft) for n, draft in placed.items() if draft.place is None]
    known = [(n, draft) for n, draft in placed.items() if draft.place is not None]
    noted = milliseconds(now)
    connection.executemany(
        "INSERT INTO mention (n, id, version, facts, facts_version, facts_written) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (n, draft.name, draft.version, draft.noted, version, noted)
            for (n, draft), version in zip(new, new_versions(connection, len(new)), strict=True)
        ],
    )
    connection.executemany("UPDATE mention SET version = ? WHERE n = ?", [(draft.version, n) for n, draft in known])
    note(connection, [(n, draft.noted) for n, draft in known if draft.noted is not None], now)
