"""What every collector promises, as a class of tests that the tests of a source inherit:

    class TestContract(OnlineContract):
        collector = forum
        options = "boards: [acme]"
        fake = FakeForum

The collector is the real one with its real client; the fake is what it finds on the other side, on loopback or on disk.
"""

import json
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar, Protocol, Self

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubbub.core.clean import clean_text
from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable, Skippable
from hubbub.core.mention import Mention
from hubbub.core.ports import Collector, Cursor, Query
from tests.fakes.server import Answer, LocalServer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(handles=("@acme",), hashtags=("#acme",), phrases=("acme", "acme phone"))
HOSTILE_TEXTS = (
    "Acme <script>alert(1)</script>",
    "Acme <!channel> <https://evil.example|Fix>",
    "  Acme,  with \t blanks \u00a0 and \r\n line breaks\u2028",
    "Acme \"said\", 'so'; and\\more `$(rm)` {{x}} %s",
    "Acme 😡🇹🇭 👩\u200d👩\u200d👧 ร้านนี้แย่มาก tệ quá",
    "Acme \u202etxt.exe",
    "Acme \0 nul",
    "Acme \ud83d half",
    "Acme " + "x" * 100_000,
)

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
            "😡 👩\u200d👩\u200d👧",
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
    st.dictionaries(
        st.sampled_from(["id", "text", "type", "username", "a name with spaces", "😈", ""]),
        st.none() | st.text(max_size=3),
        max_size=3,
    ),
)
JSON = st.recursive(
    HOSTILE,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
)
MANY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # each source inherits the test
    ],
)


class OtherSide(Protocol):
    """What a collector finds: a server, a file.

    Attributes:
        many: so many posts take three pages or more.
    """

    many: int

    def environment(self) -> dict[str, str]:
        """The variables that lead the collector here."""
        ...

    def add(self, texts: Iterable[str]) -> None:
        """Puts new posts with these texts there, the oldest first, all of them posted before `NOW`."""
        ...

    def sample(self) -> dict[str, Any]:
        """One good record as `fetch` yields it: posted at `NOW`, with the text `Acme 1`, an address and likes."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...


class CollectorContract:
    """What every collector promises.

    Attributes:
        collector: the module `collectors/<name>.py`.
        options: of its entry in `sources:`, as `hubbub.yaml` says them, without name and collector.
        fake: the other side.
        anew: what changed there is fetched whole again.
        texts: hostile ones that the other side can hold.
    """

    collector: ClassVar[ModuleType]
    options: ClassVar[str] = ""
    fake: ClassVar[Callable[[], Any]]
    anew: ClassVar[bool] = False
    texts: ClassVar[tuple[str, ...]] = HOSTILE_TEXTS

    @pytest.fixture
    def other(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherSide]:
        with type(self).fake() as other:
            for name, value in other.environment().items():
                monkeypatch.setenv(name, value)
            yield other

    def open(self) -> Collector:
        entry = {"name": "a-source", "collector": self.collector.__name__.rpartition(".")[2]}
        options = self.collector.Options.model_validate(entry | (yaml.safe_load(self.options) or {}))
        opened: Collector = self.collector.Collector(options, lambda: NOW)
        return opened

    def test_fetches_everything_once(self, other: OtherSide) -> None:
        other.add(numbered(other.many))
        store = Store()
        assert store.fetch(self.open()) == other.many
        assert store.texts() == set(numbered(other.many))
        assert len(store.mentions) == other.many

    def test_goes_on_wherever_it_was_stopped(self, other: OtherSide) -> None:
        other.add(numbered(other.many))
        pages = len(list(self.open().fetch(QUERY, None)))
        assert pages >= 3
        for stop in range(1, pages + 1):
            store = Store()
            store.fetch(self.open(), pages=stop)
            store.fetch(self.open())
            assert store.texts() == set(numbered(other.many)), f"stopped behind page {stop}"
            assert len(store.mentions) == other.many

    def test_killed_before_a_page_s_cursor_was_kept_it_loses_nothing(self, other: OtherSide) -> None:
        other.add(numbered(other.many))
        pages = len(list(self.open().fetch(QUERY, None)))
        for stop in range(1, pages + 1):
            store = Store()
            store.fetch(self.open(), pages=stop, killed=True)
            store.fetch(self.open())
            assert store.texts() == set(numbered(other.many)), f"killed at page {stop}"
            assert len(store.mentions) == other.many

    def test_a_later_run_fetches_what_is_new_and_little_else(self, other: OtherSide) -> None:
        other.add(numbered(1200))
        store = Store()
        store.fetch(self.open())
        other.add(numbered(30, start=1200))
        fetched = store.fetch(self.open())
        assert store.texts() == set(numbered(1230))
        assert fetched < 1200 or self.anew

    def test_the_cursor_behind_the_last_page_stays_while_nothing_is_new(self, other: OtherSide) -> None:
        other.add(numbered(other.many))
        store = Store()
        store.fetch(self.open())
        cursor, mentions = store.cursor, dict(store.mentions)
        assert cursor is not None
        assert store.fetch(self.open()) < other.many
        assert (store.cursor, store.mentions) == (cursor, mentions)

    def test_an_empty_source_yields_no_records(self, other: OtherSide) -> None:
        other.add([])
        store = Store()
        assert store.fetch(self.open()) == 0
        other.add(["Acme 1"])
        assert store.fetch(self.open()) == 1

    @pytest.mark.parametrize("cursor", [{}, {"newest": 3}, {"records": "x", "bytes": []}, {"a": {"b": [None]}}])
    def test_a_cursor_that_cannot_be_understood_begins_anew(self, other: OtherSide, cursor: Cursor) -> None:
        other.add(numbered(3))
        store = Store()
        store.cursor = cursor
        assert store.fetch(self.open()) == 3

    def test_fetching_back_to_a_time_does_not_ask_the_cursor(self, other: OtherSide) -> None:
        other.add(numbered(other.many))
        first, back = Store(), Store()
        first.fetch(self.open())
        back.cursor = first.cursor
        back.fetch(self.open(), since=NOW - timedelta(days=3))
        assert back.mentions.keys() == first.mentions.keys()

    def test_a_record_becomes_a_whole_mention(self, other: OtherSide) -> None:
        mention = self.open().normalise(other.sample())
        assert mention.text == "Acme 1"
        assert mention.posted_at == NOW
        assert mention.url and mention.url.startswith("https://")
        assert mention.engagement.likes is not None
        assert mention.raw == other.sample()

    def test_hostile_text_stays_text(self, other: OtherSide) -> None:
        other.add(self.texts)
        collector = self.open()
        records = [record for page in collector.fetch(QUERY, None) for record in page.records]
        json.dumps(records, ensure_ascii=False, allow_nan=False).encode()  # as a store writes them
        mentions = [collector.normalise(record) for record in records]
        assert {mention.text for mention in mentions} == {clean_text(text) for text in self.texts}
        for mention in mentions:
            mention.model_dump_json().encode()

    def test_a_record_is_identified_as_the_mention_that_it_becomes(self, other: OtherSide) -> None:
        other.add(numbered(3))
        collector = self.open()
        fetched = [raw for page in collector.fetch(QUERY, None) for raw in page.records]
        assert len(fetched) == 3
        for raw in [*fetched, other.sample()]:
            check_identity(collector, raw, collector.normalise(raw))

    def test_a_probe_says_in_a_line_what_answered_and_moves_nothing(self, other: OtherSide) -> None:
        other.add(numbered(other.many))
        collector = self.open()
        said = collector.probe()
        assert said and "\n" not in said
        store = Store()
        assert store.fetch(collector) == other.many
        assert collector.probe() == said

    @pytest.mark.parametrize("thing", [None, "a text", "👾", 7, [], [{}], {"name with spaces": 1, "😈": {}, "": None}])
    def test_anything_is_identified_without_errors(self, other: OtherSide, thing: Any) -> None:
        self.open().identify(thing).model_dump_json().encode()

    @MANY
    @given(data=st.data())
    def test_a_hostile_record_is_a_mention_or_skipped(self, other: OtherSide, data: st.DataObject) -> None:
        check_normalise(self.open(), spoilt(data.draw, other.sample()))

    @MANY
    @given(data=st.data())
    def test_any_record_is_identified_as_far_as_it_can_be(self, other: OtherSide, data: st.DataObject) -> None:
        collector = self.open()
        raw = spoilt(data.draw, other.sample()) if data.draw(st.booleans()) else data.draw(JSON)
        collector.identify(raw).model_dump_json().encode()
        try:
            mention = collector.normalise(raw) if isinstance(raw, dict) else None
        except Skippable:
            return
        if mention is not None:
            check_identity(collector, raw, mention)


class OnlineContract(CollectorContract):
    """What a collector of a source behind a network promises besides.

    Attributes:
        fake: a `LocalServer`.
    """

    fake: ClassVar[type[LocalServer]]

    def test_opening_asks_nothing_and_logs_hold_no_secret(
        self, other: LocalServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        collector = self.open()
        assert other.requests == []
        with caplog.at_level(logging.DEBUG):
            list(collector.fetch(QUERY, None))
        assert other.requests and other.secrets()
        assert not any(secret in caplog.text for secret in other.secrets())

    def test_a_missing_variable_is_named(self, other: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in other.keys:
            for value in (None, ""):
                with monkeypatch.context() as patch:
                    patch.delenv(name) if value is None else patch.setenv(name, value)
                    with pytest.raises(Misconfigured, match=f"^{name} is not set"):
                        self.open()

    @pytest.mark.parametrize(
        ("answer", "kind", "wait", "says"),
        [
            (Answer(429, headers={"Retry-After": "7"}), Retryable, 7, "no quota"),
            (Answer(429, headers={"Retry-After": "Sun, 22 Nov 2026 12:01:30 GMT"}), Retryable, 90, "no quota"),
            (Answer(429, headers={"Retry-After": "soon"}), Retryable, None, "no quota"),
            (Answer(429), Retryable, None, "no quota"),
            (Answer(401), Fatal, None, "does not know our key|does not accept our key"),
            (Answer(402), Fatal, None, "credits"),
            (Answer(200, b'{"data": ['), Retryable, None, "cannot be read"),
            (Answer(200, b"<html>"), Retryable, None, "cannot be read"),
            (Answer(200, b"x" * 100, cut=50), Retryable, None, "cannot be reached"),
            (Answer(200, []), Retryable, None, "is not a"),
            (Answer(200, "a text"), Retryable, None, "is not a"),
        ],
    )
    def test_each_failure_says_how_to_recover(
        self,
        other: LocalServer,
        answer: Answer,
        kind: type[HubbubError],
        wait: float | None,
        says: str,
    ) -> None:
        other.add(numbered(3))
        other.faults.append(answer)
        with pytest.raises(kind, match=says) as raised:
            list(self.open().fetch(QUERY, None))
        assert type(raised.value) is not Misconfigured
        assert getattr(raised.value, "retry_after", None) == wait
        check_line(raised.value, other)
        if answer.status == 401:
            assert all(name in str(raised.value) for name in other.keys)

    def test_one_bad_moment_of_the_server_is_no_failure(self, other: LocalServer) -> None:
        other.add(["Acme 1"])
        other.faults.append(Answer(503))
        store = Store()
        assert store.fetch(self.open()) == 1

    def test_a_server_that_stays_in_trouble_can_be_tried_later(self, other: LocalServer) -> None:
        other.faults += [Answer(502)] * 3
        with pytest.raises(Retryable, match="in trouble"):
            list(self.open().fetch(QUERY, None))

    def test_nobody_at_the_address_can_be_tried_later(
        self, other: LocalServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            for name, value in other.environment().items():
                elsewhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
                monkeypatch.setenv(name, value.replace(other.url, elsewhere))
            with pytest.raises(Retryable, match="cannot be reached"):
                list(self.open().fetch(QUERY, None))

    @pytest.mark.parametrize("good", [1, 2])
    def test_a_quota_that_ends_in_the_middle_loses_nothing(self, other: LocalServer, good: int) -> None:
        other.add(numbered(other.many))
        other.faults += [None] * good + [Answer(429, headers={"Retry-After": "7"})]
        store = Store()
        with pytest.raises(Retryable, match="asks to wait 7 s"):
            store.fetch(self.open())
        assert 0 < len(store.mentions) < other.many
        store.fetch(self.open())
        assert store.texts() == set(numbered(other.many))

    def test_a_repeated_page_is_refused(self, other: LocalServer) -> None:
        other.add(numbered(other.many))
        other.faults += [first_answer(self.open(), other)] * 2
        with pytest.raises(Retryable, match="leads back to a page that was read already"):
            list(self.open().fetch(QUERY, None))

    @MANY
    @given(data=st.data())
    def test_a_hostile_answer_gives_pages_or_one_of_our_errors(self, other: LocalServer, data: st.DataObject) -> None:
        if not other.answers:
            other.add(numbered(3))
            list(self.open().fetch(QUERY, None))
        other.faults.clear()
        other.faults.append(Answer(body=spoilt(data.draw, other.answers[0].body)))
        collector = self.open()
        try:
            for page in collector.fetch(QUERY, None):
                for raw in page.records:
                    check_normalise(collector, raw)
                json.dumps([letter.model_dump(mode="json") for letter in page.dead], allow_nan=False).encode()
        except (Retryable, Fatal):
            pass

    @MANY
    @given(data=st.data())
    def test_a_hostile_answer_to_a_probe_is_a_line_or_one_of_our_errors(
        self, other: LocalServer, data: st.DataObject
    ) -> None:
        if not other.answers:
            other.add(numbered(3))
            self.open().probe()
        other.faults.append(Answer(body=spoilt(data.draw, other.answers[0].body)))
        try:
            assert "\n" not in self.open().probe()
        except (Retryable, Fatal) as error:
            check_line(error, other)
        finally:
            other.faults.clear()

    def test_a_probe_asks_once(self, other: LocalServer) -> None:
        other.add(numbered(3))
        self.open().probe()
        assert len(other.answers) == 1

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [(Answer(401), Fatal), (Answer(403), Fatal), (Answer(429), Retryable), (Answer(body=b"<html>"), Retryable)],
    )
    def test_a_probe_that_is_refused_raises_as_fetching_does(
        self, other: LocalServer, answer: Answer, kind: type[HubbubError]
    ) -> None:
        other.faults.append(answer)
        with pytest.raises(kind) as raised:
            self.open().probe()
        check_line(raised.value, other)


class Store:
    """What an index keeps of a run: mentions by id, and the cursor."""

    def __init__(self) -> None:
        self.mentions: dict[str, Mention] = {}
        self.cursor: Cursor | None = None

    def fetch(
        self, collector: Collector, *, pages: int | None = None, killed: bool = False, since: datetime | None = None
    ) -> int:
        """Fetches to the end, or stops behind a number of pages; returns how many records came.

        Args:
            killed: the last of these pages is stored, and its cursor is not.
        """
        fetched = 0
        for at, page in enumerate(collector.fetch(QUERY, self.cursor, since), start=1):
            self.mentions |= {mention.id: mention for mention in map(collector.normalise, page.records)}
            fetched += len(page.records)
            assert not page.dead
            if page.cursor is not None and not (killed and at == pages):
                self.cursor = json.loads(json.dumps(page.cursor))
            if at == pages:
                break
        return fetched

    def texts(self) -> set[str]:
        return {mention.text for mention in self.mentions.values()}


def numbered(count: int, start: int = 0) -> list[str]:
    return [f"Acme {n}" for n in range(start, start + count)]


def first_answer(collector: Collector, other: LocalServer) -> Answer:
    """The true answer to what a fetch asks first."""
    list(collector.fetch(QUERY, None))
    return other.answers[0]


def spoilt(draw: Callable[..., Any], value: Any) -> Any:
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


def check_normalise(collector: Collector, raw: dict[str, Any]) -> None:
    try:
        mention = collector.normalise(raw)
    except Skippable as error:
        assert "\n" not in str(error) and len(str(error)) < 500
    else:
        assert mention.posted_at.year in range(1970, 2028)
        mention.model_dump_json().encode()


def check_identity(collector: Collector, raw: dict[str, Any], mention: Mention) -> None:
    identity = collector.identify(raw)
    assert (identity.source, identity.native_id) == (mention.source, mention.native_id)
    if not mention.deleted:
        assert (identity.author_id, identity.author) == (mention.author.id, mention.author.name)


def check_line(error: HubbubError, other: LocalServer) -> None:
    assert "\n" not in str(error)
    assert not any(secret in str(error) for secret in other.secrets())


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
