"""Dead letters: lists them, takes them the whole way again, or is done with them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hubbub.core.records import DeadLetter, RecordKind, Run
from hubbub.flows import replay as flow
from hubbub.flows.dead_letters import cause, letters
from hubbub.flows.parts import Parts
from hubbub.flows.runs import keep


@dataclass(frozen=True)
class Replayed:
    """What became of letters that took the way again.

    Attributes:
        runs: one a source that had any.
        left: letters that wait now, of whichever source.
    """

    runs: Sequence[Run]
    left: int


def chosen(parts: Parts, source: str | None = None, reason: str | None = None) -> list[DeadLetter]:
    """The letters of one source, or whose reason holds these words; the newest first.

    Raises:
        Misconfigured: that source has no letters and is not in the settings: a slip of the pen.
    """
    found = letters(parts.index.state, source, reason)
    if source is not None and not found and not letters(parts.index.state, source):
        parts.entries((source,))
    return found


def summary(found: Sequence[DeadLetter]) -> list[dict[str, Any]]:
    """One row a source, stage and reason, those with most letters first; the reason is that of the newest."""
    groups: dict[tuple[str, str], list[DeadLetter]] = {}
    for letter in found:
        groups.setdefault((letter.entry, cause(letter)), []).append(letter)
    rows: list[dict[str, Any]] = []
    for group in groups.values():
        newest = max(group, key=lambda letter: letter.at)
        rows.append(
            {
                "source": newest.entry,
                "stage": newest.stage,
                "reason": newest.reason,
                "letters": len(group),
                "newest": newest.at,
            }
        )
    return sorted(rows, key=lambda row: (-row["letters"], row["source"], row["reason"]))


def replay(parts: Parts, source: str | None = None, reason: str | None = None) -> Replayed:
    """Takes letters the whole way again.

    Raises:
        Misconfigured: that source is not in the settings.
    """
    if source is not None:
        parts.entries((source,))
    return Replayed(flow.replay(parts, source, reason), parts.index.state.count(RecordKind.dead_letter))


def retire(parts: Parts, source: str | None = None, reason: str | None = None) -> list[Run]:
    """Removes letters whose cause is over. Returns one run a source, which keeps their number."""
    return _remove(parts, chosen(parts, source, reason), "retired")


def discard(parts: Parts, source: str | None = None, reason: str | None = None) -> list[Run]:
    """Throws letters away. Returns one run a source, which keeps their number."""
    return _remove(parts, chosen(parts, source, reason), "discarded")


def _remove(parts: Parts, over: Sequence[DeadLetter], verb: str) -> list[Run]:
    now = parts.clock()
    for letter in over:
        parts.index.state.delete(RecordKind.dead_letter, letter.key)
    numbers = Counter(letter.entry for letter in over)
    ended = {"started": now, "finished": now}
    runs = [Run.model_validate({"entry": entry, **ended, verb: number}) for entry, number in numbers.items()]
    for run in runs:
        keep(parts.index.state, run)
    return runs
