"""What is found of one subject at once is one message."""

from hubbub.alerts.outcome import Decision
from tests.alerts.made import broken, finding
from tests.alerts.shift import Shift, decisions


def test_findings_of_one_brand_are_one_message(shift: Shift) -> None:
    outcomes = shift.run(finding(count=20, rule="b_rule"), finding(count=57), finding(brand="Other"))
    assert sorted(decisions(outcomes)) == [Decision.grouped, Decision.sent, Decision.sent]
    first, other = shift.room.heard
    assert [(found.observed, found.rule) for found in first.findings] == [(57, "negative_surge"), (20, "b_rule")]
    assert "b_rule: 20 negative mentions" in first.summary
    assert other.findings[0].brand == "Other"


def test_a_grouped_finding_is_not_told_again_alone(shift: Shift) -> None:
    shift.run(finding(rule="a_rule", count=60), finding(rule="b_rule"))
    outcomes = shift.run(finding(5, rule="b_rule"), at=5)
    assert decisions(outcomes) == [Decision.already_sent]


def test_another_rule_that_finds_something_later_is_told(shift: Shift) -> None:
    shift.run(finding(rule="a_rule"))
    outcomes = shift.run(finding(5, rule="a_rule"), finding(5, rule="b_rule", count=9), at=5)
    assert [alert.findings[0].rule for alert in shift.room.heard] == ["a_rule", "b_rule"]
    assert Decision.sent in decisions(outcomes)


def test_a_source_is_an_alert_of_its_own_beside_a_brand_of_that_name(shift: Shift) -> None:
    outcomes = shift.run(finding(brand="reddit"), broken())
    assert decisions(outcomes) == [Decision.sent, Decision.sent]
    assert [(outcome.subject.kind, outcome.brand) for outcome in outcomes] == [("brand", "reddit"), ("source", None)]
    assert [alert.title.partition(",")[0] for alert in shift.room.heard] == [
        "reddit: 57 negative mentions in one hour",
        "reddit: broken source",
    ]
    assert len({record.key for record in shift.records()}) == 2
