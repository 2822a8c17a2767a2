"""More negative mentions than this brand has at this hour, and a greater share of them.

A window stands out when all three hold:

1. Volume. Its negative mentions are more than the same hours of earlier days lead one to expect. A day's count is
   taken as Poisson about a rate that differs from day to day; with Jeffreys' prior for the rate, the count to come is
   negative binomial, and an alert needs a count that such a brand reaches with less than `probability`. Few past days
   make the prediction wide, noisy ones wider; days are taken to differ by a quarter even where they happen to agree.
   The bound is that of the "Bayes" system in Höhle, "surveillance: An R package for the monitoring of infectious
   diseases", Computational Statistics 22 (2007), 571-582, with the day-to-day variance added by moments. Past
   outbreaks would hide the next one (Farrington et al., J. R. Stat. Soc. A 159 (1996), 547-563): the highest past
   days, a quarter of them at most, are left out where they stand out themselves.
2. Share. A campaign lifts praise and complaints alike, so the share of negative mentions has to stand out too: it is
   one that the past share gives with less than `share_probability` (beta-binomial; the past is worth at most 200
   mentions, since days differ). A brand of whose mentions more than two thirds are negative on any day has no share
   to stand out from: volume decides alone.
3. Weight. There are at least `minimum` negative mentions. Two angry posts out of three never page anyone.

Past windows without any mention: the source may have been down, or nobody was listening yet. Before the first window
with mentions nothing is known. After it, an empty window is a calm one where the brand is so quiet that emptiness is
ordinary (typically fewer than five mentions), and unknown elsewhere. Fewer than three known days are no past: then at
least `minimum_without_past` negative mentions, more than half of all, are needed, and the usual count is unknown.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from statistics import fmean, median, variance
from typing import Literal, NamedTuple

from pydantic import Field

from hubbub.alerts.kind import By
from hubbub.alerts.kinds._words import number, period, span
from hubbub.alerts.rule import AnyRule
from hubbub.core.alert import Counted, Finding, Subject, Wanted
from hubbub.core.ports import Over

BY: By = "brand"
OVER: Over = "mentions"
_CUSTOMERS = {"bool": {"must_not": [{"term": {"user.is_brand": True}}]}}
_NEGATIVE = {"term": {"sentiment.label": "negative"}}

_DAYS_DIFFER = 0.25  # least coefficient of variation of the daily rate
_PAST_WORTH = 200  # mentions; the most that the past share counts for
_KNOWN_DAYS = 3
_ORDINARY_SILENCE = 5  # mentions; a window that has fewer is empty now and then (Poisson: exp(-5) < 1 %)


class Rule(AnyRule):
    """How much is too much.

    Attributes:
        window_minutes: length of the window in question and of the past ones.
        days: how many past days are compared, each at the same hour (UTC).
        minimum: negative mentions below which nothing is found, whatever the past says.
        minimum_without_past: the same for a brand of which fewer than three past days are known.
        probability: of so many negative mentions on a day like the past ones.
        share_probability: of so great a share of negative mentions.
    """

    kind: Literal["negative_surge"]
    window_minutes: int = Field(ge=5, le=24 * 60)
    days: int = Field(ge=_KNOWN_DAYS, le=366)
    minimum: int = Field(ge=3)
    minimum_without_past: int = Field(ge=3)
    probability: float = Field(gt=0, lt=0.5)
    share_probability: float = Field(gt=0, lt=0.5)


class Window(NamedTuple):
    """What customers said, not the brand itself."""

    start: datetime
    end: datetime
    negative: int
    total: int


def wanted(rule: Rule, now: datetime) -> list[Wanted]:
    """The window that ends now, then the same one of each earlier day, the latest first."""
    start = now - timedelta(minutes=rule.window_minutes)
    windows = [(start - timedelta(days=day), now - timedelta(days=day)) for day in range(rule.days + 1)]
    return [Wanted(BY, rule.narrowed(_CUSTOMERS), windows, {"negative": _NEGATIVE})]


def find(rule: Rule, name: str, counted: Sequence[Sequence[Counted]]) -> Finding | None:
    """Judges the first window by the others."""
    (answers,) = counted
    window, *others = (Window(each.start, each.end, each.parts["negative"], each.total) for each in answers)
    past = _known(others)
    if window.negative < rule.minimum:
        return None
    if len(past) < _KNOWN_DAYS:
        stands_out = window.negative >= rule.minimum_without_past and window.negative * 2 > window.total
        usual = interval = None
    else:
        past = _without_outbreaks(past, rule.probability)
        stands_out = _volume_stands_out(window, past, rule.probability) and _share_stands_out(window, past, rule)
        usual = fmean(day.negative for day in past)
        interval = (0, _highest_ordinary(window, past, rule.probability)) if stands_out else None
    if not stands_out:
        return None
    return Finding(
        rule=rule.name,
        kind=rule.kind,
        subject=Subject(kind="brand", name=name),
        brand=name,
        start=window.start,
        end=window.end,
        observed=window.negative,
        total=window.total,
        expected=usual,
        interval=interval,
        severity=rule.severity,
        query={"bool": {"filter": [answers[0].query, _NEGATIVE]}},
    )


def headline(finding: Finding) -> str:
    """The number and what is usual."""
    usual = "usual is not known yet" if finding.expected is None else f"usual is {number(finding.expected)}"
    return f"{finding.observed:.0f} negative mentions in {span(finding.end - finding.start)}, {usual}"


def details(finding: Finding, zone: tzinfo) -> str:
    """The share, and when it was."""
    share = finding.observed / max(finding.total or 0, 1)
    said = f"{finding.observed:.0f} of {finding.total} mentions are negative ({share:.0%})"
    return f"{said}, {period(finding.start, finding.end, zone)}"


def _known(past: Sequence[Window]) -> list[Window]:
    """Without the windows of which it is not known whether anybody was listening."""
    oldest_first = sorted(past, key=lambda window: window.start)
    first = next((at for at, window in enumerate(oldest_first) if window.total), len(oldest_first))
    heard = oldest_first[first:]
    if not heard or median(window.total for window in heard if window.total) < _ORDINARY_SILENCE:
        return heard
    return [window for window in heard if window.total]


def _without_outbreaks(past: Sequence[Window], probability: float) -> list[Window]:
    """Adds day after day to the calmer three quarters, up to the first that stands out from those before it."""
    calm_first = sorted(past, key=lambda window: window.negative)
    for at in range(max(math.ceil(len(past) * 3 / 4), _KNOWN_DAYS), len(past)):
        if _volume_stands_out(calm_first[at], calm_first[:at], probability):
            return calm_first[:at]
    return calm_first


def _volume_stands_out(window: Window, past: Sequence[Window], probability: float) -> bool:
    counts = [day.negative for day in past]
    mean = (sum(counts) + 0.5) / len(counts)
    days_differ = max(variance(counts) - fmean(counts), (_DAYS_DIFFER * mean) ** 2)
    # variance of the rate, what is unknown of it included
    spread = mean / len(counts) + days_differ * (1 + 1 / len(counts))
    return _negative_binomial_tail(window.negative, mean, mean**2 / spread) < probability


def _highest_ordinary(window: Window, past: Sequence[Window], probability: float) -> int:
    """The highest number of negative mentions that would not have stood out by volume."""
    ordinary, standing = 0, window.negative
    while standing - ordinary > 1:
        middle = (ordinary + standing) // 2
        if _volume_stands_out(window._replace(negative=middle), past, probability):
            standing = middle
        else:
            ordinary = middle
    return ordinary


def _share_stands_out(window: Window, past: Sequence[Window], rule: Rule) -> bool:
    negative, total = sum(day.negative for day in past) + 0.5, sum(day.total for day in past) + 1
    if negative * 3 > total * 2:
        return True
    worth = min(1.0, _PAST_WORTH / total)
    tail = _beta_binomial_tail(window.negative, window.total, negative * worth, (total - negative) * worth)
    return tail < rule.share_probability


def _negative_binomial_tail(count: int, mean: float, size: float) -> float:
    """P(X >= count) with the given mean and the variance mean + mean² / size; 1 up to the mean."""
    if count <= mean:
        return 1.0
    odds = mean / (mean + size)
    term = math.exp(
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + count * math.log(odds)
        + size * math.log(size / (mean + size))
    )
    tail = 0.0
    while term > tail * 1e-12:
        tail += term
        term *= (count + size) / (count + 1) * odds
        count += 1
    return min(tail, 1.0)


def _beta_binomial_tail(count: int, total: int, a: float, b: float) -> float:
    """P(X >= count) of `total` mentions, the share of negative ones being Beta(a, b); 1 up to the mean."""
    if count <= total * a / (a + b):
        return 1.0
    term = math.exp(
        math.lgamma(total + 1)
        - math.lgamma(count + 1)
        - math.lgamma(total - count + 1)
        + _log_beta(count + a, total - count + b)
        - _log_beta(a, b)
    )
    tail = term
    while count < total and term > tail * 1e-12:
        term *= (total - count) * (count + a) / ((count + 1) * (total - count - 1 + b))
        tail += term
        count += 1
    return min(tail, 1.0)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
