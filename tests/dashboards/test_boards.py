"""A board is a list of panels: where they stand follows from the list."""

import json
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.folders import module_names
from hubbub.dashboards import panels
from hubbub.dashboards._kit.board import COLUMNS, Board
from hubbub.dashboards.boards import boards
from hubbub.dashboards.forms.number import Number
from hubbub.dashboards.forms.over_time import OverTime
from hubbub.dashboards.forms.posts import Posts
from hubbub.dashboards.forms.ranking import Ranking
from hubbub.dashboards.kibana.saved_objects import compile_dashboards
from hubbub.dashboards.panels import mentions, newest_negative, sources
from tests.dashboards.boards import PANELS
from tests.dashboards.checks import problems

SAID = {"title": "Made", "reading": "Made for a test."}
FORMS = [
    Number(**SAID),
    OverTime(**SAID),
    Ranking(**SAID, field="source"),
    Posts(**SAID, nothing="None."),
]


def _board(*forms: Number | OverTime | Ranking | Posts) -> Board:
    files = []
    for number, panel in enumerate(forms):
        file = ModuleType(f"panels.panel_{number}")
        file.PANEL = panel
        files.append(file)
    return Board(title="Made", about="Made for a test.", panels=files)


@given(forms=st.lists(st.sampled_from(FORMS), min_size=1, max_size=20))
def test_panels_stand_in_whole_rows_in_the_order_of_the_list(forms: list[Number]) -> None:
    placed = list(_board(*forms).placed())
    assert [each.panel for each in placed] == forms
    assert placed == sorted(placed, key=lambda each: (each.y, each.x))
    y = 0
    while row := [each for each in placed if each.y == y]:
        assert row[0].x == 0
        assert [each.x + each.width for each in row] == [*(each.x for each in row[1:]), COLUMNS]
        assert {each.height for each in row} == {max(each.panel.height for each in row)}
        assert all(each.width >= each.panel.width for each in row)
        y += row[0].height
    assert y == placed[-1].y + placed[-1].height


@given(forms=st.lists(st.sampled_from(FORMS), min_size=1, max_size=9))
def test_whatever_is_listed_compiles(forms: list[Number]) -> None:
    assert problems([json.loads(line) for line in compile_dashboards({"made": _board(*forms)}).splitlines()]) == []


def test_a_panel_of_two_boards_is_one_object_of_kibanas() -> None:
    two = {
        "one": Board(title="One", about="The first.", panels=[mentions, sources]),
        "two_b": Board(title="Two", about="The second.", panels=[sources, newest_negative]),
    }
    objects = [json.loads(line) for line in compile_dashboards(two).splitlines()]
    assert problems(objects) == []
    assert [each["id"] for each in objects if each["type"] in ("lens", "search", "dashboard")] == [
        "hubbub-mentions",
        "hubbub-sources",
        "hubbub-newest-negative",
        "hubbub-one",
        "hubbub-two-b",
    ]


def test_every_panel_stands_on_a_board() -> None:
    files = set(module_names(panels.__path__))
    assert files - PANELS.keys() == set(), "add it to the `panels` of a file in dashboards/boards/"


def test_the_overview_opens_on_who_waits() -> None:
    """Whoever knows the dashboard finds each panel in its place."""
    placed = [(each.name, each.x, each.y, each.width, each.height) for each in boards()["social_care"].placed()]
    assert placed == [
        ("waiting", 0, 0, 24, 7),
        ("answered_in_time", 24, 0, 24, 7),
        ("longest_waiting", 0, 7, 48, 20),
        ("mentions", 0, 27, 16, 7),
        ("negative_mentions", 16, 27, 16, 7),
        ("net_sentiment", 32, 27, 16, 7),
        ("volume_over_time", 0, 34, 24, 12),
        ("sentiment_over_time", 24, 34, 24, 12),
        ("brands", 0, 46, 16, 13),
        ("sources", 16, 46, 16, 13),
        ("top_terms", 32, 46, 16, 13),
        ("response_by_platform", 0, 59, 16, 13),
        ("response_by_hour", 16, 59, 16, 13),
        ("net_over_time", 32, 59, 16, 13),
        ("newest_negative", 0, 72, 48, 20),
    ]
