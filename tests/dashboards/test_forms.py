"""Each form asks one search in the language that every index speaks, and is told by its fields alone."""

import pkgutil
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hubbub.core.ports import Index
from hubbub.dashboards import forms
from hubbub.dashboards._kit.board import Board
from hubbub.dashboards._kit.cards import Frame
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards.boards.social_care import BOARD
from hubbub.dashboards.forms.ranking import Ranking
from hubbub.dashboards.report.page import write_report
from tests.dashboards.boards import PANELS
from tests.dashboards.page import Page
from tests.dashboards.seeds import NOW

PERIOD = Period(NOW - timedelta(days=14), NOW)


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_asks_one_search(embedded_index: Index, name: str) -> None:
    asked = []

    def search(body: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(body)
        return embedded_index.search(body)

    PANELS[name].card(PANELS[name].ask(search, PERIOD), Frame(400, 322, "UTC", unmasked=False))
    assert asked == [PANELS[name].question(PERIOD)]


def test_the_report_asks_one_search_a_panel_and_three_around_them(embedded_index: Index, tmp_path: Path) -> None:
    asked = []

    def search(body: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(body)
        return embedded_index.search(body)

    write_report(search, tmp_path / "r.html", BOARD, now=NOW)
    assert len(asked) == len(list(BOARD.placed())) + 3


def test_a_ranking_need_not_split(embedded_index: Index, tmp_path: Path) -> None:
    panel = Ranking(title="By language", reading="Which languages people write in.", field="language", most=3)
    assert "aggs" not in panel.question(PERIOD)["aggs"]["values"]
    assert list(panel.kibana().columns) == ["values", "count"]
    page = _alone(panel, embedded_index, tmp_path)
    answer = panel.ask(embedded_index.search, PERIOD)
    assert page.rows("made") == [["Value", "Mentions"], *([row.label, str(row.total)] for row in answer.rows)]
    assert len(answer.rows) == 3
    assert f"{answer.left_out} mentions of further values are not drawn." in page.words
    assert not [each for _, each in page.tags if each.get("class") == "legend"]


def test_the_documentation_names_every_form_and_its_fields() -> None:
    page = (Path(__file__).parents[2] / "docs/dashboards.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$", page, re.MULTILINE))
    for module in pkgutil.iter_modules(forms.__path__):
        found = vars(import_module(f"{forms.__name__}.{module.name}")).values()
        [form] = [each for each in found if isinstance(each, type) and issubclass(each, Panel) and each is not Panel]
        own = {each.name for each in fields(form)} - {each.name for each in fields(Panel)}
        assert form.__name__ in told, f"add {form.__name__} to the table of forms in docs/dashboards.md"
        assert own == set(re.findall(r"`(\w+)`", told[form.__name__])), form.__name__


def _alone(panel: Panel, index: Index, folder: Path) -> Page:
    """The page of a board with this panel alone."""
    file = ModuleType("panels.made")
    file.PANEL = panel
    board = Board(title="Made", about="Made for a test.", panels=[file])
    write_report(index.search, folder / "r.html", board, now=NOW)
    return Page((folder / "r.html").read_text(encoding="utf-8"))
