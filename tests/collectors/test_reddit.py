"""The Reddit collector: praw itself against a local Reddit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hubbub.collectors import reddit
from hubbub.collectors.reddit import Collector, Options
from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable, Skippable
from hubbub.core.mention import Author, Kind
from hubbub.core.ports import Page, Query
from tests.collectors.online import OnlineContract
from tests.fakes.reddit import NOON, FakeReddit, comment, submission
from tests.fakes.server import Answer

NOW = datetime.fromtimestamp(NOON, UTC)
QUERY = Query(("@acme",), ("#acme",), ("acme",))


class TestContract(OnlineContract):
    collector = reddit
    options = "subreddits: [acme]"
    fake = FakeReddit


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeReddit]:
    with FakeReddit() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def collector(now: datetime = NOW, **options: Any) -> Collector:
    return Collector(Options(**{"name": "r", "collector": "reddit", "subreddits": ["acme"], **options}), lambda: now)


def read(cursor: Any = None, now: datetime = NOW, query: Query = QUERY, **options: Any) -> list[Page]:
    return list(collector(now, **options).fetch(query, cursor))


def names(pages: list[Page]) -> list[str]:
    return [record["data"]["name"] for page in pages for record in page.records]


def test_a_submission_whole(fake: FakeReddit) -> None:
    fake.submissions.append(submission("abc", title="Acme is down", text="Since noon"))
    [page, _] = read()
    mention = collector().normalise(page.records[0])
    assert mention.model_dump(mode="json", exclude={"raw"}) == {
        "source": "reddit",
        "native_id": "t3_abc",
        "kind": "post",
        "channel": "acme",
        "posted_at": "2026-11-22T12:00:00Z",
        "observed_at": "2026-11-22T12:00:00Z",
        "url": "https://www.reddit.com/r/acme/comments/abc/a_title/",
        "title": "Acme is down",
        "text": "Since noon",
        "author": {"id": "t2_somebody", "name": "somebody", "followers": None, "is_brand": False},
        "engagement": {"likes": 5, "replies": 2, "shares": 1, "views": None},
        "conversation_id": "t3_abc",
        "parent_id": None,
        "brand": None,
        "deleted": False,
    }
    assert mention.raw == fake.submissions[0]


def test_a_comment_and_a_reply_know_their_thread(fake: FakeReddit) -> None:
    fake.comments += [comment("c1", on="t3_abc"), comment("c2", on="t1_c1", at=NOON - 1)]
    mentions = [collector().normalise(record) for page in read() for record in page.records]
    assert [(m.native_id, m.kind, m.conversation_id, m.parent_id) for m in mentions] == [
        ("t1_c1", Kind.comment, "t3_abc", "t3_abc"),
        ("t1_c2", Kind.reply, "t3_abc", "t1_c1"),
    ]
    assert mentions[0].engagement.likes == -3


@pytest.mark.parametrize(
    "gone",
    [
        submission("a", title="Wanda's title", text="[deleted]", author=None),
        submission("a", title="Wanda's title", text="[removed]"),
        submission("a", title="Wanda's title", text="Wanda wrote", removed_by_category="moderator"),
        comment("a", text="[removed]", author="Wanda"),
    ],
)
def test_of_a_deleted_post_only_id_and_time_stay(fake: FakeReddit, gone: dict[str, Any]) -> None:
    mention = collector().normalise(gone)
    assert mention.deleted and mention.posted_at == NOW
    assert "Wanda" not in mention.model_dump_json()


@pytest.mark.parametrize("author", [None, "[deleted]", 7])
def test_where_the_account_is_gone_the_text_stays_without_author(fake: FakeReddit, author: Any) -> None:
    mention = collector().normalise(comment("a", text="Still here", author=author))
    assert (mention.deleted, mention.text, mention.author) == (False, "Still here", Author())


def test_reading_and_mapping_ask_for_listings_alone(fake: FakeReddit) -> None:
    thin = {"kind": "t1", "data": {"id": "c1", "body": "thin", "created_utc": NOON}}
    fake.comments.append(thin)
    [_, page] = read()
    assert collector().normalise(page.records[0]).id == "reddit:t1_c1"
    assert [r.path for r in fake.requests] == ["/api/v1/access_token", "/r/acme/search/", "/r/acme/comments/"]


def test_without_subreddits_all_of_reddit_is_searched(fake: FakeReddit) -> None:
    fake.submissions.append(submission("a", title="Acme", subreddit="elsewhere"))
    fake.comments.append(comment("c"))
    assert names(read(subreddits=["all"])) == ["t3_a"]
    assert fake.requests[-1].params["restrict_sr"] == "false"


def test_reading_back_to_a_time_stops_there_and_does_not_ask_the_cursor(fake: FakeReddit) -> None:
    hours = range(0, 24 * 20, 2)
    fake.submissions += [submission(f"s{n}", title="Acme", at=NOON - n * 3600) for n in hours]
    cursor = read(comments=False)[-1].cursor
    reads = collector(comments=False)
    back = names(list(reads.fetch(QUERY, cursor, since=NOW - timedelta(days=10))))
    assert back == [f"t3_s{n}" for n in hours if n <= 240]
    assert names(list(reads.fetch(QUERY, cursor, since=NOW - timedelta(hours=3)))) == ["t3_s0", "t3_s2"]


def test_reading_back_past_reddit_s_limit_says_how_much_is_missing(fake: FakeReddit) -> None:
    fake.submissions += [submission(f"s{n}", title="Acme", at=NOON - n * 60) for n in range(2000)]
    pages = list(collector(comments=False).fetch(QUERY, None, since=NOW - timedelta(minutes=1999)))
    assert len(names(pages)) == 1000
    assert pages[-1].missed == pytest.approx(1000, rel=0.02)


def test_a_probe_reads_one_post_of_the_first_subreddit(fake: FakeReddit) -> None:
    assert collector().probe() == "Reddit lets us read r/acme (no post yet)"
    fake.submissions += [submission("a", at=NOON - 3600), submission("b", at=NOON)]
    assert collector().probe() == "Reddit lets us read r/acme (newest post 2026-11-22 12:00 UTC)"
    assert (fake.requests[-1].path, fake.requests[-1].params["limit"]) == ("/r/acme/new/", "1")
    fake.closed["acme"] = 404
    with pytest.raises(Misconfigured, match="no subreddit 'acme'"):
        collector().probe()


def test_a_long_watch_list_takes_several_searches(fake: FakeReddit) -> None:
    phrases = tuple(f"product number {n:02d}" for n in range(60))
    fake.submissions += [submission(f"s{n}", title=f"about {phrase}") for n, phrase in enumerate(phrases)]
    pages = read(query=Query(phrases=phrases), comments=False)
    asked = [r.params["q"] for r in fake.requests if "q" in r.params]
    assert len(asked) > 2 and max(map(len, asked)) <= 512
    assert set(names(pages)) == {f"t3_s{n}" for n in range(60)}
    with pytest.raises(Misconfigured, match="longer than the 512"):
        read(query=Query(phrases=("x" * 600,)))


def test_the_next_run_reads_from_the_newest_less_an_overlap(fake: FakeReddit) -> None:
    fake.comments += [comment(f"c{n}", at=NOON - 60 * n) for n in range(500)]
    cursor = read()[-1].cursor
    fake.comments.append(comment("late", at=NOON - 300))  # appears after its time
    fake.comments.append(comment("new", at=NOON + 60))
    asked = len(fake.requests)
    again = names(read(cursor, now=NOW + timedelta(minutes=5)))
    assert again[0] == "t1_new" and "t1_late" in again
    assert len(again) == 2 + 16  # and those of the 15 minutes before
    assert len(fake.requests) - asked == 3  # token, search, one page of comments


def test_a_date_in_the_future_does_not_move_the_place(fake: FakeReddit) -> None:
    fake.comments += [comment("c1"), comment("c2", at=4e9)]
    cursor = read()[-1].cursor
    fake.comments.append(comment("c3", at=NOON + 60))
    assert "t1_c3" in names(read(cursor, now=NOW + timedelta(hours=1)))


def test_the_first_run_goes_back_seven_days(fake: FakeReddit) -> None:
    fake.comments += [comment("c1", at=NOON - 6 * 86400), comment("c2", at=NOON - 8 * 86400)]
    assert names(read()) == ["t1_c1"]


def test_a_burst_beyond_the_limit_is_told(fake: FakeReddit) -> None:
    fake.comments.append(comment("old", at=NOON))
    first = read()
    assert first[-1].missed == 0
    fake.comments += [comment(f"c{n}", at=NOON + 2 * n) for n in range(1, 1501)]
    pages = read(first[-1].cursor, now=NOW + timedelta(seconds=3000))
    assert sum(len(page.records) for page in pages) == 1000
    assert pages[-1].missed == pytest.approx(500, abs=2)
    assert read(pages[-1].cursor, now=NOW + timedelta(seconds=3000))[-1].missed == 0


def test_what_is_no_thing_is_set_aside(fake: FakeReddit) -> None:
    fake.comments += [comment("c1"), "nonsense", None, {"kind": "more", "data": {}}, {"kind": "t1", "data": []}]
    [_, page] = read()
    assert [letter.raw for letter in page.dead] == [{"child": "nonsense"}, {"child": None}]
    assert len({letter.key for letter in page.dead}) == 2
    for record in page.records[1:]:
        with pytest.raises(Skippable):
            collector().normalise(record)


@pytest.mark.parametrize("permalink", ["javascript:alert(1)", "/r/a b", "/\n", "//evil.example/", None, 5])
def test_an_address_leads_to_reddit_or_nowhere(fake: FakeReddit, permalink: Any) -> None:
    url = collector().normalise(comment("c", permalink=permalink)).url
    assert url is None or url.startswith("https://www.reddit.com/")


@pytest.mark.parametrize(
    ("answer", "kind", "wait", "says"),
    [
        (Answer(429, headers={"x-ratelimit-reset": "33"}), Retryable, 33, "no quota"),
        (Answer(200, []), Retryable, None, "not a page of posts"),
        (Answer(200, {"data": {"children": 3}}), Retryable, None, "not a page of posts"),
        (Answer(200, {"data": {"children": [], "after": 3}}), Retryable, None, "leads back"),
        (Answer(200, {}, headers={"x-ratelimit-remaining": "many"}), Retryable, None, "cannot be read"),
        (Answer(400, {"reason": "BAD"}), Fatal, None, "refuses the request"),
    ],
)
def test_each_failure_says_how_to_recover(
    fake: FakeReddit, answer: Answer, kind: type[HubbubError], wait: float | None, says: str
) -> None:
    fake.comments += [comment(f"c{n}") for n in range(3)]
    fake.faults.append(answer)
    with pytest.raises(kind, match=says) as raised:
        read()
    assert type(raised.value) is not Misconfigured
    assert getattr(raised.value, "retry_after", None) == wait
    assert "\n" not in str(raised.value) and "the-reddit-secret" not in str(raised.value)


@pytest.mark.parametrize("status", [302, 404])
def test_a_subreddit_that_is_not_there_is_named(fake: FakeReddit, status: int) -> None:
    fake.closed["acmee"] = status
    with pytest.raises(Misconfigured, match="no subreddit 'acmee'"):
        read(subreddits=["acme", "acmee"])


def test_a_closed_subreddit_is_named(fake: FakeReddit) -> None:
    fake.closed["acme"] = 403
    with pytest.raises(Fatal, match="r/acme") as raised:
        read()
    assert "HUBBUB_REDDIT__CLIENT_ID" in str(raised.value)


def test_a_wrong_secret_says_which_variable(fake: FakeReddit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "fails", lambda request: True)
    fake.faults.append(Answer(401, {"message": "Unauthorized", "error": 401}))
    with pytest.raises(Fatal, match="HUBBUB_REDDIT__CLIENT_SECRET"):
        read()


@pytest.mark.parametrize("body", [{}, {"access_token": "t", "expires_in": "soon"}, b"not json"])
def test_a_token_that_cannot_be_read_can_be_tried_later(
    fake: FakeReddit, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    monkeypatch.setattr(fake, "fails", lambda request: True)
    fake.faults.append(Answer(body=body))
    with pytest.raises(Retryable, match="cannot be read"):
        read()


@pytest.mark.parametrize(
    "wrong", [{"subreddits": ["a b"]}, {"subreddits": []}, {"subreddits": ["all"], "comments": True}]
)
def test_wrong_options_are_refused(fake: FakeReddit, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"subreddits|comments"):
        collector(**wrong)
