"""The queue against a plain model of it: whatever arrives, goes, is done or killed, nothing that waits is missing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hubbub.conversations.queue import Verb
from hubbub.core.errors import Misconfigured
from hubbub.core.insight import Enriched
from hubbub.core.mention import Kind
from hubbub.core.ports import Batch
from hubbub.core.records import RecordKind
from hubbub.desk.queue import act, queue
from hubbub.flows.parts import Parts
from hubbub.flows.telling import Touched, telling
from hubbub.flows.threads import rebuild
from tests.desk.conftest import Watch
from tests.index.made import said

CUSTOMERS, CONVERSATIONS, STAFF = ("ann", "bob"), ("c", "d"), ("Kim", "Lee")
_RUNS = count()


@dataclass
class Said:
    """A post of a customer or of the brand, as the model knows it.

    Attributes:
        wants: it is a customer's that wants an answer.
    """

    name: str
    by: str
    at: datetime
    wants: bool = True


@dataclass
class Case:
    """What the model knows of one customer in one conversation: plain sets that each command overwrites.

    Attributes:
        place: the post under which it was noted down that something was done.
        seen: all that was ever known when something was done.
        done: posts that somebody was done with, and how.
        taker, taken: who has it, and the posts that they knew.
        sleeper: the posts that were known when it was snoozed.
        again: the post that waits again, and what was known by then.
    """

    posts: list[Said] = field(default_factory=list)
    replies: list[Said] = field(default_factory=list)
    place: str | None = None
    seen: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    taker: str | None = None
    taken: set[str] = field(default_factory=set)
    until: datetime | None = None
    sleeper: set[str] = field(default_factory=set)
    again: tuple[str, set[str]] | None = None
    team: str | None = None

    def names(self) -> set[str]:
        return {each.name for each in (*self.posts, *self.replies)}

    def waits(self) -> list[str]:
        """The posts that wait, in their order."""
        found = []
        for post in self.posts:
            replied = any(reply.at >= post.at for reply in self.replies)
            if post.wants and not replied and post.name not in self.done:
                found.append(post.name)
            elif self.again and post.name == self._asked_again(*self.again):
                fresh = (reply for reply in self.replies if reply.name not in self.again[1])
                if all(reply.at < post.at for reply in fresh):
                    found.append(post.name)
        return found

    def _asked_again(self, name: str, known: set[str]) -> str | None:
        there = [post.name for post in self.posts if post.name in known]
        return name if name in there else there[-1] if there else None

    def state(self, now: datetime) -> str | None:
        waits = set(self.waits())
        if not waits:
            return None
        if self.until and self.until > now and waits <= self.sleeper:
            return "snoozed"
        return "taken" if self.taker and waits & self.taken else "waiting"

    def does(self, what: Verb, by: str, until: datetime, team: str) -> None:
        names = self.names()
        self.seen |= names
        self.place = self.place or self.posts[0].name
        match what:
            case Verb.take:
                self.taker, self.taken, self.until = by, names, None
            case Verb.snooze:
                self.until, self.sleeper = until, names
            case Verb.assign:
                self.team, self.taker = team, None
            case Verb.answer | Verb.dismiss:
                self.done |= names
                self.taker = self.until = self.again = None
            case Verb.reopen:
                self.again = ((self.waits() or [self.posts[-1].name])[0], names)
                self.done, self.taker, self.until = set(), None, None

    def loses(self, name: str) -> None:
        """A post was deleted."""
        self.posts = [post for post in self.posts if post.name != name]
        self.replies = [reply for reply in self.replies if reply.name != name]
        if name != self.place:
            return
        if self.seen & {post.name for post in self.posts}:
            self.place = self.posts[0].name
        else:
            fresh = Case(self.posts, self.replies)
            self.__dict__.update(fresh.__dict__)


def machine(parts: Parts, clock: Watch) -> type[RuleBasedStateMachine]:
    """The machine for one index. Each of its runs has a platform of its own, so that the index need not be emptied."""

    class Team(RuleBasedStateMachine):
        @initialize()
        def opens(self) -> None:
            self.platform = f"forum{next(_RUNS)}"
            self.numbers = count(1)
            self.cases: dict[tuple[str, str], Case] = {}
            self.there: dict[str, tuple[Enriched, Case]] = {}

        @rule(
            who=st.sampled_from(CUSTOMERS),
            within=st.sampled_from(CONVERSATIONS),
            ago=st.integers(0, 90),
            wants=st.booleans() | st.just(True),
            killed=st.booleans(),
        )
        def writes(self, who: str, within: str, ago: int, wants: bool, killed: bool) -> None:
            """A customer's post arrives, perhaps late."""
            case = self.cases.setdefault((within, who), Case())
            name, at = self._next(ago)
            case.posts.append(Said(name, who, at, wants))
            case.posts.sort(key=lambda post: (post.at, post.name))
            kind = Kind.post if wants else Kind.article
            self._store(case, self._mention(name, who, within, at, kind=kind), killed)

        @precondition(lambda self: self._posts())
        @rule(data=st.data(), ago=st.integers(0, 90), killed=st.booleans())
        def replies(self, data: st.DataObject, ago: int, killed: bool) -> None:
            (within, _), case, post = data.draw(st.sampled_from(self._posts()))
            name, at = self._next(ago)
            case.replies.append(Said(name, "acme", at))
            parent = post.name.removeprefix(f"{self.platform}:")
            self._store(case, self._mention(name, "acme", within, at, parent_id=parent), killed)

        @precondition(lambda self: self.there)
        @rule(data=st.data(), killed=st.booleans())
        def deletes(self, data: st.DataObject, killed: bool) -> None:
            """At the source; of a customer's post, only where no reply to it hangs in the air then."""
            free = [name for name in self.there if not self._is_answered(name)]
            if free:
                name = data.draw(st.sampled_from(free))
                mention, case = self.there.pop(name)
                case.loses(name)
                self._run(Batch("forum", gone=[mention.mention]), killed)

        @rule(minutes=st.integers(1, 90))
        def time_goes_on(self, minutes: int) -> None:
            clock.go(minutes)

        @rule()
        def is_rebuilt(self) -> None:
            queue(parts)
            assert sum(changed for _, changed in rebuild(parts)) == 0

        @precondition(lambda self: self._posts())
        @rule(
            data=st.data(),
            what=st.sampled_from(Verb),
            by=st.sampled_from(STAFF),
            minutes=st.integers(1, 120),
            team=st.sampled_from(["lumo", "paper"]),
        )
        def is_told_to(self, data: st.DataObject, what: Verb, by: str, minutes: int, team: str) -> None:
            _, case, post = data.draw(st.sampled_from(self._posts()))
            until, state = clock() + timedelta(minutes=minutes), case.state(clock())
            held = case.taker if case.waits() and set(case.waits()) & case.taken else None
            allowed = state is not None and (held in (None, by) or what is Verb.assign)
            if what is Verb.reopen:
                allowed = state != "waiting"
            more = {Verb.snooze: {"until": until}, Verb.assign: {"team": team}, Verb.dismiss: {"why": "a"}}
            try:
                entry = act(parts, post.name, what, by, **more.get(what, {}))
            except Misconfigured:
                assert not allowed
                return
            assert allowed
            if not (what is Verb.take and state == "taken" and held == by):
                case.does(what, by, until, team)
            assert entry.id == case.posts[0].name

        @invariant()
        def the_queue_is_what_the_model_says(self) -> None:
            found = queue(parts)
            shown = {
                entry.id: (
                    entry.holds.state,
                    [post.id for post in entry.holds.waits],
                    entry.holds.taken and entry.holds.taken.by,
                    entry.team,
                )
                for entry in (*found.entries, *found.snoozed)
                if entry.exchange.opening.source == self.platform
            }
            expected = {}
            for case in self.cases.values():
                waits, state = case.waits(), case.state(clock())
                if state is not None:
                    taker = case.taker if set(waits) & case.taken else None
                    expected[case.posts[0].name] = (state, waits, taker, case.team)
            assert shown == expected
            self._index_says_so_too()

        def _index_says_so_too(self) -> None:
            for case in self.cases.values():
                if case.posts and case.waits():
                    document = parts.index.get(case.posts[0].name)
                    assert document
                    told, state = document["queue"], case.state(clock())
                    woken = told["state"] == "snoozed" and told["until"] <= clock().isoformat()
                    assert told["state"] == state or woken

        @invariant()
        def nothing_is_left_over(self) -> None:
            gone = [record.key for record in parts.index.state.list(RecordKind.queue)]
            ours = {name for name in gone if name.startswith(f"{self.platform}:")}
            assert ours == {case.place for case in self.cases.values() if case.place}

        def _posts(self) -> list[tuple[tuple[str, str], Case, Said]]:
            return [(key, case, post) for key, case in self.cases.items() for post in case.posts]

        def _is_answered(self, name: str) -> bool:
            parents = (mention.mention.parent_id for mention, _ in self.there.values())
            return any(f"{self.platform}:{parent}" == name for parent in parents)

        def _next(self, ago: int) -> tuple[str, datetime]:
            number = next(self.numbers)
            return f"{self.platform}:{number:03}", clock() - timedelta(minutes=ago, seconds=-number / 100)

        def _mention(self, name: str, by: str, within: str, at: datetime, **more: Any) -> Enriched:
            native = name.removeprefix(f"{self.platform}:")
            within = f"{self.platform}-{within}"
            return said(native, name=by, at=at, seen=clock(), source=self.platform, conversation_id=within, **more)

        def _store(self, case: Case, mention: Enriched, killed: bool) -> None:
            self.there[mention.mention.id] = (mention, case)
            self._run(Batch("forum", [mention]), killed)

        def _run(self, batch: Batch, killed: bool) -> None:
            """Collects; a run that is killed stores and never tells."""
            if killed:
                Touched(parts).store(batch)
            else:
                with telling(parts) as touched:
                    touched.store(batch)

    return Team


def test_nothing_that_waits_is_missing_and_nothing_answered_stays(parts: Parts, clock: Watch) -> None:
    few = bool(parts.settings.index.url)
    run_state_machine_as_test(
        machine(parts, clock),
        settings=hypothesis_settings(max_examples=4 if few else 15, stateful_step_count=15, deadline=None),
    )
