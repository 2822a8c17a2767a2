"""The X collector: tweepy itself against a local X."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from hubbub.collectors import x
from hubbub.collectors.x import Collector, Options
from hubbub.core.errors import Fatal, HubbubError, Retryable, Skippable
from hubbub.core.mention import Kind
from hubbub.core.ports import Page, Query
from tests.collectors.online import OnlineContract
from tests.fakes.server import Answer
from tests.fakes.x import NOON, FakeX, post, user

QUERY = Query(("@acme",), ("#acme",), ("acme", "acme phone"))


class TestContract(OnlineContract):
    collector = x
    fake = FakeX


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeX]:
    with FakeX() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        yield fake


def collector(**options: Any) -> Collector:
    return Collector(Options(name="x", collector="x", **options), lambda: NOON)


def read(cursor: Any = None, query: Query = QUERY) -> list[Page]:
    return list(collector().fetch(query, cursor))


def ids(pages: list[Page]) -> list[str]:
    return [record["tweet"]["id"] for page in pages for record in page.records]


def test_a_post_whole(fake: FakeX) -> None:
    fake.posts.append(post(5, text="@acme AT&amp;T &lt;3", referenced_tweets=[{"type": "replied_to", "id": "4"}]))
    [page] = read()
    mention = collector().normalise(page.records[0])
    assert mention.model_dump(mode="json", exclude={"raw"}) == {
        "source": "x",
        "native_id": "5",
        "kind": "reply",
        "channel": None,
        "posted_at": "2026-11-22T12:00:00Z",
        "observed_at": "2026-11-22T12:00:00Z",
        "url": "https://x.com/somebody/status/5",
        "title": None,
        "text": "@acme AT&T <3",
        "author": {"id": "7", "name": "somebody", "followers": 12, "is_brand": False},
        "engagement": {"likes": 4, "replies": 3, "shares": 2, "views": 100},
        "conversation_id": "5",
        "parent_id": "4",
        "brand": None,
        "deleted": False,
    }
    assert mention.raw == {"tweet": fake.posts[0], "author": fake.users[0]}


def test_a_long_post_is_read_to_its_end(fake: FakeX) -> None:
    raw = {"tweet": post(5, text="the start…", note_tweet={"text": "the start and the end"}), "author": user()}
    assert collector().normalise(raw).text == "the start and the end"


def test_a_post_whose_author_is_unknown_has_an_address(fake: FakeX) -> None:
    mention = collector().normalise({"tweet": post(5), "author": None})
    assert (mention.url, mention.author.id, mention.kind) == ("https://x.com/i/status/5", "7", Kind.post)


def test_the_search_holds_the_watch_list(fake: FakeX) -> None:
    read()
    assert fake.requests[0].params["query"] == ('(@acme OR from:acme OR #acme OR "acme" OR "acme phone") -is:retweet')
    list(collector(own_posts=False).fetch(Query(("@acme", "@acme.bsky.social"), ("#a-b",), ('say "hi"',)), None))
    assert fake.requests[1].params["query"] == '(@acme OR "#a-b" OR "say hi") -is:retweet'
    assert list(collector().fetch(Query(), None)) == []


def test_a_long_watch_list_takes_several_searches_each_with_its_place(fake: FakeX) -> None:
    phrases = tuple(f"product number {n:02d}" for n in range(60))
    fake.posts += [post(n + 1, text=f"about {phrase}") for n, phrase in enumerate(phrases)]
    pages = read(query=Query(phrases=phrases))
    asked = {request.params["query"] for request in fake.requests}
    assert len(asked) > 2 and max(map(len, asked)) <= 512
    assert sorted(ids(pages), key=int) == [str(n + 1) for n in range(60)]
    fake.posts.append(post(100, text="product number 00 again"))
    assert ids(read(pages[-1].cursor, Query(phrases=phrases))) == ["100"]


def test_the_place_moves_with_the_last_page_alone(fake: FakeX) -> None:
    fake.posts += [post(n, text="acme") for n in range(1, 251)]
    pages = read()
    assert [len(page.records) for page in pages] == [100, 100, 50]
    assert [page.cursor is None for page in pages] == [True, True, False]
    [newest] = (pages[-1].cursor or {})["newest_id"].values()
    assert newest == "250"


def test_a_quiet_run_keeps_the_place(fake: FakeX) -> None:
    fake.posts.append(post(9, text="acme"))
    first = read()
    second = read(first[-1].cursor)
    assert ids(second) == [] and second[-1].cursor == first[-1].cursor


def test_a_place_older_than_seven_days_is_let_go(fake: FakeX) -> None:
    fake.posts.append(post(9, text="acme"))
    cursor = read()[-1].cursor
    fake.now = NOON + timedelta(days=9)
    fake.posts.append(post(20, text="acme", at=fake.now))
    pages = read(cursor)
    assert ids(pages) == ["20"]
    assert ids(read(pages[-1].cursor)) == []


def back_to(since: datetime, cursor: Any = None) -> list[str]:
    return ids(list(collector().fetch(QUERY, cursor, since=since)))


def test_reading_back_to_a_time_asks_for_what_is_newer(fake: FakeX) -> None:
    fake.posts += [post(n, text="acme", at=NOON - timedelta(days=6 - n)) for n in range(1, 6)]
    cursor = read()[-1].cursor
    assert back_to(NOON - timedelta(days=2, hours=1), cursor) == ["5", "4"]
    asked = fake.requests[-1].params
    assert asked["start_time"] == "2026-11-20T11:00:00Z" and "since_id" not in asked
    assert back_to(NOON + timedelta(days=1)) == []


def test_reading_back_goes_no_further_than_x_searches(fake: FakeX, caplog: pytest.LogCaptureFixture) -> None:
    fake.posts.append(post(9, text="acme", at=NOON - timedelta(days=6, hours=23)))
    assert back_to(NOON - timedelta(days=7)) == ["9"]
    assert not caplog.messages
    assert back_to(NOON - timedelta(days=30)) == ["9"]
    assert caplog.messages == [
        "X searches the last 7 days alone: what is older is not read, back to 2026-10-23 12:00 UTC"
    ]
    assert "start_time" not in fake.requests[-1].params


def test_a_probe_asks_what_costs_nothing(fake: FakeX) -> None:
    assert collector().probe() == "X knows our key: 43,435 posts read this month of 2,000,000"
    assert [request.path for request in fake.requests] == ["/2/usage/tweets"]
    fake.faults.append(Answer(body={"data": {"project_usage": "7"}}))
    assert collector().probe() == "X knows our key: 7 posts read this month"
    fake.faults.append(Answer(body={"errors": []}))
    with pytest.raises(Retryable, match="usage"):
        collector().probe()


def test_what_is_no_post_is_set_aside(fake: FakeX) -> None:
    fake.posts += [post(9, text="acme"), "nonsense", None, {"id": 5}, {"text": "acme", "id": "../../x"}]
    fake.users = ["nobody", {"id": 3}, {"id": "7", "username": "<b>"}]
    [page] = read()
    assert {str(letter.raw["tweet"]) for letter in page.dead} == {"nonsense", "None"}
    good, *bad = page.records
    assert collector().normalise(good).author.name is None
    for record in bad:
        with pytest.raises(Skippable):
            collector().normalise(record)


@pytest.mark.parametrize(
    ("answer", "kind", "wait", "says"),
    [
        (Answer(429, headers={"x-rate-limit-reset": str(int(NOON.timestamp()) + 60)}), Retryable, 60, "no quota"),
        (Answer(429, headers={"x-rate-limit-reset": "soon"}), Retryable, None, "no quota"),
        (Answer(403, {"detail": "no"}), Fatal, None, "HUBBUB_X__BEARER_TOKEN"),
        (Answer(404), Fatal, None, "has nothing at"),
        (Answer(400, {"errors": [{"message": "the-x-token"}]}), Fatal, None, "does not understand"),
        (Answer(200, []), Retryable, None, "not a page"),
        (Answer(200, {"data": "x"}), Retryable, None, "not a page"),
        (Answer(200, {"meta": {"next_token": 3}}), Retryable, None, "leads back"),
    ],
)
def test_each_failure_says_how_to_recover(
    fake: FakeX, answer: Answer, kind: type[HubbubError], wait: float | None, says: str
) -> None:
    fake.posts.append(post(9, text="acme"))
    fake.faults.append(answer)
    with pytest.raises(kind, match=says) as raised:
        read()
    assert getattr(raised.value, "retry_after", None) == wait
    assert "\n" not in str(raised.value) and "the-x-token" not in str(raised.value)
