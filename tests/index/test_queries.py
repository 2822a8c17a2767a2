"""The program's own questions, on every index."""

from datetime import timedelta

from hubbub.core.alert import Evidence, WindowCount
from hubbub.core.ports import Index
from hubbub.index import queries
from tests.index.made import DAY, NOW, batch, said

HOUR = timedelta(hours=1)


def fill(index: Index) -> None:
    index.store(
        batch(
            said(1, "lost", at=NOW - HOUR, name="ann", url="https://forum.test/1", title="My parcel"),
            said(2, "late", at=NOW - HOUR + timedelta(minutes=1), brands=("Acme", "Beta")),
            said(3, "fine", at=NOW - HOUR, label="positive"),
            said(4, "we are sorry, it was bad", at=NOW - HOUR, by_brand=True),
            said(5, "at the very end", at=NOW),
            said(6, "long ago", at=NOW - 30 * DAY),
            said(7, "of a rival", at=NOW - HOUR, brands=(), competitor="Gamma", source="x"),
        )
    )
    index.refresh()


def test_brands_are_our_own_that_have_mentions(index: Index):
    assert queries.brands(index) == []
    fill(index)
    assert queries.brands(index) == ["Acme", "Beta"]


def test_negative_counts_are_of_customers_by_window(index: Index):
    fill(index)
    windows = [
        (NOW - 2 * HOUR, NOW),
        (NOW, NOW + HOUR),
        (NOW - 31 * DAY, NOW - 29 * DAY),
        (NOW - 9 * DAY, NOW - 8 * DAY),
    ]
    expected = [(2, 3), (1, 1), (1, 1), (0, 0)]
    assert queries.negative_counts(index, "Acme", windows) == [
        WindowCount(start=start, end=end, negative=negative, total=total)
        for (start, end), (negative, total) in zip(windows, expected, strict=True)
    ]
    assert queries.negative_counts(index, "Acme", []) == []
    assert queries.negative_counts(index, "Nobody", windows[:1])[0].total == 0


def test_evidence_is_the_newest_that_customers_complain_of(index: Index):
    fill(index)
    found = queries.evidence(index, "Acme", NOW - 2 * HOUR, NOW, 5)
    assert found == (
        Evidence(mention_id="forum:2", text="late", source="forum"),
        Evidence(
            mention_id="forum:1", text="My parcel\nlost", url="https://forum.test/1", source="forum", author="ann"
        ),
    )
    assert queries.evidence(index, "Acme", NOW - 2 * HOUR, NOW, 1) == found[:1]
    assert queries.evidence(index, "Gamma", NOW - 2 * HOUR, NOW, 5) == ()


def test_totals(index: Index):
    assert queries.totals(index) == queries.Totals(0, {}, {}, {}, None)
    fill(index)
    assert queries.totals(index) == queries.Totals(
        mentions=7,
        sentiments={"negative": 6, "positive": 1},
        sources={"forum": 6, "x": 1},
        brands={"Acme": 6, "Beta": 1},
        newest="2026-11-20T12:00:00.000Z",
    )
