"""Every panel's question gives what the seeds hold, the same on both indexes and by Kibana's columns."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from hubbub.core.insight import Enriched
from hubbub.core.moments import iso
from hubbub.core.ports import Index
from hubbub.dashboards._kit.period import Period, whole
from hubbub.dashboards.boards import boards
from hubbub.dashboards.forms.durations import Timed
from hubbub.dashboards.forms.share import Shared
from hubbub.dashboards.kibana.saved_objects import compile_dashboards
from hubbub.index.mapping import FIELDS
from tests.dashboards.boards import PANELS
from tests.dashboards.lens_reader import figures
from tests.dashboards.seeds import NOW, seeds, told

Json = dict[str, Any]
PERIOD = Period(NOW - timedelta(days=14), NOW)


def _customers() -> list[Enriched]:
    return [
        each
        for each in seeds()
        if not each.mention.author.is_brand and PERIOD.start <= each.mention.posted_at <= PERIOD.end
    ]


def _labels(mentions: list[Enriched]) -> dict[str, int]:
    found = Counter(each.insight.verdict.label.value for each in mentions)
    return {label: found[label] for label in ("negative", "neutral", "positive")}


@pytest.fixture(params=["embedded", "elastic"])
def index(request: pytest.FixtureRequest) -> Index:
    return request.getfixturevalue(f"{request.param}_index")


def test_each_question_finds_what_was_seeded(index: Index) -> None:
    answers = {name: panel.ask(index.search, PERIOD) for name, panel in PANELS.items()}
    customers = _customers()
    labels = _labels(customers)
    assert answers["mentions"].total == len(customers) > 400
    assert answers["negative_mentions"].total == labels["negative"] > 60
    assert answers["net_sentiment"].rows[0].counts == labels
    expected_net = (labels["positive"] - labels["negative"]) / len(customers)
    assert answers["net_sentiment"].rows[0].net == pytest.approx(expected_net)

    for name in ("volume_over_time", "sentiment_over_time", "net_over_time"):
        for row in answers[name].rows:
            within = [each for each in customers if row.start <= each.mention.posted_at < row.end]
            assert row.total == len(within)
            if name != "volume_over_time":
                assert row.counts == _labels(within)
        assert sum(row.total for row in answers[name].rows) == len(customers)

    for name, value_of in {
        "brands": lambda each: each.matches[0].brand,
        "sources": lambda each: each.mention.source,
        "top_terms": lambda each: each.matches[0].term,
    }.items():
        expected = Counter(value_of(each) for each in customers)
        assert {row.label: row.total for row in answers[name].rows} == expected
        assert [row.total for row in answers[name].rows] == sorted(expected.values(), reverse=True)
        for row in answers[name].rows:
            assert row.counts == _labels([each for each in customers if value_of(each) == row.label])

    facts = told(seeds())
    first = [(each.mention, facts[each.mention.id]) for each in customers if facts[each.mention.id].opened_at]
    answered = [(mention, fact) for mention, fact in first if fact.in_time is not None]
    waiting = sorted((fact.due_at for _, fact in first if fact.open))
    assert answers["waiting"].total == len(waiting) > 30
    assert [hit["_source"]["conversation"]["due_at"] for hit in answers["longest_waiting"].hits] == [
        iso(due) for due in waiting
    ]
    in_time = sum(fact.in_time for _, fact in answered)
    assert (answers["answered_in_time"].part, answers["answered_in_time"].total) == (in_time, len(answered))
    for name, of in {
        "response_by_platform": lambda mention, fact: mention.source,
        "response_by_hour": lambda mention, fact: str(fact.posted_hour),
    }.items():
        assert {took.label for took in answers[name].took} == {of(*each) for each in answered}
        for took in answers[name].took:
            seconds = [fact.response_seconds for mention, fact in answered if of(mention, fact) == took.label]
            assert took.total == len(seconds)
            figures = (took.median, took.p90)
            assert figures == pytest.approx(tuple(np.percentile(seconds, [50, 90])), rel=0.02)
    hours = [int(took.label) for took in answers["response_by_hour"].took]
    assert hours == sorted(hours)

    negative = [each.mention for each in customers if each.insight.verdict.label == "negative"]
    newest = sorted(negative, key=lambda mention: mention.posted_at, reverse=True)[:200]
    assert [hit["_source"]["message"] for hit in answers["newest_negative"].hits] == [each.text for each in newest]


def test_the_whole_time_is_that_of_the_mentions(index: Index) -> None:
    times = [each.mention.posted_at for each in seeds() if not each.mention.author.is_brand]
    assert whole(index.search) == Period(min(times), max(times))


def test_kibanas_columns_give_the_same_figures(elastic_index: Index, elasticsearch_8: str) -> None:
    """The Lens columns, read as Kibana reads them and asked of Elasticsearch, against the answers of the questions."""
    compared = 0
    for line in compile_dashboards(boards()).splitlines():
        lens = json.loads(line)
        if lens["type"] != "lens":
            continue
        name = lens["id"].removeprefix("hubbub-").replace("-", "_")
        panel = PANELS[name]
        answer = panel.ask(elastic_index.search, PERIOD)
        steps = panel.question(PERIOD).get("aggs", {}).get("time", {}).get("date_histogram", {})
        rows = figures(lens, elasticsearch_8, PERIOD, steps)
        if isinstance(answer, Shared):
            assert rows == {"": {"share": pytest.approx(answer.part / answer.total)}}
        elif isinstance(answer, Timed):
            ours = {took.label: {"median": took.median, "p90": took.p90} for took in answer.took}
            assert rows == {label: pytest.approx(figures, rel=0.02) for label, figures in ours.items()}
        elif not answer.rows:
            assert rows == {"": {"count": answer.total}}
        else:
            for row in answer.rows:
                key = "" if name == "net_sentiment" else row.start.isoformat() if row.start else row.label
                shown = rows.pop(key, None)
                ours = {"count": row.total, **row.counts, "net": row.net}
                if shown is None:
                    assert row.total == 0
                    continue
                assert shown == {column: pytest.approx(ours[column], nan_ok=True) for column in shown}
                compared += len(shown)
            assert not rows
    assert compared > 200


def test_every_field_of_a_question_exists_and_suits() -> None:
    for name, panel in PANELS.items():
        for use, field in _fields(panel.question(PERIOD)):
            kind = FIELDS[field]["type"]
            suits = {
                "terms": {"keyword", "long"},
                "term": {"keyword", "boolean"},
                "exists": {"keyword", "boolean"},
                "percentiles": {"long"},
                "date_histogram": {"date"},
                "range": {"date"},
                "sort": {"date", "float"},
                "_source": {kind},
            }[use]
            assert kind in suits, f"{name}: {use} of {field}, which is {kind}"


def test_a_renamed_field_is_noticed() -> None:
    question = json.loads(json.dumps(PANELS["sources"].question(PERIOD)).replace('"source"', '"sources"'))
    assert [field for _, field in _fields(question) if field not in FIELDS] == ["sources"]


def _fields(value: Any, key: str = "") -> list[tuple[str, str]]:
    match key, value:
        case (("term" | "range"), {**inner}):
            return [(key, field) for field in inner]
        case (("exists" | "terms" | "date_histogram" | "percentiles"), {"field": field}):
            return [(key, field)]
        case "sort", [*sorts]:
            return [(key, field) for sort in sorts for field in sort]
        case "_source", [*fields]:
            return [(key, field) for field in fields]
        case _, {**inner}:
            return [found for name, part in inner.items() for found in _fields(part, name)]
        case _, [*parts]:
            return [found for part in parts for found in _fields(part)]
    return []


@pytest.mark.parametrize(
    ("days", "most", "hours"),
    [
        (1, 60, 1),
        (2, 60, 1),
        (14, 60, 6),
        (14, 20, 24),
        (30, 60, 24),
        (90, 60, 7 * 24),
        (900, 60, 28 * 24),
        (40_000, 60, 364 * 24),
    ],
)
def test_the_width_of_a_bar_suits_the_period(days: int, most: int, hours: int) -> None:
    period = Period(NOW - timedelta(days=days), NOW)
    width = period.width(most)
    starts = period.starts(width)
    assert width == timedelta(hours=hours)
    assert starts[0] <= period.start < starts[0] + width
    assert starts[-1] <= period.end < starts[-1] + width
    if hours == 7 * 24:
        assert {start.weekday() for start in starts} == {0}
