"""The logs of the queue in the state: under the id of a customer's post, what was done about that customer.

A customer's entry has one log, mostly. It may have several, where two of their conversations turned out to be one. A
log goes where the rest of the entry is when its post is deleted, and goes with the last of them.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.queue import QueueEvent, merged
from hubbub.core.ports import State
from hubbub.core.records import Record, RecordKind

Log = tuple[QueueEvent, ...]


def logs(state: State, exchanges: Sequence[Exchange], names: Iterable[str] = ()) -> dict[str, Log]:
    """The log of each exchange that has one, by the id of its opening post.

    Args:
        names: of mentions that may have been deleted since: their logs go over to what is left.
    """
    if not state.list(RecordKind.queue, limit=1):
        return {}
    homes = {post.id: exchange.opening.id for exchange in exchanges for post in exchange.said}
    records = _records(state, chain(homes, names))
    found: dict[str, list[Log]] = {}
    for name, home in homes.items():
        if name in records:
            found.setdefault(home, []).append(_log(records[name]))
    for name in _deleted(state, records.keys() - homes.keys()):
        left = _log(records[name])
        heirs = {homes[post] for event in left for post in event.heard if post in homes}
        for heir in heirs:
            _add(state, heir, left)
            found.setdefault(heir, []).append(left)
        state.delete(RecordKind.queue, name)
    return {home: merged(each) for home, each in found.items()}


def append(state: State, exchange: Exchange, known: int, event: QueueEvent) -> bool:
    """Adds an event to the log of an exchange, unless others did since it had `known` events."""
    names = [post.id for post in exchange.said]
    records = _records(state, names)
    if len(merged(map(_log, records.values()))) != known:
        return False
    name = next((name for name in names if name in records), names[0])
    return _write(state, name, records.get(name), (event,))


def _add(state: State, name: str, events: Log) -> None:
    while not _write(state, name, state.get(RecordKind.queue, name), events):
        pass


def _write(state: State, name: str, record: Record | None, events: Log) -> bool:
    """Whether the events could be added, nobody having written the record since it was read."""
    added = [event.model_dump(mode="json", exclude_none=True) for event in events]
    if record is None:
        return state.create(RecordKind.queue, name, {"events": added})
    body = {**record.body, "events": [*record.body["events"], *added]}
    return state.replace(RecordKind.queue, name, body, record.version)


def _log(record: Record) -> Log:
    return tuple(QueueEvent.model_validate(event) for event in record.body["events"])


def _records(state: State, names: Iterable[str]) -> dict[str, Record]:
    kept = state.get_many((RecordKind.queue, name) for name in names)
    return {name: record for (_, name), record in kept.items()}


def _deleted(state: State, names: Iterable[str]) -> set[str]:
    """Those of the mentions that were deleted at their source."""
    return {name for _, name in state.get_many((RecordKind.tombstone, name) for name in names)}
