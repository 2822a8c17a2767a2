from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from hubbub.core.ports import Batch, Index
from hubbub.index.elastic.index import ElasticIndex
from hubbub.index.embedded.index import EmbeddedIndex
from tests.dashboards.seeds import NOW, seeds, told
from tests.elasticsearch_node import empty


@pytest.fixture(scope="session")
def embedded_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    index = EmbeddedIndex(tmp_path_factory.mktemp("dashboards"), clock=lambda: NOW)
    yield _filled(index)
    index.close()


@pytest.fixture
def elastic_index(elasticsearch_8: str) -> Iterator[Index]:
    index = ElasticIndex(elasticsearch_8, clock=lambda: NOW)
    with Elasticsearch(elasticsearch_8) as client:
        empty(client)
        yield _filled(index)
        empty(client)
    index.close()


@pytest.fixture
def empty_index(tmp_path: Path) -> Iterator[Index]:
    index = EmbeddedIndex(tmp_path / "empty", clock=lambda: NOW)
    index.prepare()
    yield index
    index.close()


def _filled(index: Index) -> Index:
    index.prepare()
    mentions = seeds()
    stored = index.store(Batch(entry="seeds", mentions=mentions))
    assert not stored.refused
    facts = told(mentions)
    assert index.amend(list(facts), list(facts.values())) == len(facts)
    index.refresh()
    return index
