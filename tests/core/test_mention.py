"""A mention holds only what every store can hold."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.records import DeadLetter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
any_text = st.text(st.characters(exclude_categories=()), max_size=20)
any_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(any_text, inner, max_size=3)),
    max_leaves=8,
)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30), timezones=st.timezones())
counts = st.none() | st.integers(-(2**63), 2**63 - 1)


def mention(**fields) -> Mention:
    return Mention(**{"source": "x", "native_id": "1", "posted_at": NOW, "observed_at": NOW, "text": "hello", **fields})


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        Mention,
        source=st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,9}", fullmatch=True),
        native_id=st.text(st.characters(exclude_categories=()), min_size=1, max_size=100),
        kind=st.sampled_from(Kind),
        channel=st.none() | any_text,
        posted_at=moments,
        observed_at=moments,
        url=st.sampled_from([None, "https://forum.example/t/1?q=ü#2"]),
        title=st.none() | any_text,
        text=any_text,
        author=st.builds(Author, id=any_text, name=any_text, followers=st.none() | st.integers(0, 2**63 - 1)),
        engagement=st.builds(Engagement, likes=counts, views=counts),
        conversation_id=st.none() | any_text,
        brand=st.none() | any_text,
        raw=st.dictionaries(any_text, any_json, max_size=3),
    )
)
def test_json_carries_a_mention_whole(made):
    stored = made.model_dump_json()
    stored.encode("utf-8")
    assert "\\u0000" not in stored
    assert Mention.model_validate_json(stored) == made
    assert made.posted_at.tzinfo is UTC


@pytest.mark.parametrize("field", ["native_id", "channel", "title", "text", "conversation_id", "parent_id", "brand"])
def test_surrogates_and_nul_are_replaced(field):
    assert getattr(mention(**{field: "a\ud800\0"}), field) == "a\ufffd\ufffd"


def test_a_surrogate_pair_is_the_character_that_it_means():
    assert mention(text="\ud83d\ude00").text == "😀"


def test_raw_holds_json_only():
    raw = {"a\0": [float("nan"), float("inf"), -1.5, 2**63 - 1, 2**63, True, None], "when": NOW, "pair": (1, "\udfff")}
    assert mention(raw=raw).raw == {
        "a\ufffd": [None, None, -1.5, 2**63 - 1, str(2**63), True, None],
        "when": "2026-11-22 12:00:00+00:00",
        "pair": [1, "\ufffd"],
    }


def test_raw_without_end_is_cut():
    endless: dict = {}
    endless["again"] = endless
    kept = mention(raw=endless)
    assert Mention.model_validate_json(kept.model_dump_json()) == kept
    letter = DeadLetter.of("x", "normalise", "bad\n\ud800", {"a": "\ud800", "b": float("nan")}, NOW)
    assert DeadLetter.model_validate_json(letter.model_dump_json()) == letter


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//a.example",
        "http://",
        "ftp://a.example",
        "https://a b.example",
        "https://a.example/\n",
        "http://[1",
    ],
)
def test_only_web_addresses_are_links(url):
    with pytest.raises(ValidationError, match="address"):
        mention(url=url)


@pytest.mark.parametrize("url", ["http://a.example", "HTTPS://A.example/ü?q=1#x"])
def test_web_addresses_stay_as_they_are(url):
    assert mention(url=url).url == url


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22),
        "2026-11-22T10:00:00",
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(2100, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=12))),
    ],
)
@pytest.mark.parametrize("field", ["posted_at", "observed_at"])
def test_a_time_without_a_zone_or_out_of_our_time_is_refused(field, moment):
    with pytest.raises(ValidationError, match=field):
        mention(**{field: moment})


def test_times_are_kept_in_utc():
    assert mention(posted_at="2026-11-22T10:00:00+07:00").posted_at == datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"native_id": ""},
        {"native_id": "ก" * 200},
        {"source": "Not A Source"},
        {"text": "x" * 1_000_001},
        {"engagement": {"likes": 2**63}},
        {"author": {"followers": -1}},
    ],
)
def test_what_no_index_can_hold_is_refused(fields):
    with pytest.raises(ValidationError):
        mention(**fields)


def test_a_long_text_is_kept_whole():
    assert len(mention(text="ก" * 100_000).text) == 100_000
