"""The queue: who waits for an answer, the most urgent first, and what people do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.queue import QueueEvent, State, Verb, heard, objection, same, standing
from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Index, Json
from hubbub.core.text import one_line
from hubbub.desk.entry import FIELDS, Entry, rated
from hubbub.desk.threads import check_brand
from hubbub.flows import notes
from hubbub.flows.logs import append, logs
from hubbub.flows.parts import Parts
from hubbub.flows.telling import catch_up
from hubbub.flows.threads import TOGETHER, keys_of, routed, tell, threads_of
from hubbub.index import queries
from hubbub.index.pages import pages

_TIES = ("conversation.id", "conversation.parent")


@dataclass(frozen=True)
class Queue:
    """Who waits.

    Attributes:
        entries: the most urgent first; of two alike the one that is due first.
        snoozed: those that sleep, the first to wake up first.
        of_no_team: how many more wait that no team is to answer, where only one team's were asked for.
    """

    entries: Sequence[Entry]
    snoozed: Sequence[Entry] = ()
    of_no_team: int = 0


def queue(parts: Parts, brand: str | None = None, team: str | None = None) -> Queue:
    """Everybody who waits.

    Args:
        brand: only for this one.
        team: only those that it is to answer.

    Raises:
        Misconfigured: there is no such brand, or no such team.
    """
    check_brand(parts, brand)
    catch_up(parts)
    parts.index.refresh()
    keys = {key for page in queries.unanswered(parts.index, brand, _TIES) for key in keys_of(page)}
    exchanges = [exchange for thread in threads_of(parts, keys) for exchange in thread.of(brand)]
    found = _entries(parts, exchanges)
    ours = [entry for entry in found if team in (None, entry.team)]
    if team is not None and not ours:
        _check_team(parts, team)
    awake = [entry for entry in ours if entry.holds.state is not State.snoozed]
    asleep = [entry for entry in ours if entry.holds.state is State.snoozed]
    return Queue(
        sorted(awake, key=lambda entry: (-entry.shown.urgency, entry.due_at, entry.id)),
        sorted(asleep, key=lambda entry: (entry.holds.snoozed and entry.holds.snoozed.until, entry.id)),
        sum(entry.team is None for entry in found) if team is not None else 0,
    )


def act(
    parts: Parts,
    name: str,
    what: Verb,
    by: str,
    *,
    why: str | None = None,
    until: datetime | None = None,
    team: str | None = None,
) -> Entry:
    """Does something about the entry that a customer's post is of, and returns how it is then.

    Args:
        name: id of any of the customer's posts.
        by: who does it.
        why: the reason; a dismissal has one.
        until: of a snooze; a time to come.
        team: of an assignment.

    Raises:
        Misconfigured: there is no such post, or that cannot be done about it now.
    """
    if team is not None:
        _check_team(parts, team)
    catch_up(parts)  # the post under which the log lies may have been deleted just now
    while True:
        exchange = _exchange(parts, name)
        now = parts.clock()
        log = logs(parts.index.state, [exchange]).get(exchange.opening.id, ())
        holds = standing(exchange, log).at(now)
        if refused := objection(holds, what, by):
            raise Misconfigured(f"{name} {refused}")
        if what is Verb.take and holds.state is State.taken and holds.taken and same(holds.taken.by, by):
            break
        again = (holds.waits or exchange.said[-1:])[0].id if what is Verb.reopen else None
        event = QueueEvent(what=what, by=by, at=now, why=why, until=until, team=team, heard=heard(exchange), post=again)
        if _done(parts, exchange, len(log), event):
            break
    (entry,) = _entries(parts, [_exchange(parts, name)], all_of_them=True)
    return entry


def _done(parts: Parts, exchange: Exchange, known: int, event: QueueEvent) -> bool:
    """Adds the event and tells what follows, unless others were there first; noted down, so that being killed in
    between does no harm."""
    state, keys = parts.index.state, {post.id for post in exchange.said}
    note = notes.write(state, keys)
    added = append(state, exchange, known, event)
    if added:
        tell(parts, keys, frozenset({note}))
    notes.strike(state, {note})
    return added


def _exchange(parts: Parts, name: str) -> Exchange:
    for thread in threads_of(parts, {name}):
        for exchange in thread.exchanges:
            if any(post.id == name for post in exchange.said):
                return exchange
    raise Misconfigured(f"no customer's post has the id {one_line(name, 80)!r}; `hubbub queue` shows those that wait")


def _entries(parts: Parts, exchanges: Sequence[Exchange], all_of_them: bool = False) -> list[Entry]:
    """The entries of the exchanges, those in which nobody waits left out unless asked for."""
    now = parts.clock()
    done = logs(parts.index.state, exchanges)
    looked = [(exchange, done.get(exchange.opening.id, ())) for exchange in exchanges]
    each = [(exchange, log, standing(exchange, log).at(now)) for exchange, log in looked]
    wanted = [one for one in each if all_of_them or one[2].waits]
    documents = _documents(parts.index, [post.id for exchange, _, _ in wanted for post in exchange.said])
    return [
        Entry(
            exchange,
            holds,
            log,
            holds.assigned.team if holds.assigned else routed(parts, exchange),
            rated(exchange, holds, documents, parts.listening.urgency, now),
            now,
        )
        for exchange, log, holds in wanted
    ]


def _documents(index: Index, names: Sequence[str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for start in range(0, len(names), TOGETHER):
        for page in pages(index, {"ids": {"values": [*names[start : start + TOGETHER]]}}, FIELDS):
            found |= page
    return found


def _check_team(parts: Parts, team: str) -> None:
    """A team that no rule names is a slip of the pen; where there are no rules, any name will do."""
    teams = list(dict.fromkeys(route.team for route in parts.listening.routing))
    if teams and team not in teams:
        raise Misconfigured(f"{parts.settings.config}: routing names no team {team!r}; it has: {', '.join(teams)}")
