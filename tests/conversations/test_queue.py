"""What holds of an entry of the queue after all that was said and done."""

from typing import Any

import pytest

from hubbub.conversations.exchange import Exchange
from hubbub.conversations.post import Post
from hubbub.conversations.queue import QueueEvent, Standing, State, Verb, heard, merged, objection, standing
from tests.conversations.made import at, joined, said

ASKS = said("1", "ann", 0, within="c")
REPLIES = said("2", "lumo", 10, within="c", to="1")
ASKS_AGAIN = said("3", "ann", 20, within="c")
THANKS = said("4", "ann", 30, within="c", needs_reply=False)
REPLIES_AGAIN = said("5", "lumo", 40, within="c", to="3")


def exchange(*posts: Post) -> Exchange:
    (thread,) = joined(*posts)
    return thread.exchanges[0]


def done(what: str, minute: float, *known: Post, by: str = "Kim", **more: Any) -> QueueEvent:
    """Done when these posts were known."""
    return QueueEvent(what=Verb(what), by=by, at=at(minute), heard=heard(exchange(*known)), **more)


def state(posts: tuple[Post, ...], *log: QueueEvent, minute: float = 60) -> State | None:
    return standing(exchange(*posts), log).at(at(minute)).state


def test_without_events_it_follows_from_the_posts() -> None:
    assert state((ASKS,)) is State.waiting
    assert state((ASKS, REPLIES)) is State.answered
    assert state((ASKS, REPLIES, ASKS_AGAIN)) is State.waiting
    assert state((ASKS, REPLIES, THANKS)) is State.answered
    assert state((THANKS,)) is None
    assert standing(exchange(THANKS), ()).told("team") == dict.fromkeys(("queue_state", "queue_team", "queue_until"))


@pytest.mark.parametrize(("what", "expected"), [("answer", State.answered), ("dismiss", State.dismissed)])
def test_what_comes_after_the_end_waits_by_itself(what: str, expected: State) -> None:
    end = done(what, 15, ASKS)
    assert state((ASKS,), end) is expected
    assert state((ASKS, THANKS), end) is expected
    assert state((ASKS, ASKS_AGAIN), end) is State.waiting
    assert standing(exchange(ASKS, ASKS_AGAIN), [end]).waits == (ASKS_AGAIN,)
    assert state((ASKS, ASKS_AGAIN, REPLIES_AGAIN), end) is State.answered


def test_a_post_that_was_not_known_waits_however_old_it_is() -> None:
    assert state((ASKS, ASKS_AGAIN), done("dismiss", 50, ASKS_AGAIN)) is State.waiting


def test_a_take_lasts_until_what_was_taken_is_answered() -> None:
    take = done("take", 5, ASKS)
    assert state((ASKS,), take) is State.taken
    assert state((ASKS, ASKS_AGAIN), take) is State.taken
    assert state((ASKS, REPLIES), take) is State.answered
    assert state((ASKS, REPLIES, ASKS_AGAIN), take) is State.waiting
    assert state((ASKS,), take, done("assign", 6, ASKS, team="tech")) is State.waiting
    assert state((ASKS,), take, done("reopen", 6, ASKS, post="x:1")) is State.waiting


def test_a_snooze_ends_at_its_time_or_with_another_question() -> None:
    snooze = done("snooze", 5, ASKS, until=at(90))
    assert state((ASKS,), snooze, minute=89) is State.snoozed
    assert state((ASKS,), snooze, minute=90) is State.waiting
    assert state((ASKS, THANKS), snooze) is State.snoozed
    assert state((ASKS, ASKS_AGAIN), snooze) is State.waiting
    assert state((ASKS, REPLIES), snooze) is State.answered
    assert state((ASKS,), snooze, done("take", 6, ASKS)) is State.taken


def test_a_snooze_leaves_it_to_whom_it_was() -> None:
    log = [done("take", 4, ASKS), done("snooze", 5, ASKS, until=at(90))]
    assert state((ASKS,), *log, minute=70) is State.snoozed
    assert state((ASKS,), *log, minute=91) is State.taken


def test_reopened_it_waits_until_a_reply_that_nobody_knew() -> None:
    again = done("reopen", 15, ASKS, REPLIES, post="x:1")
    assert state((ASKS, REPLIES), again) is State.waiting
    assert standing(exchange(ASKS, REPLIES), [again]).waits == (ASKS,)
    late = said("6", "lumo", 12, within="c", to="1")
    assert state((ASKS, REPLIES, late), again) is State.answered
    assert state((ASKS, REPLIES), again, done("dismiss", 16, ASKS, REPLIES)) is State.dismissed
    assert state((ASKS,), done("dismiss", 5, ASKS), done("reopen", 6, ASKS, post="x:1")) is State.waiting
    assert state((THANKS,), done("reopen", 40, THANKS, post="x:4")) is State.waiting


def test_a_team_given_by_hand_wins() -> None:
    given = [done("assign", 5, ASKS, team="tech"), done("dismiss", 6, ASKS)]
    assert standing(exchange(ASKS, ASKS_AGAIN), given).told("care")["queue_team"] == "tech"
    assert standing(exchange(ASKS), ()).told("care")["queue_team"] == "care"


def test_what_cannot_be_done() -> None:
    taken = standing(exchange(ASKS), [done("take", 5, ASKS, by="Kim")])
    assert objection(taken, Verb.take, "kim") is None
    for what in (Verb.take, Verb.answer, Verb.snooze, Verb.dismiss):
        assert "taken by Kim" in (objection(taken, what, "Lee") or "")
    assert objection(taken, Verb.assign, "Lee") is None
    assert objection(taken, Verb.reopen, "Lee") is None
    assert "waits already" in (objection(standing(exchange(ASKS), ()), Verb.reopen, "Lee") or "")
    ended = standing(exchange(ASKS), [done("dismiss", 5, ASKS)])
    assert objection(ended, Verb.take, "Lee") == "is dismissed by Kim; reopen it first"
    assert objection(standing(exchange(ASKS, REPLIES), ()), Verb.take, "Lee") == "is answered; reopen it first"
    assert "waits for no answer" in (objection(Standing(), Verb.take, "Lee") or "")


def test_logs_are_merged_by_time_and_each_stays_in_its_order() -> None:
    slow = done("take", 9, ASKS), done("reopen", 3, ASKS)
    other = (done("assign", 5, ASKS, team="tech"),)
    assert merged([slow, other, slow]) == (*other, *slow)
