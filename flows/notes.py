"""Notes of what was stored and is still to be told: by them a run that was killed is made good by the next one, and one
that tells knows whether others were storing at the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from hubbub.core.ports import ALL, State
from hubbub.core.records import Record, RecordKind

ABANDONED = timedelta(hours=1)  # nobody takes that long to store a batch

_LAST = "last"


@dataclass(frozen=True)
class Writers:
    """Who may be storing. Where it is the same before and after, and names nobody, nobody stored in between.

    Attributes:
        notes: all that there are.
        struck: another one whenever some were struck off.
    """

    notes: frozenset[str]
    struck: str | None


def writers(state: State) -> Writers:
    """Asked in this order, since notes are struck off last."""
    there = frozenset(note.key for note in notes(state))
    last = state.get(RecordKind.told, _LAST)
    return Writers(there, last.body["struck"] if last else None)


def notes(state: State) -> list[Record]:
    return state.list(RecordKind.touched, limit=ALL)


def write(state: State, keys: Iterable[str]) -> str:
    """Notes down the ids of conversations before anything of them is stored; returns the note's name."""
    name = uuid4().hex
    state.put(RecordKind.touched, name, {"ids": sorted(keys)})
    return name


def strike(state: State, names: Iterable[str]) -> None:
    """Strikes notes off, whose conversations were told."""
    state.put(RecordKind.told, _LAST, {"struck": uuid4().hex})
    for name in names:
        state.delete(RecordKind.touched, name)
