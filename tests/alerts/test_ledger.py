"""Records that several workers write."""

from datetime import timedelta

from hubbub.alerts import ledger
from hubbub.core.records import AlertRecord, RecordKind
from tests.alerts.made import NOW, finding
from tests.alerts.shift import Shift


def test_a_record_that_changes_under_ones_hands_is_read_again(shift: Shift) -> None:
    """What another worker wrote in between stays, fields of a newer Hubbub too."""
    shift.run(finding())
    key = shift.records()[0].key

    def change(record: AlertRecord) -> AlertRecord:
        kept = shift.state.get(RecordKind.alert, key)
        assert kept is not None
        if "acknowledged" not in kept.body:
            shift.state.put(RecordKind.alert, key, {**kept.body, "acknowledged": "by joe"})
        return record.model_copy(update={"until": NOW + timedelta(hours=5)})

    assert ledger.change(shift.state, key, change) is not None
    kept = shift.state.get(RecordKind.alert, key)
    assert kept is not None
    assert (kept.body["acknowledged"], kept.body["until"]) == ("by joe", "2026-11-20T17:00:00Z")
