"""What people read."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.alerts.message import write
from hubbub.core.alert import Evidence
from hubbub.core.text import harmless, link, masked, shortened
from tests.alerts.made import NOW, ZONE, broken, finding


def post(
    text: str = "down again", url: str | None = None, author: str | None = None, title: str | None = None
) -> Evidence:
    return Evidence(mention_id="x:1", title=title, text=text, url=url, source="x", author=author)


@pytest.mark.parametrize(
    ("usual", "said"), [(None, "not known yet"), (0.0, "0"), (0.04, "less than 0.1"), (2.46, "2.5"), (57.4, "57")]
)
def test_the_usual_count_is_said_as_far_as_it_is_known(usual: float | None, said: str) -> None:
    assert (
        write("k", [finding(usual=usual)], (), ZONE).title
        == f"Mekara: 57 negative mentions in one hour, usual is {said}"
    )


def test_at_most_five_posts_are_shown_the_first_ones() -> None:
    alert = write("k", [finding()], [post(str(number)) for number in range(9)], ZONE)
    assert [shown.text for shown in alert.evidence] == ["0", "1", "2", "3", "4"]


def test_a_message_holds_no_address_and_no_number_of_a_person() -> None:
    said = post("call +66 81 234 5678", "https://a.example/?m=a@b.co", "me@b.co", "To a@b.co")
    (shown,) = write("k", [finding()], [said], ZONE).evidence
    assert (shown.title, shown.text, shown.url, shown.author) == ("To [e-mail]", "call [number]", None, "[e-mail]")


def test_times_are_in_the_teams_zone() -> None:
    bangkok = ZoneInfo("Asia/Bangkok")
    assert write("k", [finding()], (), bangkok).summary.endswith("(89%), 2026-11-20 18:00 to 19:00 +07")
    assert write("k", [finding(330)], (), bangkok).summary.endswith("2026-11-20 23:30 to 2026-11-21 00:30 +07")


def test_a_broken_source_is_named_with_its_reason_and_never_called_calm() -> None:
    alert = write("k", [broken()], (), ZONE)
    assert alert.title == "reddit: broken source, its last 2 runs failed"
    assert alert.summary.splitlines() == [
        "No run has succeeded since 2026-11-20 11:00 UTC. What is said there meanwhile is not counted anywhere.",
        "The last run: HTTP 402",
    ]


def test_a_silent_source_is_told_with_its_longest_silence() -> None:
    quiet = broken().model_copy(
        update={
            "start": NOW - timedelta(hours=26),
            "numbers": {"longest_silence_hours": 5},
            "reason": None,
            "expected": 40.2,
        }
    )
    alert = write("k", [quiet], (), ZONE)
    assert alert.title == "reddit: stalled source, nothing new for 26 hours; its longest silence is 5 hours"
    assert alert.summary == (
        "No run has brought anything new since 2026-11-19 10:00 UTC; 40 usually do in that time. Silence is not calm."
    )


@pytest.mark.parametrize(
    "private",
    [
        "joe.bloggs+x@mail.example.co.uk",
        "+44 20 7946 0958",
        "(02) 123-4567-8",
        "0812345678",
        "๐๘๑๒๓๔๕๖๗๘",
        "090.123.45.67",
    ],
)
def test_addresses_and_numbers_are_masked(private: str) -> None:
    hidden = masked(f"write to {private}, please")
    assert hidden in ("write to [e-mail], please", "write to [number], please")


@pytest.mark.parametrize(
    "public", ["down since 2026-11-20 10:15", "paid 1,200,000 dong", "error 404", "@mekara #down", "50 000"]
)
def test_other_words_and_numbers_stay(public: str) -> None:
    assert masked(public) == public


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://", "http:///x", "//a.example", "https://a.example/\u202e", None]
)
def test_only_real_links_are_links(url: str | None) -> None:
    assert link(url) is None


def test_emoji_and_scripts_stay_whole() -> None:
    assert harmless("👩‍👩‍👧 ล่มอีกแล้ว\n\tmất mạng") == "👩‍👩‍👧 ล่มอีกแล้ว mất mạng"


@settings(deadline=None)
@given(st.text(), st.integers(1, 50))
def test_shortening_keeps_to_the_limit(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit
    assert shortened(text, max(len(text), 1)) == text


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=2000))
def test_any_text_can_be_shown(text: str) -> None:
    shown = harmless(text)
    shown.encode()
    assert shown == harmless(shown)
    assert "\n" not in shown
    masked(shown)
