"""Customers whose answer will be due soon, told while there is still time to write it.

Somebody is counted who waits for an answer and was not snoozed (`queue.state`), whose service level warns by now
(`conversation.warn_at`) and whose answer is not overdue for longer than `passed_minutes` (`conversation.due_at`). What
is long overdue is the queue's, not an alert's: so an old export that is read for the first time alerts nobody, and
neither does whoever was given up.

It is an alert where somebody joins them more than `quiet_minutes` after the one before did. Who joins sooner comes
while people look at the queue for the others: a rush is one alert. Nobody is told of twice by themselves; an alert
counts all who wait by then, those of earlier ones too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

from pydantic import Field

from hubbub.alerts.kind import By
from hubbub.alerts.kinds._words import span
from hubbub.alerts.rule import AnyRule
from hubbub.core.alert import Counted, Finding, Subject, Wanted
from hubbub.core.customers import WAITING
from hubbub.core.moments import iso, shown
from hubbub.core.ports import Over

BY: By = "brand"
OVER: Over = "mentions"
Query = dict[str, Any]
_WARN_AT = "conversation.warn_at"
_DUE_AT = "conversation.due_at"
_JUST_AFTER = timedelta(milliseconds=1)


class Rule(AnyRule):
    """Who is counted, and when it is told again.

    Attributes:
        passed_minutes: how long an answer may be overdue.
        quiet_minutes: how soon after another somebody has to join them to be no news.
        days: how old a conversation may be.
    """

    kind: Literal["response_breach"]
    passed_minutes: int = Field(ge=1, le=24 * 60)
    quiet_minutes: int = Field(ge=0, le=24 * 60)
    days: int = Field(ge=1, le=366)


def wanted(rule: Rule, now: datetime) -> list[Wanted]:
    """The conversations that were opened in these days, by whether the answer is still in time."""
    waits: Query = {
        "bool": {
            "filter": [
                {"bool": {"should": [WAITING, _woken(now)], "minimum_should_match": 1}},
                {"range": {_WARN_AT: {"lte": iso(now)}}},
                {"range": {_DUE_AT: {"gt": iso(now - timedelta(minutes=rule.passed_minutes))}}},
            ]
        }
    }
    parts: dict[str, Query] = {"waiting": waits, "overdue": {"range": {_DUE_AT: {"lt": iso(now)}}}}
    days = (now - timedelta(days=rule.days), now)
    return [Wanted(BY, rule.narrowed(waits), [days], parts, newest=(_WARN_AT,), newest_by=_WARN_AT)]


def _woken(now: datetime) -> Query:
    """Who was snoozed until a time that is past: the index says so still until something is told."""
    over = [{"term": {"queue.state": "snoozed"}}, {"range": {"queue.until": {"lte": iso(now)}}}]
    return {"bool": {"filter": over}}


def find(rule: Rule, name: str, counted: Sequence[Sequence[Counted]]) -> Finding | None:
    """Anybody stands out; the window is the moment at which the last one joined."""
    ((answer,),) = counted
    if not answer.total:
        return None
    joined = datetime.fromisoformat(answer.newest["waiting"][_WARN_AT])
    return Finding(
        rule=rule.name,
        kind=rule.kind,
        subject=Subject(kind="brand", name=name),
        brand=name,
        start=joined,
        end=joined + _JUST_AFTER,
        observed=answer.total,
        severity=rule.severity,
        numbers={"overdue": answer.parts["overdue"], "passed_minutes": rule.passed_minutes},
        quiet=timedelta(minutes=rule.quiet_minutes),
        query=answer.query,
    )


def headline(finding: Finding) -> str:
    """How many wait, and how many of them too long already."""
    waiting, overdue = int(finding.observed), int(finding.numbers["overdue"])
    if waiting == 1:
        return f"one customer waits for an answer that is {'overdue' if overdue else 'due soon'}"
    late = f", {overdue} {'is' if overdue == 1 else 'are'} overdue" if overdue else " that is due soon"
    return f"{waiting} customers wait for an answer{late}"


def details(finding: Finding, zone: tzinfo) -> str:
    """When the last of them joined, and whom the number leaves out."""
    passed = span(timedelta(minutes=finding.numbers["passed_minutes"]))
    joined = shown(finding.start, zone)
    return f"The last of them was to be warned of at {joined}. Overdue for more than {passed} are not counted."
