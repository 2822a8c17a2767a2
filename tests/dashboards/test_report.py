"""The report: every number that of the index, hostile text inert, nothing loaded, gaps said."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from hubbub.core.errors import Misconfigured, Retryable
from hubbub.core.mention import Author
from hubbub.core.ports import Index
from hubbub.core.verdict import Label
from hubbub.dashboards._kit.bars import short
from hubbub.dashboards._kit.period import Period, whole
from hubbub.dashboards._kit.words import readable
from hubbub.dashboards.boards.social_care import BOARD
from hubbub.dashboards.forms.posts import safe_link
from hubbub.dashboards.report.page import write_report
from tests.dashboards.boards import PANELS
from tests.dashboards.page import Page, reported
from tests.dashboards.seeds import NOW, seed, seeds

PERIOD = Period(NOW - timedelta(days=14), NOW)
ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "header",
    "section",
    "div",
    "h1",
    "h2",
    "p",
    "span",
}
ALLOWED |= {"ul", "li", "b", "i", "br", "bdi", "time", "a", "details", "summary", "small", "footer", "code", "caption"}
ALLOWED |= {"table", "thead", "tbody", "tr", "th", "td", "svg", "g", "path", "line", "text", "rect", "clippath", "defs"}
LOADING = {"src", "srcset", "poster", "background", "data", "action", "formaction", "ping", "xlink:href", "manifest"}


@pytest.fixture(scope="module")
def written(embedded_index: Index, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(embedded_index.search, path, BOARD, now=NOW)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(written: str) -> Page:
    return Page(written)


def test_the_numbers_behind_every_chart_are_those_of_the_index(page: Page, embedded_index: Index) -> None:
    answers = {name: panel.ask(embedded_index.search, PERIOD) for name, panel in PANELS.items()}
    for name in ("sentiment_over_time", "sources", "top_terms"):
        expected = [
            [row.label, *(f"{count:,}" for count in row.counts.values()), f"{row.total:,}"]
            for row in answers[name].rows
        ]
        assert page.rows(name)[1:] == expected
    assert page.rows("volume_over_time")[1:] == [
        [row.label, str(row.total)] for row in answers["volume_over_time"].rows
    ]
    assert [row[0] for row in page.rows("net_over_time")[1:]] == [row.label for row in answers["net_over_time"].rows]
    shown = [row[1].replace("\u2212", "-").removesuffix("%") for row in page.rows("net_over_time")[1:]]
    assert [float(value) for value in shown] == [
        pytest.approx(row.net * 100, abs=0.051) for row in answers["net_over_time"].rows
    ]
    total, negative = answers["mentions"].total, answers["negative_mentions"].total
    assert f"Mentions {total} Posts" in page.words
    assert f"Negative mentions {negative} {negative / total:.1%}" in page.words
    counts = answers["net_sentiment"].rows[0].counts
    assert f"{counts['positive']} positive less {negative} negative, of {total} mentions" in page.words


def test_the_negative_posts_are_listed_newest_first_with_their_links(page: Page, embedded_index: Index) -> None:
    hits = PANELS["newest_negative"].ask(embedded_index.search, PERIOD).hits
    expected = [hit["_source"].get("url", {}).get("full") for hit in hits]
    links = [link["href"] for link in page.all("a", "newest_negative")]
    assert links == [safe_link(url)[0] for url in expected if safe_link(url)[0]]
    assert len(links) > 100
    assert all(link["rel"] == "noopener nofollow ugc" for link in page.all("a"))
    times = [time["datetime"] for time in page.all("time", "newest_negative")]
    assert times == sorted(times, reverse=True)
    assert len(times) == len(hits)


def test_the_brands_own_posts_are_not_negative_posts(tmp_path: Path, empty_index: Index) -> None:
    own = Author(id="lumo", name="lumocare", is_brand=True)
    mentions = [
        seed("1", NOW - timedelta(hours=1), Label.negative, "we are so sorry", author=own),
        seed("2", NOW - timedelta(hours=2), Label.negative, "rivals are bad", competitor=True),
        seed("3", NOW - timedelta(hours=3), Label.negative, "it is down", url="https://x.example/3"),
    ]
    page = reported(empty_index, mentions, tmp_path)
    assert "it is down" in page.words
    assert "so sorry" not in page.words
    assert "rivals" not in page.words
    assert "2 more in this period are by the brands themselves or about competitors alone" in page.words


def test_hostile_text_stays_text(page: Page, written: str) -> None:
    names = {name for name, _ in page.tags}
    assert names <= ALLOWED, names - ALLOWED
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert "<script>alert(1)</script>" in page.words
    assert '"><svg onload=alert(3)>' in page.words
    assert "{{ 7*7 }}" in page.words
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", written)


def test_hostile_source_and_term_stay_text_in_charts(tmp_path: Path, empty_index: Index) -> None:
    term = "</text></svg><script>alert(1)</script>&amp;"
    mentions = [seed("1", NOW - timedelta(hours=1), Label.negative, "down", term=term)]
    page = reported(empty_index, mentions, tmp_path)
    assert {name for name, _ in page.tags} <= ALLOWED
    assert page.rows("top_terms")[1][0] == term


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.example/1?a=b#c", True),
        ("http://x.example", True),
        ("HTTPS://X.example/1", True),
        ("javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,hello", False),
        ("//x.example/1", False),
        ("https:///nohost", False),
        ("https://[", False),
        ("ftp://x.example/1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, safe: bool) -> None:
    link, host = safe_link(url)
    assert (link is not None, bool(host)) == (safe, safe)
    assert link is None or link.startswith(("http://", "https://"))


def test_nothing_is_loaded_when_it_opens(page: Page, written: str) -> None:
    assert not {key for _, attributes in page.tags for key in attributes} & LOADING
    assert not {name for name, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "image",
        "use",
    }
    assert "url(" not in written and "@import" not in written
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    shown = re.sub(r'href="[^"]*"|<p class="(text|heading)".*?</p>', "", written, flags=re.DOTALL)
    assert set(re.findall(r"https?://[^\s\"'<>)]+", shown)) == {"http://www.w3.org/2000/svg"}


def test_light_dark_and_narrow(page: Page, written: str) -> None:
    assert "@media (prefers-color-scheme: dark)" in written
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    drawn = {value for _, attributes in page.tags for key, value in attributes.items() if key in ("fill", "stroke")}
    assert drawn <= {"none", "transparent", *(f"var(--{name})" for name in DRAWN)}, (
        "a colour that the page cannot change"
    )


DRAWN = ("negative", "neutral", "positive", "all", "line", "muted", "text", "card")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_and_marks_told_apart(written: str, theme: str) -> None:
    """WCAG 2.2: 4.5 for text, 3 for what is drawn to be understood; and a step between neighbours in a stack."""
    blocks = re.findall(r":root \{(.*?)\}", written, re.S)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[0] + (blocks[1] if theme == "dark" else "")))
    for text in ("text", "muted", "accent"):
        for ground in ("page", "card", "warn"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for mark in ("negative", "positive", "all"):
        assert _contrast(colours[mark], colours["card"]) >= 3, mark


def test_every_chart_has_words_and_numbers(page: Page) -> None:
    drawings = [attributes for _, attributes in page.tags if attributes.get("role") == "img"]
    assert len(drawings) == sum(hasattr(each.panel, "draw") for each in BOARD.placed()) > 0
    assert all(len(drawing["aria-label"] or "") > 30 for drawing in drawings)
    assert all(svg["aria-hidden"] == "true" for svg in page.all("svg"))
    assert len(page.all("details")) >= len(drawings)
    identified = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identified) == len(set(identified))


def test_bars_are_as_long_as_their_numbers(embedded_index: Index) -> None:
    panel = PANELS["sources"]
    answer = panel.ask(embedded_index.search, PERIOD)
    svg = panel.draw(answer, 400)
    bars = re.findall(r'd="M[\d.]+,[\d.]+h([\d.]+)v[^"]*" fill="var\(--(\w+)\)"[^>]*><title>([^<]*)', svg)
    assert len(bars) == 3 * len(answer.rows)
    counts = {
        f"{row.label}: {count:,} {label} of {row.total:,} mentions": count
        for row in answer.rows
        for label, count in row.counts.items()
    }
    scale = {round(float(length) / counts[title], 2) for length, _, title in bars}
    assert len(scale) == 1


def test_uncertain_verdicts_are_marked(page: Page, embedded_index: Index) -> None:
    hits = PANELS["newest_negative"].ask(embedded_index.search, PERIOD).hits
    unsure = sum(hit["_source"]["sentiment"]["uncertain"] for hit in hits)
    assert unsure > 10
    for section, marked in (("newest_negative", unsure), ("coverage", 1)):
        assert len([span for span in page.all("span", section) if span.get("class") == "uncertain"]) == marked


def test_an_empty_index_says_how_to_begin(empty_index: Index, tmp_path: Path) -> None:
    for days in (14, None):
        write_report(empty_index.search, tmp_path / "r.html", BOARD, now=NOW, days=days)
        page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
        assert "No mentions in this period" in page.words
        assert "Nothing has been collected yet" in page.words
        assert not page.all("svg")


def test_a_period_without_mentions_names_the_newest(embedded_index: Index, tmp_path: Path) -> None:
    write_report(embedded_index.search, tmp_path / "r.html", BOARD, now=NOW + timedelta(days=100))
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert "No mentions in this period" in page.words
    assert "The newest mention from any source is of 22 Nov 2026, 11:39 UTC" in page.words
    assert not page.all("svg")


def test_everything_there_is(embedded_index: Index, tmp_path: Path) -> None:
    write_report(embedded_index.search, tmp_path / "r.html", BOARD, now=NOW + timedelta(days=3000), days=None)
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    period = whole(embedded_index.search)
    assert period is not None
    total = PANELS["mentions"].ask(embedded_index.search, period).total
    assert total == sum(not each.mention.author.is_brand for each in seeds())
    assert sum(int(row[1]) for row in page.rows("volume_over_time")[1:]) == total
    assert "10 Oct 2026" in page.words
    assert "everything there is" in page.words
    assert sum(int(row[1]) for row in page.rows("coverage") if row[-1].endswith("days ago")) == len(seeds())


def test_one_mention_draws(empty_index: Index, tmp_path: Path) -> None:
    page = reported(empty_index, [seed("1", NOW - timedelta(hours=1), Label.positive, "thanks")], tmp_path)
    assert "No post in this period was judged negative" in page.words
    assert page.rows("net_over_time")[1:] == [
        ["Sun 22 Nov 2026, 10:00\u201311:00", "+100.0%", "1"],
        ["Sun 22 Nov 2026, 11:00\u201312:00", "\u2013", "0"],
    ]
    assert "1 mention, all in Sun 22 Nov 2026, 10:00\u201311:00." in page.words
    assert "1 mention; none of them is negative." in page.words


def test_many_brands_are_counted_and_all_of_them_named(tmp_path: Path, empty_index: Index) -> None:
    mentions = []
    for number in range(24):
        enriched = seed(str(number), NOW - timedelta(hours=1 + number), Label.neutral, "hello")
        match = enriched.matches[0].model_copy(update={"brand": f"Brand {number:02}"})
        mentions.append(enriched.model_copy(update={"matches": (match,)}))
    page = reported(empty_index, mentions, tmp_path)
    assert "Brand 00 , Brand 01 , Brand 02 , Brand 03 , Brand 04 , Brand 05 and 18 more" in page.words
    assert "Mentions of each of the 24 brands" in page.words
    named = [row for row in page.rows("coverage") if row[0].startswith("Brand ")]
    assert named == [[f"Brand {number:02}", "1"] for number in range(24)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mekara Fiber", "Mekara Fiber"),
        ("#SERVICEDOWNAGAINTODAY", "#SERVICEDOWN\u2026"),
        ("เน็ตบ้านเมคาราไฟเบอร์", "เน็ตบ้านเมคาราไฟเบอร์"),
        ("a name of many words that goes on", "a name of many wo\u2026"),
        ("M" * 30, "M" * 9 + "\u2026"),
    ],
)
def test_a_name_is_cut_to_the_room_beside_its_bar(name: str, shown: str) -> None:
    assert short(name) == shown


def test_a_link_is_followed_and_what_is_no_file_is_left_alone(tmp_path: Path, empty_index: Index) -> None:
    link, target, folder = tmp_path / "link.html", tmp_path / "page.html", tmp_path / "folder"
    target.touch()
    link.symlink_to(target)
    write_report(empty_index.search, link, BOARD, now=NOW)
    assert link.is_symlink()
    assert "Social care overview" in target.read_text(encoding="utf-8")
    folder.mkdir()
    with pytest.raises(Misconfigured, match="not a file"):
        write_report(empty_index.search, folder, BOARD, now=NOW)


def test_an_earlier_report_survives_a_failure(tmp_path: Path, empty_index: Index) -> None:
    def away(body: object) -> dict[str, object]:
        raise Retryable("the index is away")

    path = tmp_path / "r.html"
    path.write_text("earlier", encoding="utf-8")
    with pytest.raises(Retryable):
        write_report(away, path, BOARD, now=NOW)
    assert path.read_text(encoding="utf-8") == "earlier"
    with pytest.raises(Misconfigured, match="cannot be written"):
        write_report(empty_index.search, tmp_path / "no" / "such" / "r.html", BOARD, now=NOW)
    assert [each.name for each in tmp_path.glob("*r.html*")] == ["r.html"]


def test_text_that_no_page_can_show_is_left_out() -> None:
    assert readable("a\x00b\ud800c\nd\u0e01") == "abc\nd\u0e01"
    assert readable(None) == ""


def _contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours `#rrggbb`, 1..21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
