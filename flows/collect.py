"""Collects: takes every new post of a source the whole way into the index."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from hubbub.core.errors import Fatal, HubbubError, Skippable
from hubbub.core.insight import Enriched, Insight
from hubbub.core.match import Match
from hubbub.core.matching.accounts import Accounts
from hubbub.core.matching.matcher import Matcher
from hubbub.core.mention import Kind, Mention
from hubbub.core.ports import Batch, Collector, Cursor, Page, Raw, Stored
from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.core.settings import Listening, SourceEntry
from hubbub.core.text import harmless, shortened
from hubbub.flows.dead_letters import Letters
from hubbub.flows.parts import Parts
from hubbub.flows.runs import remember
from hubbub.flows.telling import telling

ENOUGH = 20  # records from which on a run says whether its source can be used
UNUSABLE = 0.5  # of them set aside: it cannot

_NAME = 60  # characters of an unknown brand's name
_BRANDS = 10  # unknown brands that a run names
_COUNTED = 10_000  # unknown brands that are counted at a time

Progress = Callable[[Run], None]
Attributed = tuple[Mention, tuple[Match, ...]]


@dataclass(frozen=True)
class Collected:
    """What became of a source: its run, and what ended it early."""

    run: Run
    error: HubbubError | None = None


def collect_all(
    parts: Parts,
    sources: tuple[str, ...],
    progress: Callable[[SourceEntry], Progress],
    since: datetime | None = None,
) -> Iterator[Collected]:
    """Collects every source, or those named, one after another; one that fails does not stop the others.

    Raises:
        HubbubError: the index cannot be opened, which is told once and not by every source; or a name is unknown.
    """
    entries = parts.entries(sources)
    _ = parts.index
    for entry in entries:
        yield try_to_collect(parts, entry, progress(entry), since=since)


def collect(
    parts: Parts,
    entry: SourceEntry,
    progress: Progress = lambda run: None,
    *,
    since: datetime | None = None,
    retried: bool = False,
) -> Run:
    """Fetches one source from its cursor to its end and returns what became of it; the run is recorded however it ends.

    Args:
        since: fetches back to that time instead (a local source from its start), and leaves the cursor where it is.
        retried: it tries once more what the run before it failed at.

    Raises:
        HubbubError: as its kind says. What was stored before stays, and the next run goes on from there.
    """
    collected = try_to_collect(parts, entry, progress, since=since, retried=retried)
    if collected.error:
        raise collected.error
    return collected.run


def try_to_collect(
    parts: Parts, entry: SourceEntry, progress: Progress, *, since: datetime | None = None, retried: bool = False
) -> Collected:
    """Does what `collect` does, and returns the error that it raises."""
    run = Run(entry=entry.name, started=parts.clock(), since=since)
    try:
        fetch_to_the_end(parts, entry, run, progress)
    except HubbubError as error:
        run.error = str(error)
        run.missed = None
        with suppress(HubbubError):  # the index itself may be what failed
            remember(parts, run, retried)
        return Collected(run, error)
    remember(parts, run)
    return Collected(run)


def fetch_to_the_end(parts: Parts, entry: SourceEntry, run: Run, progress: Progress) -> None:
    """The way of every mention; counts in `run` what happens on it.

    While half of what was fetched is set aside, or some of it without a letter, the cursor waits: it moves when the
    source turns out to be usable, and stays where it was when not, so that a run after the fix takes all of it.
    """
    collector = parts.collector(entry)
    letters = Letters(parts.index.state, entry.name)
    letters.identify(collector)
    unknown: Counter[str] = Counter()
    waiting: Cursor | None = None
    whole = True
    with telling(parts) as touched:
        for page in pages(parts, collector, run):
            mentions, bad = normalise(collector, page.records, entry.name, parts)
            kept, gone = match(parts.matcher, mentions)
            enriched = enrich(parts, kept) if kept else []
            dead = [*page.dead, *bad]
            letters_kept = letters.kept(dead)
            cursor = None if run.since else page.cursor
            if cursor is not None:
                fetched = run.fetched + len(page.records) + len(page.dead)
                doubtful = letters.not_kept > 0 or run.dead_lettered + len(dead) >= UNUSABLE * fetched
                waiting, cursor = (cursor, None) if doubtful else (None, cursor)
            stored = touched.store(Batch(entry.name, enriched, gone, letters_kept, cursor))

            letters.refused(stored.refused)
            run.retired += letters.retire(_passed(entry.name, page.records, bad, stored, letters))
            run.fetched += len(page.records) + len(page.dead)
            run.dropped += len(mentions) - len(kept) - len(gone)
            run.dead_lettered += len(dead) + len(stored.refused)
            run.not_kept = letters.not_kept
            count(run, stored)
            if page.missed is not None:
                run.missed = (run.missed or 0) + page.missed
            whole = whole and page.whole
            _count_unknown(parts.matcher, mentions, run, unknown)
            progress(run)
    _check_usable(run, letters)
    if waiting is not None:
        parts.index.store(Batch(entry.name, cursor=waiting))
    if run.fetched > run.dead_lettered and (whole or (not collector.local and not run.dead_lettered)):
        run.retired += letters.retire_unreadable()
    if whole and run.fetched:
        parts.index.state.put(RecordKind.watched, entry.name, {"watch_list": watch_list(parts.listening)})
    parts.index.refresh()


def pages(parts: Parts, collector: Collector, run: Run) -> Iterable[Page]:
    if run.since is not None:
        return collector.fetch(parts.query, None, since=run.since)
    record = parts.index.state.get(RecordKind.cursor, run.entry)
    return collector.fetch(parts.query, record.body if record else None)


def count(run: Run, stored: Stored) -> None:
    run.new += stored.new
    run.updated += stored.updated
    run.unchanged += stored.unchanged
    run.deleted += stored.deleted
    run.gone_unknown += stored.gone_unknown


def watch_list(listening: Listening) -> str:
    """A short name of what is listened for; it changes with every brand and term."""
    others = {"accounts", "automatic_replies"}  # they decide who answers, not what is kept
    said = "\n".join(brand.model_dump_json(exclude=others) for brand in listening.brands)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def normalise(
    collector: Collector, records: Iterable[Raw], entry: str, parts: Parts
) -> tuple[list[Mention], list[DeadLetter]]:
    """Every record as a mention, or as a dead letter with its reason."""
    mentions: list[Mention] = []
    dead: list[DeadLetter] = []
    for raw in records:
        try:
            mentions.append(collector.normalise(raw))
        except Skippable as error:
            whose = collector.identify(raw)
            dead.append(DeadLetter.of(entry, "normalise", str(error), raw, parts.clock(), whose))
    return mentions, dead


def match(matcher: Matcher, mentions: Iterable[Mention]) -> tuple[list[Attributed], list[Mention]]:
    """The mentions that are about a watched brand, and those that their source says are gone."""
    kept: list[Attributed] = []
    gone: list[Mention] = []
    for mention in mentions:
        if mention.deleted:
            gone.append(mention)
            continue
        mention, matches = matcher.attribute(mention)
        if matches:
            kept.append((mention, matches))
    return kept, gone


def enrich(parts: Parts, kept: Sequence[Attributed]) -> list[Enriched]:
    """The mentions as read; what a brand says itself, and what a newspaper does, wants no answer from a brand."""
    insights = parts.reader.read([mention for mention, _ in kept])
    return [
        Enriched(mention=mention, matches=matches, insight=_asked(parts.accounts, mention, insight))
        for (mention, matches), insight in zip(kept, insights, strict=True)
    ]


def _asked(accounts: Accounts, mention: Mention, insight: Insight) -> Insight:
    author = mention.author
    told = author.is_brand or mention.kind is Kind.article or accounts.of(mention.source, author.name)
    return insight.model_copy(update={"needs_reply": False}) if told else insight


def _passed(
    entry: str, records: Iterable[Raw], bad: Iterable[DeadLetter], stored: Stored, letters: Letters
) -> Iterable[str]:
    """The keys of the records that took the way, asked for only where some letter waits."""
    if not letters.waiting():
        return []
    failed = {letter.key for letter in (*bad, *stored.refused)}
    return [key for key in (DeadLetter.key_of(entry, raw) for raw in records) if key not in failed]


def unusable(dead: int, fetched: int) -> bool:
    """Whether a source of whose records so many were set aside cannot be used."""
    return fetched >= ENOUGH and dead >= UNUSABLE * fetched


def _check_usable(run: Run, letters: Letters) -> None:
    """Ends a run of which half, or more, was set aside.

    Raises:
        Fatal: so much of it was.
    """
    if not unusable(run.dead_lettered, run.fetched):
        return
    (cause, most), *_ = letters.causes.most_common(1)
    raise Fatal(
        f"{run.dead_lettered:,} of {run.fetched:,} records cannot be used, {most:,} of them at {cause}; "
        "correct the source's settings or the source (`hubbub check` shows what it holds), then collect again: "
        "what was not usable is read anew"
    )


def stranger(mention: Mention, matcher: Matcher) -> str | None:
    """The brand that its source names and the watch list does not have, fit to be shown: one short line."""
    if not mention.brand or matcher.knows(mention.brand):
        return None
    return shortened(harmless(mention.brand), _NAME)


def _count_unknown(matcher: Matcher, mentions: Iterable[Mention], run: Run, unknown: Counter[str]) -> None:
    """Counts the brands that the source names and the watch list does not have."""
    names = [name for mention in mentions if (name := stranger(mention, matcher)) is not None]
    if not names:
        return
    unknown.update(names)
    run.brand_unknown += len(names)
    run.unknown_brands = dict(unknown.most_common(_BRANDS))
    if len(unknown) > _COUNTED:  # the column does not hold brands
        kept = unknown.most_common(_BRANDS)
        unknown.clear()
        unknown.update(dict(kept))
