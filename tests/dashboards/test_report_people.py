"""What the report shows of people: no mail address and no number of theirs, unless it is asked for."""

from datetime import timedelta
from pathlib import Path

import pytest

from hubbub.core.insight import Enriched
from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Author
from hubbub.core.ports import Batch, Index
from hubbub.core.verdict import Label
from hubbub.index.embedded.index import EmbeddedIndex
from tests.command import hubbub
from tests.dashboards.page import Page, reported
from tests.dashboards.seeds import NOW, seed

HIDDEN = ("081-234-5678", "anna@example.com", "bob@example.com", "+84 912 345 678", "02-123-4567")


def _personal() -> Enriched:
    return seed(
        "1",
        NOW - timedelta(hours=1),
        Label.negative,
        "Down again. Call 081-234-5678 or write to anna@example.com",
        title="Answer bob@example.com",
        author=Author(id="1", name="minh +84 912 345 678"),
        url="https://x.example/1",
    )


def test_addresses_and_numbers_of_people_are_hidden(empty_index: Index, tmp_path: Path) -> None:
    page = reported(empty_index, [_personal()], tmp_path)
    written = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not [told for told in HIDDEN if told in written]
    assert "Down again. Call [number] or write to [e-mail]" in page.words
    assert "Answer [e-mail]" in page.words
    assert "minh [number]" in page.words
    assert "E-mail addresses and numbers of people, such as telephone numbers, are hidden." in page.words


def test_unmasked_they_are_shown(empty_index: Index, tmp_path: Path) -> None:
    page = reported(empty_index, [_personal()], tmp_path, unmasked=True)
    for told in HIDDEN[:4]:
        assert told in page.words
    assert "shown as they wrote them; share this page with care" in page.words
    assert "are hidden" not in page.words


def test_the_command_hides_them_unless_told_otherwise(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "home")
    index.prepare()
    index.store(Batch(entry="seeds", mentions=[_personal()]))
    index.close()
    (tmp_path / "hubbub.yaml").write_text("brands: [{name: Lumo}]\ntimezone: Asia/Bangkok\n", encoding="utf-8")
    for options, shown in (((), False), (("--unmasked",), True)):
        done = hubbub("publish", "--report", "page.html", *options, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
        assert ("081-234-5678" in page.words) == shown
        assert "all times are Asia/Bangkok (UTC+7)" in page.words


def test_a_number_at_the_cut_is_not_shown_in_half(empty_index: Index, tmp_path: Path) -> None:
    """Hidden first, cut then."""
    text = "very long " * 41 + "call 081-234-5678 now please"
    page = reported(empty_index, [seed("1", NOW - timedelta(hours=1), Label.negative, text)], tmp_path)
    assert "(cut here)" in page.words
    assert "081" not in page.words


@pytest.mark.parametrize("unmasked", [False, True])
def test_an_address_that_names_a_person_is_no_link(empty_index: Index, tmp_path: Path, unmasked: bool) -> None:
    url = "https://x.example/inbox?from=anna@example.com"
    page = reported(
        empty_index, [seed("1", NOW - timedelta(hours=1), Label.negative, "down", url=url)], tmp_path, unmasked=unmasked
    )
    assert not page.all("a")
    assert "No link to the post" in page.words


def test_posts_show_the_platform(empty_index: Index, tmp_path: Path) -> None:
    page = reported(
        empty_index, [seed("1", NOW - timedelta(hours=1), Label.negative, "down", source="pantip")], tmp_path
    )
    assert "pantip user_1 22 Nov 2026, 10:40 down" in page.words


def test_a_competitors_word_is_not_among_the_top_terms(empty_index: Index, tmp_path: Path) -> None:
    """A post about both counts for our term; the other one's is not what customers say of us."""
    both = seed("1", NOW - timedelta(hours=1), Label.negative, "Lumo is down, Nimbus is not")
    other = Match(brand="Nimbus", competitor=True, term="Nimbus", kind=MatchKind.alias)
    both = both.model_copy(update={"matches": (*both.matches, other)})
    alone = seed("2", NOW - timedelta(hours=1), Label.negative, "Nimbus is bad", term="Nimbus", competitor=True)
    page = reported(empty_index, [both, alone], tmp_path)
    assert page.rows("top_terms")[1:] == [["Lumo", "1", "0", "0", "1"]]
