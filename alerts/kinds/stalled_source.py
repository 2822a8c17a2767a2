"""A source that is broken, or from which nothing comes any more.

No data is not calm: where a source stopped, every other number is about less than it seems. One of two must hold.

1. Broken. The newest runs of the source ended early, `failures` of them in a row at least.
2. Silent. Nothing new has come for more than `times` as long as the source's own longest silence of the last `days`,
   and for more than `minimum_hours`. Hours are counted, back from now, in which at least one run brought something new;
   the longest row of hours without such a run, and the hour at its edge, is the longest silence. Nights and weekends
   are silences too, so that a source which sleeps at night is not missed in the morning.

An earlier stall would hide the next one: the longest silence is left out where it would have been an alert beside the
second longest. At most one is, so that two weekends are never taken for stalls.

A source is not judged by its silence before it is known: its first news in the last `days` must be `known_days` old at
least (three weeks hold two weekends in any case), and at least `known_hours` of its hours must have brought something
new: some four a day. So a source that is quieter, or read more rarely, is never found silent; broken it is found at
once.

What is counted are runs, by the events that each run leaves. A source that is no longer read at all is silent as well.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any, Literal

from pydantic import Field, model_validator

from hubbub.alerts.kind import By
from hubbub.alerts.kinds._words import number, span
from hubbub.alerts.rule import AnyRule
from hubbub.core.alert import Counted, Finding, Subject, Wanted
from hubbub.core.moments import iso, shown
from hubbub.core.ports import Over

BY: By = "event.dataset"
OVER: Over = "events"
Query = dict[str, Any]
_HOUR = timedelta(hours=1)
_JUST_AFTER = timedelta(milliseconds=1)
_RUNS: Query = {"term": {"event.action": "run"}}
_SUCCEEDED: Query = {"term": {"event.outcome": "success"}}
_WITH_NEWS: Query = {"range": {"run.new": {"gte": 1}}}


class Rule(AnyRule):
    """How long is too long.

    Attributes:
        failures: runs in a row that ended early.
        days: of the past that are looked at.
        times: how much longer than the longest silence a silence has to be.
        minimum_hours: below which no silence is found, whatever the past says.
        known_days, known_hours: what has to be known of a source before its silence is judged.
    """

    kind: Literal["stalled_source"]
    failures: int = Field(ge=1)
    days: int = Field(ge=7, le=56)
    times: float = Field(gt=1)
    minimum_hours: int = Field(ge=1)
    known_days: int = Field(ge=1)
    known_hours: int = Field(ge=2)

    @model_validator(mode="after")
    def _something_can_be_found(self) -> "Rule":
        if self.known_days > self.days:
            raise ValueError(
                f"known_days ({self.known_days}) may not exceed days ({self.days}): nothing would be found"
            )
        return self


def wanted(rule: Rule, now: datetime) -> list[Wanted]:
    """All runs together, then those that brought something new by the hour, the latest first."""
    runs = rule.narrowed(_RUNS)
    broken: Query = {
        "bool": {"filter": [{"term": {"event.outcome": "failure"}}, _at_least("run.failures", rule.failures)]}
    }
    parts = {"broken": broken, "succeeded": _SUCCEEDED, "with_news": _WITH_NEWS}
    hours = [(now - hour * _HOUR - _HOUR, now - hour * _HOUR) for hour in range(rule.days * 24)]
    return [
        Wanted(
            BY, runs, [(hours[-1][0], now)], parts, newest=("@timestamp", "event.reason", "run.failures"), over=OVER
        ),
        Wanted(BY, {"bool": {"filter": [runs, _WITH_NEWS]}}, hours, over=OVER),
    ]


def find(rule: Rule, name: str, counted: Sequence[Sequence[Counted]]) -> Finding | None:
    """Judges whether the source is broken, then whether it is silent."""
    (runs,), hours = counted
    return _broken(rule, name, runs) or _silent(rule, name, runs, [hour.total > 0 for hour in hours])


def headline(finding: Finding) -> str:
    """Broken or silent, and for how long."""
    if "failures" in finding.numbers:
        return f"broken source, its last {finding.numbers['failures']:.0f} runs failed"
    silent, usual = finding.end - finding.start, finding.numbers["longest_silence_hours"] * _HOUR
    return f"stalled source, nothing new for {span(silent)}; its longest silence is {span(usual)}"


def details(finding: Finding, zone: tzinfo) -> str:
    """Since when, and what that means for all other numbers."""
    since = shown(finding.start, zone)
    if "failures" in finding.numbers:
        said = f"No run has succeeded since {since}. What is said there meanwhile is not counted anywhere."
        return f"{said}\nThe last run: {finding.reason}" if finding.reason else said
    expected = number(finding.expected or 0)
    return f"No run has brought anything new since {since}; {expected} usually do in that time. Silence is not calm."


def _broken(rule: Rule, name: str, runs: Counted) -> Finding | None:
    newest = runs.newest.get("broken")
    if newest is None:
        return None
    succeeded = _time(runs, "succeeded")
    if succeeded is not None and succeeded >= datetime.fromisoformat(newest["@timestamp"]):
        return None
    start = runs.start if succeeded is None else succeeded + _JUST_AFTER
    numbers = {"failures": newest["run.failures"]}
    return _found(rule, name, start, runs.end, _SUCCEEDED, numbers=numbers, reason=newest.get("event.reason"))


def _silent(rule: Rule, name: str, runs: Counted, has_news: Sequence[bool]) -> Finding | None:
    """`has_news`: of each hour, the latest first."""
    newest = _time(runs, "with_news")
    if newest is None or sum(has_news) < rule.known_hours:
        return None
    rows = [(some, len(list(row))) for some, row in groupby(has_news)]
    silence = 0 if rows[0][0] else rows[0][1]
    silences = sorted((length + 1 for some, length in rows[1:-1] if not some), reverse=True) or [1]
    known = len(has_news) if rows[-1][0] else len(has_news) - rows[-1][1]
    longest = silences[0]
    if len(silences) > 1 and longest > max(silences[1] * rule.times, rule.minimum_hours):
        longest = silences[1]
    if known < rule.known_days * 24 or silence <= max(longest * rule.times, rule.minimum_hours):
        return None
    start = newest + _JUST_AFTER
    usual = runs.parts["with_news"] / (known - silence) * ((runs.end - start) / _HOUR)
    numbers = {"longest_silence_hours": longest}
    return _found(rule, name, start, runs.end, _WITH_NEWS, numbers=numbers, expected=usual)


def _found(rule: Rule, name: str, start: datetime, end: datetime, which: Query, **more: Any) -> Finding:
    """That there was none of the runs in question."""
    runs = [{"term": {BY: name}}, {"range": {"@timestamp": {"gte": iso(start), "lt": iso(end)}}}, rule.narrowed(_RUNS)]
    return Finding(
        rule=rule.name,
        kind=rule.kind,
        subject=Subject(kind="source", name=name),
        start=start,
        end=end,
        observed=0,
        severity=rule.severity,
        query={"bool": {"filter": [*runs, which]}},
        over=OVER,
        **more,
    )


def _time(runs: Counted, part: str) -> datetime | None:
    newest = runs.newest.get(part)
    return datetime.fromisoformat(newest["@timestamp"]) if newest else None


def _at_least(field: str, number: int) -> Query:
    return {"range": {field: {"gte": number}}}
