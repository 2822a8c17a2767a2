"""Sums over conversations."""

from datetime import UTC

import pytest

from hubbub.conversations.summary import percentile, summary
from tests.conversations.made import BANGKOK, joined, said


def three():
    return joined(
        said("1", "ann", 0, within="1"),
        said("2", "lumo", 10, within="1", to="1"),
        said("3", "bob", 60, within="3", about=("Acme",), source="reddit"),
        said("4", "acme", 100, within="3", to="3", about=("Acme",), source="reddit"),
        said("5", "eve", 61, within="5"),
    )


def test_a_row_for_all_and_for_each_brand_platform_and_hour():
    rows = summary(three(), BANGKOK)
    assert [(row["by"], row["name"], row["threads"], row["answered"], row["open"]) for row in rows] == [
        ("all", "", 3, 2, 1),
        ("brand", "Acme", 1, 1, 0),
        ("brand", "Lumo", 2, 1, 1),
        ("platform", "reddit", 1, 1, 0),
        ("platform", "x", 2, 1, 1),
        ("hour", "16", 1, 1, 0),
        ("hour", "17", 2, 1, 1),
    ]
    assert rows[0] == {
        "by": "all",
        "name": "",
        "threads": 3,
        "answered": 2,
        "open": 1,
        "median_minutes": 25.0,
        "p90_minutes": 37.0,
        "within_level": 0.5,
        "first_contact": 1.0,
        "outcome": {"resolved": 2},
    }


def test_one_brand_alone():
    assert [(row["by"], row["name"], row["threads"]) for row in summary(three(), UTC, "Acme")] == [
        ("all", "", 1),
        ("brand", "Acme", 1),
        ("platform", "reddit", 1),
        ("hour", "10", 1),
    ]


def test_nothing_is_not_calm():
    (row,) = summary([], UTC)
    assert (row["threads"], row["median_minutes"], row["within_level"]) == (0, None, None)


@pytest.mark.parametrize(
    ("numbers", "part", "found"),
    [([], 0.5, None), ([4], 0.9, 4), ([1, 3], 0.5, 2), ([3, 1, 2], 0.5, 2), ([0, 10], 0.9, 9)],
)
def test_percentiles(numbers, part, found):
    assert percentile(numbers, part) == found
