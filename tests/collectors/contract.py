"""What every collector promises, as a class of tests that a source inherits (`OnlineContract` is in `online.py`):

    class TestContract(OnlineContract):
        collector = forum
        options = "boards: [acme]"
        fake = FakeForum

The collector is the real one with its real client; the fake is what it finds on the other side, on loopback or on disk.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar, Protocol, Self

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.clean import clean_text
from hubbub.core.errors import Skippable
from hubbub.core.mention import Mention
from hubbub.core.ports import Collector, Cursor, Query
from tests.collectors.hostile import HOSTILE_TEXTS, JSON, MANY, spoilt

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUERY = Query(handles=("@acme",), hashtags=("#acme",), phrases=("acme", "acme phone"))


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
