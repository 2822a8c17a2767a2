"""Parts on each index, empty at first, whose clock the test moves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from hubbub.core.settings import IndexSettings, Settings
from hubbub.flows.parts import Parts
from tests.elasticsearch_node import empty
from tests.index.made import NOW

CONFIG = """
brands: [{name: Acme, handles: ['@acme']}, {name: Lumo, handles: ['@lumo']}]
routing:
  - {brand: Lumo, team: lumo}
  - {platform: letters, team: paper}
"""


class Watch:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture(params=["embedded", "elasticsearch_8"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Of an empty index."""
    (tmp_path / "hubbub.yaml").write_text(CONFIG)
    url = "" if request.param == "embedded" else request.getfixturevalue(request.param)
    if url:
        with Elasticsearch(url) as client:
            empty(client)
    return Settings(home=tmp_path / "home", config=tmp_path / "hubbub.yaml", index=IndexSettings(url=url))


@pytest.fixture
def parts(settings: Settings, clock: Watch) -> Iterator[Parts]:
    parts = Parts(settings, clock)
    yield parts
    parts.index.close()
