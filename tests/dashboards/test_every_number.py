"""Every number of the report is the count of a selection, which `hubbub mentions` can be asked for."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from hubbub.core.customers import CUSTOMERS
from hubbub.core.ports import Batch, Index
from hubbub.core.verdict import Label
from hubbub.dashboards._kit.answers import Answer, Row
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import ANSWERED, IN_TIME, NEGATIVE, WAITING
from hubbub.dashboards.forms.durations import Timed
from hubbub.dashboards.forms.ranking import Ranking
from hubbub.dashboards.forms.share import Shared
from hubbub.dashboards.report.coverage import look
from hubbub.index import queries
from hubbub.index.selection import Answer as Asked
from hubbub.index.selection import Selection, count, select
from tests.dashboards.boards import PANELS
from tests.dashboards.seeds import NOW, seed

PERIOD = Period(NOW - timedelta(days=14), NOW)
WHOSE = {
    json.dumps(CUSTOMERS): {},
    json.dumps(NEGATIVE): {"label": Label.negative},
    json.dumps(WAITING): {"answer": Asked.waiting},
    json.dumps(ANSWERED): {"answer": Asked.answered},
}
"""What a selection says for a panel's query."""
WORDS = {
    "brand": "brand",
    "event.dataset": "source",
    "language": "language",
    "match.term": "term",
    "posted.hour": "hour",
    "sentiment.label": "label",
    "source": "platform",
}
"""What a selection calls the index's fields."""
WITHIN = {"since": PERIOD.start, "until": PERIOD.end + timedelta(milliseconds=1)}


@pytest.fixture(params=["embedded", "elastic"])
def index(request: pytest.FixtureRequest) -> Index:
    found: Index = request.getfixturevalue(f"{request.param}_index")
    return found


def numbers(panel: Panel, answer: Answer) -> Iterator[tuple[str, int, Selection]]:
    """Each number that the panel shows: a name for it, the number, and whose count it is."""
    query = json.dumps(panel.query)
    assert query in WHOSE, f"say in WHOSE how `hubbub mentions` asks for {query}"
    whose = {**WITHIN, **WHOSE[query]}
    yield "all", answer.total, Selection(**whose)
    if isinstance(answer, Shared):
        assert panel.part == IN_TIME
        yield "part", answer.part, Selection(**whose | {"answer": Asked.in_time})
        yield "rest", answer.total - answer.part, Selection(**whose | {"answer": Asked.late})
    if isinstance(answer, Timed):
        for took in answer.took:
            value = int(took.label) if panel.numbered else took.label
            yield took.label, took.total, Selection(**whose, **{WORDS[panel.field]: value})
    field = panel.field if isinstance(panel, Ranking) else None
    for row in answer.rows:
        where = {**whose, **_row(row, field)}
        if where["since"] >= where["until"]:
            continue
        yield row.label, row.total, Selection(**where)
        if sum(row.counts.values()) and "label" not in whose:
            for label in Label:
                yield f"{row.label} {label}", row.counts[label], Selection(label=label, **where)


def _row(row: Row, field: str | None) -> dict[str, object]:
    if row.start and row.end:
        return {"since": max(row.start, WITHIN["since"]), "until": min(row.end, WITHIN["until"])}
    assert field is None or field in WORDS, f"`hubbub mentions` has no word for {field}: give index/selection.py one"
    return {} if field is None else {WORDS[field]: row.label}


def test_a_panels_numbers(index: Index) -> None:
    checked = 0
    for panel in PANELS.values():
        for what, number, selection in numbers(panel, panel.ask(index.search, PERIOD)):
            assert count(index, selection) == number, (panel.title, what)
            checked += 1
    assert checked > 300


def test_the_numbers_around_them(index: Index) -> None:
    coverage = look(index.search, PERIOD, [])
    assert {brand: count(index, Selection(brand=brand, **WITHIN)) for brand in coverage.brands} == coverage.brands
    by_anyone = {
        each.name: count(index, Selection(platform=each.name, everyone=True, **WITHIN)) for each in coverage.platforms
    }
    assert by_anyone == {each.name: each.mentions for each in coverage.platforms}
    assert count(index, Selection(uncertain=True, **WITHIN)) == coverage.uncertain > 0
    assert count(index, Selection(uncounted=True, **WITHIN)) == coverage.uncounted > 0
    everyone = count(index, Selection(everyone=True, **WITHIN))
    assert everyone == count(index, Selection(**WITHIN)) + coverage.uncounted


def test_the_numbers_of_the_status(index: Index) -> None:
    totals = queries.totals(index)
    assert count(index, Selection(everyone=True)) == totals.mentions
    for label, number in totals.sentiments.items():
        assert count(index, Selection(everyone=True, label=Label(label))) == number
    for brand, number in totals.brands.items():
        assert count(index, Selection(everyone=True, brand=brand)) == number
    _, [(_, newest)] = select(index, Selection(everyone=True), 1)
    assert newest["@timestamp"] == totals.newest


def test_terms_are_counted_of_customers_about_our_brands_alone(empty_index: Index) -> None:
    ours = seed("1", NOW - timedelta(hours=1), Label.negative, "Lumo is as slow as Nimbus", term="Lumo")
    rival = seed("2", NOW - timedelta(hours=1), Label.negative, "Nimbus is slow", term="Nimbus", competitor=True)
    both = ours.model_copy(update={"matches": (*rival.matches, *ours.matches)})
    empty_index.store(Batch(entry="seeds", mentions=[both, rival]))
    answer = PANELS["top_terms"].ask(empty_index.search, PERIOD)
    assert {row.label: row.total for row in answer.rows} == {"Lumo": 1}
    assert count(empty_index, Selection(term="Nimbus")) == 0
    assert count(empty_index, Selection(term="Nimbus", uncounted=True)) == 1


def test_what_is_selected_is_what_is_counted(index: Index) -> None:
    selection = Selection(label=Label.negative, platform="x", **WITHIN)
    total, found = select(index, selection, 1000)
    assert total == len(found) == count(index, selection)
    assert all(document["sentiment"]["label"] == "negative" and "raw" not in document for _, document in found)
    times = [document["@timestamp"] for _, document in found]
    assert times == sorted(times, reverse=True)
