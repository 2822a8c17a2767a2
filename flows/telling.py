"""Stores batches, and tells the mentions of the conversations that they touch.

The conversations of a batch are noted down before it is stored and struck off when their mentions were told: whoever is
killed in between leaves the note, and the next run takes it over.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from hubbub.conversations.joining import links
from hubbub.conversations.post import FIELDS
from hubbub.core.errors import HubbubError
from hubbub.core.ports import Batch, Index, Stored
from hubbub.flows import notes
from hubbub.flows.parts import Parts
from hubbub.flows.threads import TOGETHER, keys_of, tell
from hubbub.index.pages import pages


@dataclass
class Touched:
    """The conversations of the batches that were stored and not told yet."""

    parts: Parts
    _keys: set[str] = field(default_factory=set)
    _notes: set[str] = field(default_factory=set)

    def store(self, batch: Batch) -> Stored:
        """Stores the batch, and tells what has gathered once it is much."""
        index = self.parts.index
        keys = _keys(index, batch)
        if not keys:
            return index.store(batch)
        note = notes.write(index.state, keys)
        stored = index.store(batch)
        self._notes.add(note)
        if stored.new or stored.updated or stored.deleted:
            self._keys |= keys
        if len(self._keys) >= TOGETHER:
            self.tell()
        return stored

    def tell(self) -> None:
        """Tells all of them."""
        if self._keys:
            tell(self.parts, self._keys, frozenset(self._notes))
        if self._notes:
            notes.strike(self.parts.index.state, self._notes)
        self._keys, self._notes = set(), set()

    def take_over(self) -> None:
        """Takes up what other runs have noted down. Theirs to strike off it stays while they may still be at it."""
        now = self.parts.clock()
        for note in notes.notes(self.parts.index.state):
            self._keys |= set(note.body["ids"])
            if note.written <= now - notes.ABANDONED:
                self._notes.add(note.key)
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


def catch_up(parts: Parts) -> None:
    """Tells what others have stored or done and not told yet; those that were killed never will."""
    with telling(parts):
        pass


def _keys(index: Index, batch: Batch) -> set[str]:
    """The ids that tie the batch's mentions to others, now and as they lay in the index before."""
    mentions = [*(enriched.mention for enriched in batch.mentions), *batch.gone]
    if not mentions:
        return set()
    keys = {
        key
        for mention in mentions
        for key in links(
            mention.id,
            mention.conversation_id and f"{mention.source}:{mention.conversation_id}",
            mention.parent_id and f"{mention.source}:{mention.parent_id}",
        )
    }
    for page in pages(index, {"ids": {"values": [mention.id for mention in mentions]}}, FIELDS):
        keys |= keys_of(page)
    return keys
