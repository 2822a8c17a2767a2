"""Real Elasticsearch nodes for every suite. A node starts when the first test asks for it and ends with the session."""

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.elasticsearch_node import Node, private_node, shared_node

settings.register_profile("slow machines", deadline=None)
settings.load_profile("slow machines")


@pytest.fixture(scope="session")
def elasticsearch_8(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an Elasticsearch 8; what other tests left may be in it (`tests.elasticsearch_node.empty`)."""
    folder = tmp_path_factory.mktemp("elasticsearch-8")
    with shared_node(8, folder) as url:
        yield url
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def elasticsearch_9(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an Elasticsearch 9; what other tests left may be in it (`tests.elasticsearch_node.empty`)."""
    folder = tmp_path_factory.mktemp("elasticsearch-9")
    with shared_node(9, folder) as url:
        yield url
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def secured_elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """An Elasticsearch 8 that asks who is there."""
    folder = tmp_path_factory.mktemp("elasticsearch-secured")
    with private_node(folder, security=True) as node:
        yield node
    shutil.rmtree(folder)
