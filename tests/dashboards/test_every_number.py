"""Every number of the report is the count of a selection, which `hubbub mentions` can be asked for."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hubbub.core.ports import Index
from hubbub.core.verdict import Label
from hubbub.dashboards.answers import Answer, Period, Row, ask
from hubbub.dashboards.coverage import look
from hubbub.dashboards.panel import Panel, panels
from hubbub.index.selection import Selection, count, select
from tests.dashboards.seeds import NOW

PERIOD = Period(NOW - timedelta(days=14), NOW)
WITHIN = {"since": PERIOD.start, "until": PERIOD.end + timedelta(milliseconds=1)}


def numbers(panel: Panel, answer: Answer) -> Iterator[tuple[str, int, Selection]]:
    """Each number that the panel shows: a name for it, the number, and whose count it is."""
    negative = panel.title in ("Negative mentions", "Newest negative posts")
    yield "all", answer.total, Selection(label=Label.negative if negative else None, **WITHIN)
    field = panel.question.get("aggs", {}).get("values", {}).get("terms", {}).get("field")
    for row in answer.rows:
        where = {**WITHIN, **_row(row, field)}
        if where["since"] >= where["until"]:
            continue
        yield row.label, row.total, Selection(**where)
        if sum(row.counts.values()):
            for label in Label:
                yield f"{row.label} {label}", row.counts[label], Selection(label=label, **where)


def _row(row: Row, field: str | None) -> dict[str, object]:
    if row.start and row.end:
        return {"since": max(row.start, WITHIN["since"]), "until": min(row.end, WITHIN["until"])}
    return {} if field is None else {{"source": "platform", "match.term": "term"}[field]: row.label}


@pytest.mark.parametrize("name", panels())
def test_a_panels_numbers(embedded_index: Index, name: str) -> None:
    panel = panels()[name]
    checked = 0
    for what, number, selection in numbers(panel, ask(panel, embedded_index.search, PERIOD)):
        assert count(embedded_index, selection) == number, (panel.title, what)
        checked += 1
    assert checked


def test_the_numbers_around_them(embedded_index: Index) -> None:
    coverage = look(embedded_index.search, PERIOD, [])
    assert {brand: count(embedded_index, Selection(brand=brand, **WITHIN)) for brand in coverage.brands} == (
        coverage.brands
    )
    assert count(embedded_index, Selection(uncertain=True, **WITHIN)) == coverage.uncertain > 0
    everyone = count(embedded_index, Selection(everyone=True, **WITHIN))
    assert everyone - count(embedded_index, Selection(**WITHIN)) == coverage.uncounted > 0


def test_what_is_selected_is_what_is_counted(embedded_index: Index) -> None:
    selection = Selection(label=Label.negative, platform="x", **WITHIN)
    total, found = select(embedded_index, selection, 1000)
    assert total == len(found) == count(embedded_index, selection)
    assert all(document["sentiment"]["label"] == "negative" and "raw" not in document for _, document in found)
    times = [document["@timestamp"] for _, document in found]
    assert times == sorted(times, reverse=True)
