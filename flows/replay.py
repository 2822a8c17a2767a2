"""Replays the dead letters: records that were set aside take the way again, after a fix here or at the source."""

from collections.abc import Sequence

from hubbub.core.mention import Mention
from hubbub.core.ports import ALL, Batch
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.collect import enrich, match, normalise
from hubbub.flows.parts import Parts

TOGETHER = 500  # letters


def replay(parts: Parts) -> list[Run]:
    """Takes the dead letters of every source that is still configured. One that passes, or that the watch list does not
    match, is a dead letter no more.

    Returns one run a source that had any: `fetched` were tried, `dead_lettered` of them stay.
    """
    bodies = parts.index.state.list(RecordKind.dead_letter, limit=ALL)
    letters = [DeadLetter.model_validate(body) for _, body in bodies]
    by_entry = {entry: [letter for letter in letters if letter.entry == entry.name] for entry in parts.entries()}
    runs = [_replay(parts, entry, mine) for entry, mine in by_entry.items() if mine]
    parts.index.refresh()
    return runs


def _replay(parts: Parts, entry: SourceEntry, letters: Sequence[DeadLetter]) -> Run:
    run = Run(entry=entry.name, started=parts.clock())
    for first in range(0, len(letters), TOGETHER):
        _take(parts, entry, letters[first : first + TOGETHER], run)
    run.finished = parts.clock()
    return run


def _take(parts: Parts, entry: SourceEntry, letters: Sequence[DeadLetter], run: Run) -> None:
    """The way of some letters; counts in `run` what happens on it."""
    collector = parts.collector(entry)
    mentions, bad = [], []
    for letter in letters:
        passed, failed = normalise(collector, [letter.raw], entry.name, parts)
        mentions += [as_seen(mention, letter) for mention in passed]
        bad += failed
    kept, gone = match(parts.matcher, mentions)
    stored = parts.index.store(Batch(entry.name, enrich(parts.reader, kept), gone, bad))

    stay = {letter.key: letter for letter in [*bad, *stored.refused]}
    for letter in letters:
        if letter.key in stay:  # for its newest reason; the day on which it was set aside stays
            body = stay[letter.key].model_copy(update={"at": letter.at}).model_dump(mode="json")
            parts.index.state.put(RecordKind.dead_letter, letter.key, body)
        else:
            parts.index.state.delete(RecordKind.dead_letter, letter.key)
    run.fetched += len(letters)
    run.new += stored.new
    run.updated += stored.updated
    run.unchanged += stored.unchanged
    run.dropped += len(mentions) - len(kept) - len(gone)
    run.deleted += stored.deleted
    run.dead_lettered += len(stay)


def as_seen(mention: Mention, letter: DeadLetter) -> Mention:
    """A record that waited is no newer than the day on which it was set aside."""
    return mention.model_copy(update={"observed_at": min(mention.observed_at, letter.at)})
