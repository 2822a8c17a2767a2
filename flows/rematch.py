"""Rematches: reads sources again from their start, for what the watch list did not match when it was read."""

from collections.abc import Callable
from dataclasses import dataclass

from hubbub.core.errors import HubbubError
from hubbub.core.moments import EPOCH
from hubbub.core.records import RecordKind, Run
from hubbub.core.settings import SourceEntry
from hubbub.flows.collect import Progress, collect, watch_list
from hubbub.flows.parts import Parts


@dataclass(frozen=True)
class Rematched:
    """What became of one source.

    Attributes:
        changed: whether the watch list is another than when the source was last read from its start; None: not known.
        run: None for a source that would have to be asked for everything again.
    """

    source: str
    changed: bool | None
    run: Run | None = None
    error: HubbubError | None = None


def rematch(
    parts: Parts, sources: tuple[str, ...] = (), progress: Callable[[SourceEntry], Progress] | None = None
) -> list[Rematched]:
    """Reads every local source, or those named, from its start; cursors stay where they are.

    Nothing of a record that no brand matched was kept, so it has to be read again. What is stored keeps its facts, and
    stays even where the watch list does not match it any more.
    """
    return [_rematch(parts, entry, progress) for entry in parts.entries(sources)]


def _rematch(parts: Parts, entry: SourceEntry, progress: Callable[[SourceEntry], Progress] | None) -> Rematched:
    record = parts.index.state.get(RecordKind.watched, entry.name)
    changed = None if record is None else record.body["watch_list"] != watch_list(parts.listening)
    try:
        if not parts.collector(entry).local:
            return Rematched(entry.name, changed)
        shown = progress(entry) if progress else lambda run: None
        return Rematched(entry.name, changed, collect(parts, entry, shown, since=EPOCH))
    except HubbubError as error:
        return Rematched(entry.name, changed, error=error)
