"""What is deleted leaves the messages that quoted it."""

from hubbub.alerts.outcome import Decision
from hubbub.core.errors import Retryable
from tests.alerts.made import finding
from tests.alerts.shift import Room, Shift, decisions, some


def test_a_deleted_mention_is_taken_out_of_the_message_that_quoted_it(shift: Shift) -> None:
    shift.mentions = some(1, 2, 3)
    shift.run(finding())
    key = shift.records()[0].key
    shift.mentions = some(1, 3)
    (outcome,) = shift.run(at=60)
    assert (outcome.decision, outcome.reason) == (Decision.edited, "1 of the quoted posts is gone")
    assert [post.text for post in shift.room.shown[key].evidence] == ["angry 1", "angry 3"]
    assert shift.room.shown[key].title == shift.room.heard[0].title
    assert shift.records()[0].mentions == ("x:1", "x:3")
    assert shift.run(at=65) == []
    assert len(shift.room.heard) == 1


def test_an_edit_that_failed_is_made_by_the_next_run(shift: Shift) -> None:
    other = Room("other")
    shift.rooms = [other, shift.room]
    shift.mentions = some(1, 2)
    shift.run(finding())
    shift.mentions = []
    shift.room.trouble = Retryable("the room is locked")
    (outcome,) = shift.run(at=5)
    assert outcome.decision is Decision.failed
    assert outcome.reason == "the room is locked; the next run takes out what was deleted"
    assert shift.records()[0].mentions == ("x:1", "x:2")
    shift.room.trouble = None
    assert decisions(shift.run(at=10)) == [Decision.edited]
    for room in (shift.room, other):
        (shown,) = room.shown.values()
        assert shown.evidence == ()


def test_an_edit_waits_for_a_notifier_that_is_not_set_up_just_now(shift: Shift) -> None:
    shift.run(finding())
    shift.mentions, shift.rooms = [], [Room("other")]
    assert shift.run(at=5) == []
    shift.rooms = [shift.room]
    assert decisions(shift.run(at=10)) == [Decision.edited]


def test_messages_older_than_a_year_stay(shift: Shift) -> None:
    shift.run(finding())
    shift.mentions = []
    assert shift.run(at=365 * 1440 + 1) == []
    assert decisions(shift.run(at=365 * 1440)) == [Decision.edited]
