"""`hubbub mentions`: who said what, behind every number."""

import json
from pathlib import Path

import pytest

from tests.command import assert_one_clear_line, hubbub, write_posts

PHONE, MAIL = "081-234-5678", "ann@example.com"
CONFIG = """
brands:
  - {name: Kolibri, handles: ['@kolibri']}
  - {name: Nimbus, competitor: true}
sources:
  - {name: board, collector: file, path: board.ndjson, source: forum}
  - {name: shop, collector: file, path: shop.ndjson, source: reviews}
timezone: Asia/Bangkok
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mentions")
    (folder / "hubbub.yaml").write_text(CONFIG, encoding="utf-8")
    at = {"posted_at": "2026-09-01T10:00:00Z"}
    board = [
        {"native_id": "1", "text": "Kolibri lost my parcel, terrible", "author_name": "ann", **at},
        {
            "native_id": "2",
            "text": "Kolibri ส่งช้ามาก โทร 081-234-5678 หรือ ann@example.com",
            "author_name": "สมชาย",
            **at,
        },
        {
            "native_id": "3",
            "text": "Nimbus is fine",
            "author_name": "jo@example.com",
            "author_id": "jo@example.com",
            **at,
        },
        {"native_id": "4", "text": "We are sorry, write to us", "author_name": "kolibri", **at},
    ]
    shop = [
        {"native_id": "9", "text": "Kolibri giao hàng rất nhanh, tuyệt vời", "posted_at": "2026-09-20T10:00:00Z"},
        {
            "native_id": "8",
            "text": "Kolibri",
            "title": "Broken\u202e box\x1b[31m",
            "author_id": "bob@example.com",
            "author_name": "bob@example.com",
            "posted_at": "2026-09-19T10:00:00Z",
        },
    ]
    write_posts(folder / "board.ndjson", board)
    write_posts(folder / "shop.ndjson", shop)
    done = hubbub("collect", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def ids(folder: Path, *arguments: str) -> list[str]:
    done = hubbub("mentions", "--json", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return [mention["id"] for mention in json.loads(done.stdout)]


def test_customers_about_our_brands_newest_first(folder: Path) -> None:
    assert ids(folder)[:2] == ["reviews:9", "reviews:8"]
    assert set(ids(folder)) == {"reviews:9", "reviews:8", "forum:1", "forum:2"}
    assert set(ids(folder, "--everyone")) == {"reviews:9", "reviews:8", "forum:1", "forum:2", "forum:3", "forum:4"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("--source board", {"forum:1", "forum:2"}),
        ("--platform reviews", {"reviews:9", "reviews:8"}),
        ("--brand Kolibri --label negative --source board", {"forum:1"}),
        ("--brand Nimbus --everyone", {"forum:3"}),
        ("--brand Nimbus", set()),
        ("--brand Nimbus --uncounted", {"forum:3"}),
        ("--uncounted", {"forum:3", "forum:4"}),
        ("--until 2026-09-02", {"forum:1", "forum:2"}),
        ("--since 2026-09-20T17:00", {"reviews:9"}),  # Bangkok's
        ("--since 2026-09-20T17:01", set()),
        ("--text parcel", {"forum:1"}),
        ("--text ช้า", {"forum:2"}),
        ("--text box", {"reviews:8"}),
        ("--language vi", {"reviews:9"}),
        ("--limit 1", {"reviews:9"}),
    ],
)
def test_each_way_to_ask(folder: Path, asked: str, found: set[str]) -> None:
    assert set(ids(folder, *asked.split())) == found


def test_a_person_reads_them_masked_and_in_the_teams_time(folder: Path) -> None:
    done = hubbub("mentions", "--source", "board", folder=folder)
    assert "2026-09-01 17:00 +07 · negative · @ann on forum · about Kolibri · forum:1\n  Kolibri lost" in done.stdout
    assert "ส่งช้ามาก" in done.stdout
    assert PHONE not in done.stdout
    assert MAIL not in done.stdout
    assert done.stdout.endswith("\n2 of 2 mentions\n")
    shown = hubbub("mentions", "--source", "board", "--unmasked", folder=folder).stdout
    assert PHONE in shown
    assert MAIL in shown


def test_json_is_masked_too_and_writes_thai_as_thai(folder: Path) -> None:
    done = hubbub("mentions", "--json", "--text", "ช้า", folder=folder)
    assert "ส่งช้ามาก" in done.stdout
    assert MAIL not in done.stdout
    assert MAIL in hubbub("mentions", "--json", "--unmasked", folder=folder).stdout


def test_an_author_known_by_an_address_is_masked(folder: Path) -> None:
    shown = hubbub("mentions", "--text", "box", folder=folder).stdout
    as_json = hubbub("mentions", "--text", "box", "--json", folder=folder).stdout
    assert "[e-mail] on reviews" in shown
    assert "bob@" not in shown + as_json
    assert as_json.count("[e-mail]") == 2
    assert "bob@example.com" in hubbub("mentions", "--text", "box", "--unmasked", folder=folder).stdout


def test_hostile_text_stays_text(folder: Path) -> None:
    shown = hubbub("mentions", "--text", "box", folder=folder).stdout
    assert "Broken box" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_an_author_is_masked_as_the_text_is(folder: Path) -> None:
    for json_too in ([], ["--json"]):
        asked = ["mentions", "--brand", "Nimbus", "--everyone", *json_too]
        assert "jo@example.com" not in hubbub(*asked, folder=folder).stdout
        assert "jo@example.com" in hubbub(*asked, "--unmasked", folder=folder).stdout


def test_json_holds_nothing_that_a_terminal_obeys(folder: Path) -> None:
    done = hubbub("mentions", "--json", "--text", "box", folder=folder)
    assert done.stdout.replace("\n", "").isprintable()
    assert json.loads(done.stdout)[0]["title"] == "Broken\u202e box\x1b[31m"
    assert "ส่งช้ามาก" in hubbub("mentions", "--json", folder=folder).stdout
    ascii_only = hubbub("mentions", "--json", folder=folder, PYTHONUTF8="0", PYTHONIOENCODING="ascii").stdout
    assert ascii_only.isascii()
    assert json.loads(ascii_only) == json.loads(hubbub("mentions", "--json", folder=folder).stdout)


def test_nothing_found_is_said(folder: Path) -> None:
    done = hubbub("mentions", "--text", "nowhere", folder=folder)
    assert (done.returncode, done.stdout) == (0, "no mentions\n")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("--since yesterday", "7d"),
        ("--label angry", "negative"),
        ("--limit 10001", "10000"),
        ("--brand kolibry", "no brand named 'kolibry'; it has: Kolibri, Nimbus"),
        ("--source boards", "no source named 'boards'; it has: board, shop"),
        ("--since 2d --until 7d", "--since is not before --until"),
    ],
)
def test_what_cannot_be_asked(folder: Path, asked: str, says: str) -> None:
    assert_one_clear_line(hubbub("mentions", *asked.split(), folder=folder), 2, says)
