"""The index that a command is pointed to."""

import pytest
from elasticsearch import Elasticsearch

from tests.elasticsearch_node import empty


@pytest.fixture(params=["embedded", "elasticsearch_8"])
def address(request: pytest.FixtureRequest) -> str:
    """The address of an empty one; nothing for the embedded index, which lies in the command's own folder."""
    if request.param == "embedded":
        return ""
    url: str = request.getfixturevalue(request.param)
    with Elasticsearch(url) as client:
        empty(client)
    return url
