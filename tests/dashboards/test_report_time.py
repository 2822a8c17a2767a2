"""The report's times: in the team's zone, its charts from the first mention on."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.customers import CUSTOMERS
from hubbub.core.insight import Enriched
from hubbub.core.ports import Index
from hubbub.core.verdict import Label
from hubbub.dashboards._kit.answers import Answer, Row
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards.boards.social_care import BOARD
from hubbub.dashboards.forms.net_over_time import NetOverTime
from hubbub.dashboards.forms.over_time import OverTime
from hubbub.dashboards.forms.ranking import Ranking
from tests.dashboards.boards import PANELS
from tests.dashboards.page import reported
from tests.dashboards.seeds import NOW, SILENT, seed, seeds

BANGKOK = ZoneInfo("Asia/Bangkok")
BERLIN = ZoneInfo("Europe/Berlin")
NEWFOUNDLAND = ZoneInfo("America/St_Johns")
ALONG_TIME = [
    name for name, panel in PANELS.items() if isinstance(panel, OverTime | NetOverTime) and panel.query == CUSTOMERS
]


@pytest.fixture(params=["embedded", "elastic"])
def index(request: pytest.FixtureRequest) -> Index:
    return request.getfixturevalue(f"{request.param}_index")


@pytest.mark.parametrize("zone", [BANGKOK, NEWFOUNDLAND], ids=lambda zone: zone.key)
@pytest.mark.parametrize("days", [1, 5, 14, 30, 90])
def test_each_bar_counts_its_stretch_of_the_zones_time(index: Index, zone: ZoneInfo, days: int) -> None:
    period = Period(NOW - timedelta(days=days), NOW, zone)
    customers = [each.mention.posted_at for each in seeds() if not each.mention.author.is_brand]
    for name in ALONG_TIME:
        rows = PANELS[name].ask(index.search, period).rows
        assert sum(row.total for row in rows) == sum(period.start <= when <= period.end for when in customers) > 0
        for row in rows:
            within = [when for when in customers if period.start <= when <= period.end and row.start <= when < row.end]
            assert row.total == len(within)
            assert row.start.utcoffset() == NOW.astimezone(zone).utcoffset()


@given(
    days=st.integers(1, 4000),
    most=st.sampled_from([20, 60]),
    zone=st.sampled_from(["UTC", "Asia/Bangkok", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"]),
)
def test_stretches_begin_by_the_zones_clock(days: int, most: int, zone: str) -> None:
    period = Period(NOW - timedelta(days=days), NOW, ZoneInfo(zone))
    width = period.width(most)
    starts = period.starts(width)
    assert starts[0] <= period.start < starts[0] + width
    assert starts[-1] <= period.end < starts[-1] + width
    for start in starts:
        assert (start.hour * 60 + start.minute) % min(1440, width // timedelta(minutes=1)) == 0
        assert start.weekday() == 0 or width % timedelta(days=7)
    assert timedelta() <= period.offset(width) < width


def test_utc_asks_as_it_always_did() -> None:
    asked = PANELS["volume_over_time"].question(Period(NOW - timedelta(days=90), NOW))["aggs"]["time"]["date_histogram"]
    assert asked["fixed_interval"] == f"{7 * 86_400}s"
    assert asked["offset"] == f"{4 * 86_400}s"  # 1 January 1970 was a Thursday


def test_the_page_shows_the_zones_time_and_names_it(empty_index: Index, tmp_path: Path) -> None:
    late = seed("1", datetime(2026, 11, 21, 18, 30, tzinfo=UTC), Label.negative, "down again")
    page = reported(empty_index, [late], tmp_path, zone=BANGKOK)
    assert "8 Nov 2026, 18:40 – 22 Nov 2026, 18:40" in page.words
    assert "all times are Asia/Bangkok (UTC+7)" in page.words
    assert "user_1 22 Nov 2026, 01:30 down again" in page.words
    assert page.rows("volume_over_time")[:2] == [
        ["Time (Asia/Bangkok)", "Mentions"],
        ["Sun 22 Nov 2026, 01:00–02:00", "1"],
    ]
    assert page.rows("coverage")[0][-1] == "Newest mention (Asia/Bangkok)"
    assert "Written by Hubbub on 22 Nov 2026, 18:40 Asia/Bangkok." in page.words
    assert "UTC" not in page.words.replace("(UTC+7)", "")


def test_without_a_zone_it_is_utc(embedded_index: Index, tmp_path: Path) -> None:
    page = reported(embedded_index, [], tmp_path)
    assert "last 14 days all times are UTC \u26a0 What this page" in page.words
    assert page.rows("volume_over_time")[0] == ["Time (UTC)", "Mentions"]


def test_clocks_that_were_changed_within_the_period_are_said(embedded_index: Index, tmp_path: Path) -> None:
    """Summer time ended on 25 October; of a year that begins and ends in winter it is seen, too."""
    changed = "(UTC+1 throughout, as at the end of the period; its clocks were changed within it)"
    for days, said in ((14, False), (60, True), (365, True)):
        page = reported(embedded_index, [], tmp_path, zone=BERLIN, days=days)
        assert (f"all times are Europe/Berlin {changed}" in page.words) == said
        assert ("all times are Europe/Berlin (UTC+1)" in page.words) != said


def _fortnight() -> list[Enriched]:
    return [each for each in seeds() if each.mention.source != SILENT]


def test_charts_begin_where_the_data_do(empty_index: Index, tmp_path: Path) -> None:
    """Ninety days over a fortnight of data are no thin strip at the right edge."""
    page = reported(empty_index, _fortnight(), tmp_path, days=90)
    first = min(each.mention.posted_at for each in _fortnight())
    assert "24 Aug 2026, 11:40 – 22 Nov 2026, 11:40 last 90 days" in page.words
    assert f"the charts begin at the first mention there is, of {first.day} {first:%b %Y, %H:%M}" in page.words
    for name in ALONG_TIME:
        rows = page.rows(name)[1:]
        assert f"{first:%a} {first.day} {first:%b %Y}" in rows[0][0]
        assert len(rows) >= 14
        assert rows[0][-1] != "0"
    assert sum(int(row[-1]) for row in page.rows("volume_over_time")[1:]) == 483


def test_silence_after_the_first_mention_stays_to_be_seen(embedded_index: Index, tmp_path: Path) -> None:
    """The oldest posts are from before the period: what is empty at its start was silent or not read."""
    page = reported(embedded_index, [], tmp_path, days=30)
    rows = page.rows("volume_over_time")[1:]
    assert rows[0] == ["Fri 23 Oct 2026", "0"]
    assert len(rows) == 31
    assert "the charts begin at" not in page.words


@pytest.mark.parametrize("name", ALONG_TIME)
@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_a_few_bars_are_no_wall_and_many_fill_the_chart(name: str, count: int) -> None:
    start = datetime(2026, 11, 2, tzinfo=UTC)
    day = timedelta(days=1)
    counts = {"negative": 1, "neutral": 1, "positive": 1}
    rows = [Row(f"day {n}", 3, counts, start + n * day, start + (n + 1) * day) for n in range(count)]
    svg = PANELS[name].draw(Answer(3 * count, rows), 480)
    marks = [float(x) for x in re.findall(r'd="M([\d.]+),[^"]*"[^>]*><title>', svg)]
    bars = [float(width) for width in re.findall(r'd="M[\d.]+,[\d.]+h([\d.]+)v[^"]*"[^>]*><title>', svg)]
    assert svg.count("<title>") >= count
    assert all(width <= 480 / 8 for width in bars)
    if bars and count >= 8:
        assert max(marks) + bars[0] - min(marks) > 400
    labels = re.findall(r">(\d+ Nov)<", svg)
    assert labels
    if count <= 2:
        assert labels == [f"{2 + n} Nov" for n in range(count)]


def test_bars_of_hours_say_where_a_day_begins() -> None:
    start = datetime(2026, 11, 21, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    rows = [Row(f"hour {n}", 1, {}, start + n * hour, start + (n + 1) * hour) for n in range(24)]
    svg = PANELS["volume_over_time"].draw(Answer(24, rows), 480)
    labels = re.findall(r">(\d+:\d\d|\d+ Nov)<", svg)
    assert "22 Nov" in labels and "18:00" in labels
    assert re.findall(r">([\d.]+)<", svg) == ["0", "1"]


def test_one_bar_leaves_no_empty_card(empty_index: Index, tmp_path: Path) -> None:
    """Where a ranking has one bar or two, the numbers behind it stand open beneath."""
    page = reported(empty_index, [seed("1", NOW - timedelta(hours=1), Label.negative, "down")], tmp_path)
    opened = [attributes for attributes in page.all("details") if "open" in attributes]
    assert len(opened) == sum(isinstance(each.panel, Ranking) for each in BOARD.placed()) >= 2
    assert "1 mention; x is the only value." in page.words
    assert page.rows("sources") == [["Platform", "Negative", "Neutral", "Positive", "All"], ["x", "1", "0", "0", "1"]]
