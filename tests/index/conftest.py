"""`index`: every kind of index, empty and prepared, its clock at `NOW`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from elasticsearch import Elasticsearch

from hubbub.core.ports import Index
from hubbub.index.elastic.index import ElasticIndex
from hubbub.index.embedded.index import EmbeddedIndex
from tests.index.made import NOW

ELASTIC = {"elastic8": "elasticsearch_8", "elastic9": "elasticsearch_9"}
_LEFT = "mentions-*,hubbub-*"


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path / "home", clock=lambda: NOW)
    index.prepare()
    yield index
    index.close()


@pytest.fixture(params=["embedded", *ELASTIC])
def index(request: pytest.FixtureRequest) -> Iterator[Index]:
    if request.param == "embedded":
        yield request.getfixturevalue("embedded")
        return
    index = _elastic(request.getfixturevalue(ELASTIC[request.param]))
    yield index
    index.close()


@pytest.fixture(params=["embedded", *ELASTIC])
def at_times(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[datetime], Index]]:
    """Opens one index, empty at first, as often as it is called, the clock at that time."""
    url = "" if request.param == "embedded" else request.getfixturevalue(ELASTIC[request.param])
    if url:
        _elastic(url).close()
    with ExitStack() as stack:

        def at(moment: datetime) -> Index:
            index: Index = (
                ElasticIndex(url, clock=lambda: moment)
                if url
                else EmbeddedIndex(tmp_path / "home", clock=lambda: moment)
            )
            stack.callback(index.close)
            return index

        yield at


@pytest.fixture
def open_again(at_times: Callable[[datetime], Index]) -> Callable[[], Index]:
    """Opens one index, empty at first, as often as it is called, as another process would."""
    return lambda: at_times(NOW)


@pytest.fixture(scope="module", params=["embedded", *ELASTIC])
def shared_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """One that all tests of a module read, and only the module's own fixture fills."""
    index: Index
    if request.param == "embedded":
        index = EmbeddedIndex(tmp_path_factory.mktemp("shared"), clock=lambda: NOW)
    else:
        index = _elastic(request.getfixturevalue(ELASTIC[request.param]))
    yield index
    index.close()


@pytest.fixture(params=ELASTIC)
def fresh_pair(request: pytest.FixtureRequest) -> Iterator[Callable[[], tuple[Index, Index]]]:
    """Makes an empty embedded index and an empty Elasticsearch."""
    url = request.getfixturevalue(ELASTIC[request.param])
    with ExitStack() as stack:

        def make() -> tuple[Index, Index]:
            stack.close()
            home = stack.enter_context(TemporaryDirectory())
            pair = (EmbeddedIndex(Path(home), clock=lambda: NOW), _elastic(url))
            for index in pair:
                stack.callback(index.close)
            return pair

        yield make


def _elastic(url: str) -> ElasticIndex:
    with Elasticsearch(url, request_timeout=60) as client:
        for name in client.indices.get(index=_LEFT, ignore_unavailable=True, expand_wildcards="all"):
            client.indices.delete(index=name)
    index = ElasticIndex(url=url, api_key=None, clock=lambda: NOW)
    index.prepare()
    return index
