"""What every collector promises, on the real clients over HTTP and on real files."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubbub.collectors import file, reddit, x
from hubbub.core.errors import Fatal, Retryable, Skippable
from hubbub.core.mention import Mention
from hubbub.core.ports import Collector, Cursor, Query
from tests.fakes.reddit import FakeReddit, comment, submission
from tests.fakes.server import Answer, LocalServer
from tests.fakes.x import FakeX, post, user

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(handles=("@acme",), hashtags=("#acme",), phrases=("acme", "acme phone"))


@dataclass(frozen=True)
class Source:
    """Attributes:
    add: puts `count` new posts at the source, the n-th with a text that holds `Acme n`.
    sample: one good record, as `fetch` yields it.
    many: enough posts for three pages or more.
    anew: what changed is read whole again.
    """

    open: Callable[[], Collector]
    add: Callable[[int], None]
    sample: dict[str, Any]
    many: int
    anew: bool = False


@contextmanager
def a_file(folder: Path, suffix: str) -> Iterator[Source]:
    path = folder / f"export{suffix}"
    rows: list[dict[str, Any]] = []

    def add(count: int) -> None:
        start = len(rows)
        rows.extend(
            {"native_id": n, "text": f"Acme {n}", "posted_at": NOW.isoformat()} for n in range(start, start + count)
        )
        if suffix == ".ndjson":
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        elif suffix == ".csv":
            path.write_text("native_id,text,posted_at\n" + "".join(",".join(map(str, r.values())) + "\n" for r in rows))
        else:
            path.write_text(json.dumps(rows))

    options = file.Options(name="export", collector="file", path=path)
    sample = {
        "native_id": "1",
        "text": "Acme 1",
        "posted_at": NOW.isoformat(),
        "likes": 3,
        "url": "https://a.example/1",
    }
    yield Source(lambda: file.Collector(options, lambda: NOW), add, sample, 1101, anew=suffix == ".json")


@contextmanager
def a_reddit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    with FakeReddit() as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)

        def add(count: int) -> None:
            start = len(fake.submissions) + len(fake.comments)
            for n in range(start, start + count):
                at = (NOW - timedelta(hours=40) + timedelta(minutes=n)).timestamp()
                if n % 2:
                    fake.comments.append(comment(f"c{n}", at=at, text=f"Acme {n}"))
                else:
                    fake.submissions.append(submission(f"s{n}", at=at, text=f"Acme {n}"))

        options = reddit.Options(name="reddit", collector="reddit", subreddits=("acme",))
        yield Source(lambda: reddit.Collector(options, lambda: NOW), add, submission("abc", text="Acme 1"), 301)


@contextmanager
def an_x(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    with FakeX(now=NOW) as fake:
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)

        def add(count: int) -> None:
            fake.posts += [post(n + 1, text=f"Acme {n}") for n in range(len(fake.posts), len(fake.posts) + count)]

        options = x.Options(name="x", collector="x")
        sample = {"tweet": post(1, text="Acme 1"), "author": fake.users[0]}
        yield Source(lambda: x.Collector(options, lambda: NOW), add, sample, 301)


@pytest.fixture(params=["file.ndjson", "file.csv", "file.json", "reddit", "x"])
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    name, _, suffix = request.param.partition(".")
    if name == "file":
        opened = a_file(tmp_path, f".{suffix}")
    else:
        opened = a_reddit(monkeypatch) if name == "reddit" else an_x(monkeypatch)
    with opened as made:
        yield made


@dataclass(frozen=True)
class Online:
    """Attributes:
    body: a good answer of the source.
    """

    fake: LocalServer
    open: Callable[[], Collector]
    body: dict[str, Any]


@pytest.fixture(params=["reddit", "x"])
def online(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Online]:
    with FakeReddit() as a_reddit, FakeX() as an_x:
        for name, value in (a_reddit.environment() | an_x.environment()).items():
            monkeypatch.setenv(name, value)
        if request.param == "reddit":
            options = reddit.Options(name="r", collector="reddit", subreddits=("acme",))
            body = {"kind": "Listing", "data": {"children": [submission("a"), comment("b")], "after": None}}
            yield Online(a_reddit, lambda: reddit.Collector(options, lambda: NOW), body)
        else:
            users = {"users": [user()]}
            body = {"data": [post(1), post(2)], "includes": users, "meta": {"newest_id": "2", "result_count": 2}}
            yield Online(an_x, lambda: x.Collector(x.Options(name="x", collector="x"), lambda: NOW), body)


class Store:
    """What an index keeps of a run: mentions by id, and the cursor."""

    def __init__(self) -> None:
        self.mentions: dict[str, Mention] = {}
        self.cursor: Cursor | None = None

    def run(self, collector: Collector, pages: int | None = None) -> int:
        """Reads to the end, or stops behind a number of pages; returns the records read."""
        read = 0
        for at, page in enumerate(collector.fetch(QUERY, self.cursor), start=1):
            for raw in page.records:
                mention = collector.normalise(raw)
                self.mentions[mention.id] = mention
            read += len(page.records)
            assert not page.dead
            self.cursor = json.loads(json.dumps(page.cursor)) if page.cursor else self.cursor
            if at == pages:
                break
        return read

    def texts(self) -> set[str]:
        return {mention.text for mention in self.mentions.values()}


def test_reads_everything_once(source: Source) -> None:
    source.add(source.many)
    store = Store()
    assert store.run(source.open()) == source.many
    assert store.texts() == {f"Acme {n}" for n in range(source.many)}
    assert len(store.mentions) == source.many


def test_goes_on_wherever_the_reader_stopped(source: Source) -> None:
    source.add(source.many)
    pages = len(list(source.open().fetch(QUERY, None)))
    assert pages >= 3
    for stop in range(1, pages + 1):
        store = Store()
        store.run(source.open(), pages=stop)
        store.run(source.open())
        assert store.texts() == {f"Acme {n}" for n in range(source.many)}, f"stopped behind page {stop}"
        assert len(store.mentions) == source.many


def test_a_later_run_reads_what_is_new_and_little_else(source: Source) -> None:
    source.add(1200)
    store = Store()
    store.run(source.open())
    source.add(30)
    read = store.run(source.open())
    assert store.texts() == {f"Acme {n}" for n in range(1230)}
    assert read < 1200 or source.anew


def test_an_empty_source_yields_no_records(source: Source) -> None:
    source.add(0)
    store = Store()
    assert store.run(source.open()) == 0
    source.add(1)
    assert store.run(source.open()) == 1


def test_a_record_becomes_a_whole_mention(source: Source) -> None:
    mention = source.open().normalise(source.sample)
    assert mention.text == "Acme 1"
    assert mention.posted_at == NOW
    assert mention.url and mention.url.startswith("https://")
    assert mention.engagement.likes is not None
    assert mention.raw == source.sample


HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "<script>alert(1)</script>",
            "<!channel> <https://evil.example|Fix>",
            "\u202etxt.exe",
            "x" * 100_000,
            "javascript:alert(1)",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "t3_" + "z" * 300,
            -1e308,
            1e308,
        ]
    ),
    st.lists(st.none() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["id", "text", "type", "username"]), st.none() | st.text(max_size=3), max_size=3),
)


JSON = st.recursive(
    HOSTILE,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
)


def spoil(draw: Callable[..., Any], value: Any) -> Any:
    """A copy in which up to four fields are gone or hold something else."""
    value = deepcopy(value)
    for path in draw(st.lists(st.sampled_from(sorted(_paths(value), key=str)), min_size=1, max_size=4)):
        inner: Any = value
        for step in path[:-1]:
            inner = _within(inner, step)
        if isinstance(inner, dict) and draw(st.booleans()):
            inner.pop(path[-1], None)
        elif isinstance(inner, dict) or (_within(inner, path[-1]) is not None and isinstance(inner, list)):
            inner[path[-1]] = draw(HOSTILE)
    return value


def _within(value: Any, step: Any) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from _paths(inner, (*before, key))


MANY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@MANY
@given(data=st.data())
def test_a_hostile_record_is_a_mention_or_skipped(source: Source, data: st.DataObject) -> None:
    check_normalise(source.open(), spoil(data.draw, source.sample))


@MANY
@given(data=st.data())
def test_a_hostile_answer_gives_pages_or_one_of_our_errors(online: Online, data: st.DataObject) -> None:
    online.fake.faults.clear()
    online.fake.faults.append(Answer(body=spoil(data.draw, online.body)))
    collector = online.open()
    try:
        for page in collector.fetch(QUERY, None):
            for raw in page.records:
                check_normalise(collector, raw)
            json.dumps([letter.model_dump(mode="json") for letter in page.dead], allow_nan=False).encode()
    except (Retryable, Fatal):
        pass


def test_a_record_is_identified_as_the_mention_that_it_becomes(source: Source) -> None:
    source.add(3)
    collector = source.open()
    for page in collector.fetch(QUERY, None):
        for raw in page.records:
            mention, identity = collector.normalise(raw), collector.identify(raw)
            assert (identity.source, identity.native_id) == (mention.source, mention.native_id)
            assert (identity.author_id, identity.author) == (mention.author.id, mention.author.name)
    mention, identity = collector.normalise(source.sample), collector.identify(source.sample)
    assert (identity.author_id, identity.author) == (mention.author.id, mention.author.name)


@MANY
@given(data=st.data())
def test_any_record_is_identified_as_far_as_it_can_be(source: Source, data: st.DataObject) -> None:
    collector = source.open()
    raw = spoil(data.draw, source.sample) if data.draw(st.booleans()) else data.draw(JSON)
    identity = collector.identify(raw)
    identity.model_dump_json().encode()
    try:
        mention = collector.normalise(raw) if isinstance(raw, dict) else None
    except Skippable:
        return
    if mention is not None:
        assert (identity.source, identity.native_id) == (mention.source, mention.native_id)
        if not mention.deleted:
            assert (identity.author_id, identity.author) == (mention.author.id, mention.author.name)


def test_a_probe_says_in_a_line_what_answered_and_moves_nothing(source: Source) -> None:
    source.add(source.many)
    collector = source.open()
    said = collector.probe()
    assert said and "\n" not in said
    store = Store()
    assert store.run(collector) == source.many
    assert collector.probe() == said


def test_a_probe_asks_once(online: Online) -> None:
    online.open().probe()
    asked = [request.path for request in online.fake.requests if not request.path.endswith("/access_token")]
    assert asked in (["/r/acme/new/"], ["/2/usage/tweets"])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(Answer(401), Fatal), (Answer(403), Fatal), (Answer(429), Retryable), (Answer(body=b"<html>"), Retryable)],
)
def test_a_probe_that_is_refused_raises_as_reading_does(online: Online, answer: Answer, kind: type[Exception]) -> None:
    online.fake.faults.append(answer)
    with pytest.raises(kind) as raised:
        online.open().probe()
    assert (
        "\n" not in str(raised.value) and "secret" not in str(raised.value) and "the-x-token" not in str(raised.value)
    )


def test_reading_back_to_a_time_does_not_ask_the_cursor(source: Source) -> None:
    source.add(source.many)
    first = Store()
    first.run(source.open())
    back = Store()
    collector = source.open()
    for page in collector.fetch(QUERY, first.cursor, since=NOW - timedelta(days=3)):
        back.mentions |= {mention.id: mention for mention in map(collector.normalise, page.records)}
    assert back.mentions.keys() == first.mentions.keys()


def check_normalise(collector: Collector, raw: dict[str, Any]) -> None:
    try:
        mention = collector.normalise(raw)
    except Skippable as error:
        assert "\n" not in str(error) and len(str(error)) < 500
    else:
        assert mention.posted_at.year in range(1970, 2028)
        mention.model_dump_json().encode()
