"""Replays the dead letters: records that were set aside take the way again, after a fix here or at the source."""

from collections.abc import Iterable, Sequence

from hubbub.core.errors import HubbubError
from hubbub.core.mention import Mention
from hubbub.core.moments import EPOCH
from hubbub.core.ports import Batch
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.collect import collect, count, enrich, match, normalise
from hubbub.flows.dead_letters import letters, unreadable
from hubbub.flows.parts import Parts
from hubbub.flows.telling import telling

TOGETHER = 500  # letters


def replay(parts: Parts, source: str | None = None, reason: str | None = None) -> list[Run]:
    """Takes the dead letters of every source that is still configured; of one, or those whose reason holds some words.
    One that passes, or that the watch list does not match, is a dead letter no more.

    What could not even be read is no record that could take the way. A local source is read again from its start for
    it, which retires what is not met again; of another it stays until the source is next read without fault.

    Returns one run a source that had any: `fetched` were tried, `dead_lettered` of them stay. A source that could not
    be read again says so in its `error`.
    """
    chosen = letters(parts.index.state, source, reason)
    by_entry = {entry: [letter for letter in chosen if letter.entry == entry.name] for entry in parts.entries()}
    runs = [_replay(parts, entry, mine) for entry, mine in by_entry.items() if mine]
    parts.index.refresh()
    return runs


def _replay(parts: Parts, entry: SourceEntry, chosen: Sequence[DeadLetter]) -> Run:
    run = Run(entry=entry.name, started=parts.clock())
    records = [letter for letter in chosen if not unreadable(letter)]
    try:
        for first in range(0, len(records), TOGETHER):
            _take(parts, entry, records[first : first + TOGETHER], run)
        _fetch_again(parts, entry, [letter for letter in chosen if unreadable(letter)], run)
    except HubbubError as error:
        run.error = str(error)
    run.finished = parts.clock()
    return run


def _take(parts: Parts, entry: SourceEntry, records: Sequence[DeadLetter], run: Run) -> None:
    """The way of some letters; counts in `run` what happens on it."""
    collector = parts.collector(entry)
    mentions, bad = [], []
    for letter in records:
        passed, failed = normalise(collector, [letter.raw], entry.name, parts)
        mentions += [as_seen(mention, letter) for mention in passed]
        bad += _of_that_day(failed, letter)
    kept, gone = match(parts.matcher, mentions)
    with telling(parts) as touched:
        stored = touched.store(Batch(entry.name, enrich(parts, kept) if kept else [], gone, bad))

    refused = {letter.key: letter for letter in stored.refused}
    stay = {letter.key for letter in bad} | refused.keys()
    for letter in records:
        if letter.key not in stay:
            parts.index.state.delete(RecordKind.dead_letter, letter.key)
        for again in _of_that_day([refused[letter.key]] if letter.key in refused else [], letter):
            parts.index.state.put(RecordKind.dead_letter, again.key, again.model_dump(mode="json"))
    run.fetched += len(records)
    run.dropped += len(mentions) - len(kept) - len(gone)
    run.dead_lettered += len(stay)
    count(run, stored)


def _fetch_again(parts: Parts, entry: SourceEntry, pieces: Sequence[DeadLetter], run: Run) -> None:
    """What becomes of letters that hold no record."""
    if not pieces:
        return
    if parts.collector(entry).local:
        collect(parts, entry, since=EPOCH)
    left = {letter.key for letter in letters(parts.index.state, entry.name)}
    stay = sum(letter.key in left for letter in pieces)
    run.retired += len(pieces) - stay
    run.fetched += stay
    run.dead_lettered += stay


def _of_that_day(newer: Iterable[DeadLetter], letter: DeadLetter) -> list[DeadLetter]:
    """The letters with their newest reason, and the day on which the record was set aside first."""
    return [again.model_copy(update={"at": letter.at}) for again in newer]


def as_seen(mention: Mention, letter: DeadLetter) -> Mention:
    """A record that waited is no newer than the day on which it was set aside."""
    return mention.model_copy(update={"observed_at": min(mention.observed_at, letter.at)})
