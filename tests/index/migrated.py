"""What is left of the records that the first release wrote, whichever index it wrote them into."""

from hubbub.core.ports import State
from hubbub.core.records import DeadLetter, RecordKind, Run


def assert_records_whole(state: State) -> None:
    """Its runs and dead letters are there, in today's form."""
    assert state.get(RecordKind.tombstone, "forum:gone") is not None
    assert [Run.model_validate(record.body).fetched for record in state.list(RecordKind.run)] == [40, 30, 20, 10, 0]
    letters = [DeadLetter.model_validate(record.body) for record in state.list(RecordKind.dead_letter)]
    assert {(letter.source, letter.native_id, letter.author) for letter in letters} == {
        (None, "77", "letterwriter"),
        ("x", "1790", "birdie"),
        ("reddit", "t3_abc", "redditor"),
        (None, None, None),
    }
