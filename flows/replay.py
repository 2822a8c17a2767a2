"""Replays the dead letters: records that were set aside take the way again, after a fix here or at the source."""

from datetime import datetime

from hubbub.core.mention import Mention
from hubbub.core.ports import Batch
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.collect import enrich, match, normalise
from hubbub.flows.parts import Parts


def replay(parts: Parts) -> list[Run]:
    """Takes the dead letters of every source that is still configured. One that passes, or that the watch list does not
    match, is a dead letter no more.

    Returns one run a source that had any: `fetched` were tried, `dead_lettered` of them stay.
    """
    letters = [DeadLetter.model_validate(body) for _, body in parts.index.state.list(RecordKind.dead_letter)]
    by_entry = {entry: [letter for letter in letters if letter.entry == entry.name] for entry in parts.entries()}
    runs = [_replay(parts, entry, mine) for entry, mine in by_entry.items() if mine]
    parts.index.refresh()
    return runs


def _replay(parts: Parts, entry: SourceEntry, letters: list[DeadLetter]) -> Run:
    run = Run(entry=entry.name, started=parts.clock(), fetched=len(letters))
    collector = parts.collector(entry)
    mentions, bad = [], []
    for letter in letters:
        passed, failed = normalise(collector, [letter.raw], entry.name, parts)
        mentions += [as_seen(mention, letter.at) for mention in passed]
        bad += failed
    kept, gone = match(parts.matcher, mentions)
    stored = parts.index.store(Batch(entry.name, enrich(parts.reader, kept), gone, bad))

    stay = {letter.key for letter in [*bad, *stored.refused]}
    for letter in letters:
        if letter.key not in stay:
            parts.index.state.delete(RecordKind.dead_letter, letter.key)
    run.new, run.updated, run.unchanged = stored.new, stored.updated, stored.unchanged
    run.dropped = len(mentions) - len(kept) - len(gone)
    run.deleted, run.dead_lettered = stored.deleted, len(stay)
    run.finished = parts.clock()
    return run


def as_seen(mention: Mention, at: datetime) -> Mention:
    """A record that waited is no newer than the day on which it was set aside."""
    return mention.model_copy(update={"observed_at": min(mention.observed_at, at)})
