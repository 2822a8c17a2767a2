"""The urgency of a post: an open formula that a person can check by hand."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.service import Severity
from hubbub.core.urgency import LEAVING, SEVERITIES, Weights, parts, severity, urgency, waited

SIGNALS = st.lists(st.sampled_from([*SEVERITIES, *LEAVING, "question"]))
ANYBODY = {
    "signals": SIGNALS,
    "score": st.floats(-1, 1),
    "followers": st.none() | st.integers(0, 10**9),
    "contacts": st.integers(1, 1000),
    "wait": st.floats(0, 1),
}
ASKED = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_the_sum_can_be_done_by_hand():
    found = parts(["fraud", "leaving"], -0.8, followers=999, contacts=2, wait=0.5)
    assert found == {
        "severity": 1.0,
        "sentiment": 0.8,
        "repeated": 0.3333,
        "leaving": 1.0,
        "reach": 0.5,
        "wait": 0.5,
    }
    assert urgency(found, Weights()) == round(0.35 + 0.12 + 0.05 + 0.1 + 0.05 + 0.075, 4)
    assert urgency(found, Weights(severity=0, sentiment=0, repeated=0, leaving=0, reach=0, wait=1)) == 0.5


def test_joy_of_somebody_unknown_is_not_urgent():
    assert urgency(parts([], 0.9), Weights()) == 0


def test_the_most_severe_signal_counts():
    assert severity([]) == severity(["leaving", "question"]) == Severity.low
    assert severity(["money_taken"]) == Severity.medium
    assert severity(["money_taken", "safety"]) == Severity.high
    assert parts(["money_taken"], 0)["severity"] == 0.5


def test_the_wait_is_a_share_of_the_time_until_the_answer_is_due():
    due = ASKED + timedelta(minutes=30)
    told = [waited(ASKED, due, ASKED + timedelta(minutes=minutes)) for minutes in (-5, 0, 15, 30, 600)]
    assert told == [0, 0, 0.5, 1, 1]
    assert waited(ASKED, ASKED, ASKED) == 1


@given(**ANYBODY)
def test_it_lies_between_0_and_1(**post):
    found = parts(**post)
    assert all(0 <= part <= 1 for part in found.values())
    assert found.keys() == Weights.model_fields.keys()
    assert 0 <= urgency(found, Weights()) <= 1


@given(more=st.sampled_from([*SEVERITIES, *LEAVING]), **ANYBODY)
def test_what_is_worse_is_never_less_urgent(more, **post):
    usual = urgency(parts(**post), Weights())
    worse = {
        "signals": [*post["signals"], more],
        "score": -1.0,
        "followers": (post["followers"] or 0) + 1000,
        "contacts": post["contacts"] + 1,
        "wait": 1.0,
    }
    for name, value in worse.items():
        assert urgency(parts(**{**post, name: value}), Weights()) >= usual
