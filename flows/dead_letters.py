"""Dead letters: what a run of a source sets aside, and what it retires."""

import re
from collections import Counter
from collections.abc import Iterable

from hubbub.core.ports import ALL, Collector, State
from hubbub.core.records import DeadLetter, RecordKind

MOST = 100  # letters that one cause leaves of one source

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_NUMBER = re.compile(r"\d+(?:[.,:-]\d+)*")


class Letters:
    """The dead letters of one source during a run of it.

    Attributes:
        causes: how many records of this run were set aside, by cause.
        not_kept: how many of them left no letter, since their cause has left enough.
    """

    def __init__(self, state: State, entry: str) -> None:
        self._state = state
        self._open = {letter.key: letter for letter in letters(state, entry)} if _any(state) else {}
        self._kept = Counter(cause(letter) for letter in self._open.values())
        self._earlier = {key for key, letter in self._open.items() if unreadable(letter)}
        self.causes: Counter[str] = Counter()
        self.not_kept = 0

    def identify(self, collector: Collector) -> None:
        """Writes on letters of an older Hubbub which mention each would be, so that deleting it finds them."""
        for letter in self._open.values():
            if letter.native_id is None and not unreadable(letter):
                whose = collector.identify(letter.raw).model_dump(exclude_none=True)
                if whose.get("native_id"):
                    known = letter.model_copy(update=whose).model_dump(mode="json")
                    self._state.put(RecordKind.dead_letter, letter.key, known)

    def kept(self, dead: Iterable[DeadLetter]) -> list[DeadLetter]:
        """Those of the records set aside that are kept as letters."""
        within = []
        for letter in dead:
            self.causes[cause(letter)] += 1
            self._earlier.discard(letter.key)
            if letter.key in self._open or self._kept[cause(letter)] < MOST:
                self._add(letter)
                within.append(letter)
            else:
                self.not_kept += 1
        return within

    def refused(self, refused: Iterable[DeadLetter]) -> None:
        """Notes the letters that the index itself has kept already."""
        for letter in refused:
            self.causes[cause(letter)] += 1
            self._add(letter)

    def waiting(self) -> bool:
        return bool(self._open)

    def retire(self, passed: Iterable[str]) -> int:
        """Removes the letters whose record has now passed, by their keys; returns how many there were."""
        over = [key for key in passed if key in self._open]
        for key in over:
            self._state.delete(RecordKind.dead_letter, key)
            self._kept[cause(self._open.pop(key))] -= 1
            self._earlier.discard(key)
        return len(over)

    def retire_unreadable(self) -> int:
        """Removes the letters of earlier runs that hold what could not even be read and was not met again."""
        return self.retire(list(self._earlier))

    def _add(self, letter: DeadLetter) -> None:
        if letter.key not in self._open:
            self._open[letter.key] = letter
            self._kept[cause(letter)] += 1


def cause(letter: DeadLetter) -> str:
    """Stage and reason without what differs from record to record: numbers and what is quoted."""
    return f"{letter.stage}: {_NUMBER.sub('#', _QUOTED.sub('…', letter.reason))}"


def unreadable(letter: DeadLetter) -> bool:
    """Whether it holds no record but the piece that none could be read from, which no replay can make one."""
    return letter.stage == "fetch" or set(letter.raw) == {"line"}


def letters(state: State, source: str | None = None, reason: str | None = None) -> list[DeadLetter]:
    """Those of one source, or whose reason holds these words in whatever capitals; the newest first."""
    words = (reason or "").casefold()
    found = (DeadLetter.model_validate(record.body) for record in state.list(RecordKind.dead_letter, limit=ALL))
    return [letter for letter in found if source in (None, letter.entry) and words in letter.reason.casefold()]


def _any(state: State) -> bool:
    return state.count(RecordKind.dead_letter) > 0
