"""Parts on the embedded index, with a source that yields what it is told to."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.errors import HubbubError, Skippable
from hubbub.core.mention import Mention
from hubbub.core.ports import Collector, Cursor, Page, Query, Raw
from hubbub.core.records import Identity
from hubbub.core.settings import Settings, SourceEntry
from hubbub.flows.parts import Parts
from tests.command import write_config

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Source:
    """A collector. A record says how it is to be read: `bad` for what is no mention, `gone` for what was deleted.

    Attributes:
        pages: what it yields from the place `cursor["page"]` on; an error among them is raised.
        mended: whether it can read what is `bad` now.
        asked: cursor and `since` of every reading.
    """

    def __init__(self, local: bool = False) -> None:
        self.local = local
        self.pages: Sequence[Page | HubbubError] = ()
        self.mended = False
        self.asked: list[tuple[Cursor | None, datetime | None]] = []

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        self.asked.append((cursor, since))
        for page in self.pages[0 if cursor is None else cursor["page"] :]:
            if isinstance(page, HubbubError):
                raise page
            yield page

    def normalise(self, raw: Raw) -> Mention:
        if "bad" in raw and not self.mended:
            raise Skippable(raw["bad"])
        return Mention(
            source="forum",
            native_id=raw["id"],
            text="" if raw.get("gone") else raw.get("text", "Kolibri is late"),
            brand=raw.get("brand"),
            posted_at=NOW,
            observed_at=NOW,
            deleted=raw.get("gone", False),
            raw=raw,
        )

    def identify(self, raw: Raw) -> Identity:
        return Identity(source="forum", native_id=raw.get("id"))

    def probe(self) -> str:
        return "here"


class PartsOf(Parts):
    """Parts whose every entry of `sources:` is that source."""

    def __init__(self, settings: Settings, source: Collector) -> None:
        super().__init__(settings)
        self.source = source
        self.now = NOW
        self.clock = lambda: self.now

    def collector(self, entry: SourceEntry) -> Collector:
        return self.source

    @property
    def entry(self) -> SourceEntry:
        return self.entries()[0]


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def parts(tmp_path: Path, source: Source) -> Iterator[PartsOf]:
    parts = PartsOf(Settings(home=tmp_path / "home", config=write_config(tmp_path)), source)
    yield parts
    parts.index.close()


def page(*records: Raw, at: int | None = 1, **more: Any) -> Page:
    """A page behind which reading goes on at page number `at`."""
    return Page(records, None if at is None else {"page": at}, **more)


def posts(first: int, last: int, **more: Any) -> list[Raw]:
    return [{"id": str(n), **more} for n in range(first, last)]
