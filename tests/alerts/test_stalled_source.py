"""When a source is broken or has stalled, and when its silence is its own."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import exp, pi, sin
from pathlib import Path
from typing import Any

import pytest

from hubbub.alerts.kinds import stalled_source
from hubbub.core.alert import Counted, Finding
from hubbub.core.events import Event
from hubbub.index import queries
from hubbub.index.embedded.index import EmbeddedIndex
from tests.alerts.made import NOW, shipped

RULE = shipped("stalled_source")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path, clock=lambda: NOW)
    index.prepare()
    yield index
    index.close()


def ran(at: datetime, source: str = "reddit", *, new: int = 0, failures: int = 0, reason: str | None = None) -> Event:
    """What a run leaves."""
    fields: dict[str, Any] = {
        "event.dataset": source,
        "event.outcome": "failure" if failures else "success",
        "run.new": new,
        "run.failures": failures,
    }
    if reason:
        fields["event.reason"] = reason
    return Event(f"run:{source}:{at.isoformat()}", "run", at, fields)


def look(index: EmbeddedIndex, *sources: str, now: datetime = NOW, rule: Any = RULE) -> list[Finding]:
    names = sources or ("reddit",)
    answers = queries.counted(index, stalled_source.wanted(rule, now), {"event.dataset": names})
    found = [stalled_source.find(rule, name, [answer[name] for answer in answers]) for name in names]
    return [finding for finding in found if finding]


def a_lively_month(source: str = "reddit") -> list[Event]:
    """A run with news every hour, but for five at night."""
    hours = [NOW - hour * HOUR - timedelta(minutes=30) for hour in range(27 * 24)]
    return [ran(at, source, new=3) for at in hours if not 1 <= at.hour < 6]


def test_one_failed_run_is_no_broken_source_and_two_in_a_row_are(index: EmbeddedIndex) -> None:
    index.record([ran(NOW - 2 * HOUR), ran(NOW - HOUR, failures=1)])
    assert look(index) == []
    index.record([ran(NOW - HOUR / 2, failures=2, reason="HTTP 402: no credits left")])
    (finding,) = look(index)
    assert (finding.subject.kind, finding.subject.name, finding.brand) == ("source", "reddit", None)
    assert finding.numbers == {"failures": 2}
    assert finding.reason == "HTTP 402: no credits left"
    assert finding.start - (NOW - 2 * HOUR) == timedelta(milliseconds=1)
    assert "its last 2 runs failed" in stalled_source.headline(finding)


def test_a_source_that_succeeded_since_is_not_broken(index: EmbeddedIndex) -> None:
    index.record([ran(NOW - 2 * HOUR, failures=1), ran(NOW - HOUR, failures=2), ran(NOW - HOUR / 2)])
    assert look(index) == []
    index.record([ran(NOW - HOUR / 4, failures=1)])
    assert look(index) == []


def test_a_source_that_never_succeeded_is_broken(index: EmbeddedIndex) -> None:
    index.record([ran(NOW - 2 * HOUR, failures=1), ran(NOW - HOUR, failures=2)])
    (finding,) = look(index)
    assert finding.start == NOW - RULE.days * DAY


def test_only_the_broken_source_is_found(index: EmbeddedIndex) -> None:
    index.record([ran(NOW - HOUR, "x"), ran(NOW - HOUR, "forum", failures=7)])
    assert [finding.subject.name for finding in look(index, "x", "forum", "reddit")] == ["forum"]


def test_silence_far_longer_than_the_longest_is_found(index: EmbeddedIndex) -> None:
    """Its nights are five hours; nothing new for more than fifteen is no night."""
    index.record(a_lively_month())
    index.record([ran(NOW + minutes * HOUR / 12) for minutes in range(24 * 12)])
    assert look(index, now=NOW + 14 * HOUR) == []
    (finding,) = look(index, now=NOW + 17 * HOUR)
    assert finding.start - (NOW - HOUR / 2) == timedelta(milliseconds=1)
    assert finding.numbers == {"longest_silence_hours": 6}
    assert finding.expected == pytest.approx(17.5 * 19 / 24, rel=0.05)
    assert stalled_source.headline(finding).startswith("stalled source, nothing new for 18 hours")


def test_a_source_that_is_no_longer_read_is_found_as_well(index: EmbeddedIndex) -> None:
    index.record(a_lively_month())
    assert len(look(index, now=NOW + 17 * HOUR)) == 1


def test_the_numbers_can_be_asked_for_again(index: EmbeddedIndex) -> None:
    index.record([*a_lively_month(), ran(NOW - HOUR, "x"), ran(NOW - HOUR / 2, "x", failures=2)])
    findings = look(index, "reddit", "x", now=NOW + 17 * HOUR)
    assert len(findings) == 2
    for finding in findings:
        again = index.search({"query": finding.query, "size": 0, "track_total_hits": True}, over=finding.over)
        assert again["hits"]["total"]["value"] == finding.observed == 0


@pytest.mark.parametrize("every", [7, 8, 24, 24 * 7])
def test_a_quiet_source_and_one_that_is_read_rarely_are_never_silent(index: EmbeddedIndex, every: int) -> None:
    index.record([ran(NOW - hour * HOUR, new=1) for hour in range(1, 28 * 24, every)])
    assert look(index, now=NOW + 10 * DAY) == look(index, now=NOW + DAY) == []


def test_a_source_that_is_new_is_not_judged_by_its_silence(index: EmbeddedIndex) -> None:
    young = [event for event in a_lively_month() if NOW - event.at < 19 * DAY]
    index.record(young)
    assert look(index, now=NOW + DAY) == []


def test_yesterdays_stall_does_not_hide_todays(index: EmbeddedIndex) -> None:
    index.record([event for event in a_lively_month() if not 2 * DAY < NOW - event.at < 4 * DAY])
    (finding,) = look(index, now=NOW + 17 * HOUR)
    assert finding.numbers == {"longest_silence_hours": 6}


def test_weekends_are_no_stalls(index: EmbeddedIndex) -> None:
    """Friday noon is NOW; the weekend is as silent as those before it."""
    office = [event for event in a_lively_month() if event.at.weekday() < 5 and 8 <= event.at.hour < 18]
    index.record(office)
    index.record([ran(NOW + hour * HOUR, new=2) for hour in range(6)])
    assert look(index, now=NOW + timedelta(days=2, hours=20)) == []
    assert len(look(index, now=NOW + 8 * DAY)) == 1


def test_a_filter_narrows_the_sources(index: EmbeddedIndex) -> None:
    index.record([ran(NOW - HOUR, "x", failures=2), ran(NOW - HOUR, "forum", failures=2)])
    narrowed = shipped("stalled_source", filter={"term": {"event.dataset": "x"}})
    assert [finding.subject.name for finding in look(index, "x", "forum", rule=narrowed)] == ["x"]


def hours_of(rate: float, chance: random.Random, days: int) -> list[bool]:
    """Whether each hour had news, the earliest first: a daily rhythm, days that differ by about a third."""
    found = []
    for _ in range(days):
        today = rate * chance.lognormvariate(0, 0.3)
        found += [chance.random() > exp(-today * (1 + 0.8 * sin(hour * pi / 12))) for hour in range(24)]
    return found


def silent(hours: Sequence[bool], at: int) -> bool:
    """Whether a source with these hours of news is found silent at the end of hour `at`."""
    seen = hours[max(at - RULE.days * 24, 0) : at][::-1]
    if not any(seen):
        return False
    seen += [False] * (RULE.days * 24 - len(seen))
    newest = NOW - seen.index(True) * HOUR - HOUR / 2
    runs = Counted(
        NOW - RULE.days * DAY,
        NOW,
        0,
        parts={"with_news": sum(seen)},
        newest={"with_news": {"@timestamp": newest.isoformat()}},
    )
    each = [Counted(NOW - (n + 1) * HOUR, NOW - n * HOUR, int(news)) for n, news in enumerate(seen)]
    return stalled_source.find(RULE, "reddit", [[runs], each]) is not None


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 2, 10])
def test_a_source_that_lives_raises_almost_nothing(rate: float) -> None:
    """A year each, looked at wherever a silence of four hours or more ends. The rule's file gives the figures of many
    more years."""
    hours = hours_of(rate, random.Random(str(rate)), 365)
    ends = [at for at in range(4, len(hours)) if hours[at] and not any(hours[at - 4 : at])]
    assert sum(silent(hours, at) for at in ends) <= 1


@pytest.mark.parametrize(("rate", "within"), [(0.5, 72), (2, 36), (10, 12)])
def test_a_stall_is_found_within_a_time_that_fits_the_source(rate: float, within: int) -> None:
    chance = random.Random(str(rate))
    for _ in range(10):
        hours = [*hours_of(rate, chance, 40), *[False] * within]
        assert silent(hours, len(hours))
