"""Elasticsearch that stops, fills up or is something else: one clear line; the next try loses and doubles nothing."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from hubbub.core.errors import Fatal, Misconfigured, Retryable
from hubbub.core.ports import Batch
from hubbub.core.records import RecordKind
from hubbub.index.elastic import bulk
from hubbub.index.elastic.index import ElasticIndex
from hubbub.index.elastic.mentions import CHUNK
from tests.elasticsearch_node import Node, empty
from tests.index.elastic_posts import post

MONTH = "mentions-2026.09"


@pytest.fixture
def index(secured_elasticsearch: Node) -> Iterator[ElasticIndex]:
    with secured_elasticsearch.client() as client:
        empty(client)
    index = ElasticIndex(secured_elasticsearch.url.replace("http://", "http://admin:hubbub-test@"))
    index.prepare()
    yield index
    index.close()


def test_killed_in_the_middle_of_a_bulk(secured_elasticsearch: Node, index: ElasticIndex) -> None:
    first = Batch("posts", [post(n) for n in range(100)], cursor={"page": 1})
    second = Batch("posts", [post(n) for n in range(100, 4000)], cursor={"page": 2})
    index.store(first)
    with ThreadPoolExecutor() as pool, secured_elasticsearch.client() as client:
        storing = pool.submit(index.store, second)
        in_the_second_request = f"forum:{100 + CHUNK}"
        while not client.options(ignore_status=404).get(index=MONTH, id=in_the_second_request).get("found"):
            assert not storing.done()
        secured_elasticsearch.kill()
        with pytest.raises(Retryable, match="cannot be reached") as caught:
            storing.result()
    assert "hubbub-test" not in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(Retryable, match=r"cannot be reached \(Connection refused\)"):
        index.store(second)

    secured_elasticsearch.start()
    index.refresh()
    assert 100 + CHUNK <= count(index) < 4000
    assert index.state.get(RecordKind.cursor, "posts").body == {"page": 1}
    again = index.store(first)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 100)
    rest = index.store(second)
    assert rest.new + rest.unchanged == 3900
    index.refresh()
    assert count(index) == 4000
    assert index.state.get(RecordKind.cursor, "posts").body == {"page": 2}


@pytest.mark.parametrize(
    ("block", "error", "line"),
    [("read_only_allow_delete", Retryable, "free disk space"), ("write", Fatal, "lift the block")],
)
def test_an_index_that_takes_no_more(
    secured_elasticsearch: Node,
    index: ElasticIndex,
    monkeypatch: pytest.MonkeyPatch,
    block: str,
    error: type[Exception],
    line: str,
) -> None:
    monkeypatch.setattr(bulk, "FIRST_PAUSE", 0.01)
    index.store(Batch("posts", [post(1)], cursor={"page": 1}))
    batch = Batch("posts", [post(1, "now later", seen=5), post(2)], cursor={"page": 2})
    with secured_elasticsearch.client() as client:
        client.indices.put_settings(index=MONTH, settings={f"index.blocks.{block}": True})
        with pytest.raises(error, match=line) as caught:
            index.store(batch)
        assert "\n" not in str(caught.value)
        assert index.state.get(RecordKind.cursor, "posts").body == {"page": 1}
        assert index.state.list(RecordKind.dead_letter) == []

        client.indices.put_settings(index=MONTH, settings={f"index.blocks.{block}": None})
    stored = index.store(batch)
    assert (stored.new, stored.updated) == (1, 1)
    assert index.state.get(RecordKind.cursor, "posts").body == {"page": 2}


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "line"),
    [
        (200, {"Content-Type": "text/html"}, "<h1>It works</h1>", Fatal, "not Elasticsearch"),
        (404, {"Content-Type": "text/html"}, "<h1>No</h1>", Fatal, "not Elasticsearch"),
        (200, {"Content-Type": "application/json"}, "{", Fatal, "does not speak like Elasticsearch"),
        (200, {"Content-Type": "application/json"}, '{"version": {"number": "2.19.0"}}', Fatal, "not Elasticsearch"),
        (
            200,
            {"Content-Type": "application/json", "X-elastic-product": "Elasticsearch"},
            json.dumps({"version": {"number": "7.17.29"}}),
            Fatal,
            "leads to a 7.17.29",
        ),
        (403, {"Content-Type": "application/json"}, '{"error": {"type": "security_exception"}}', Fatal, "too weak"),
        (503, {"Content-Type": "text/plain"}, "later", Retryable, "busy"),
    ],
)
def test_something_else_answers(
    status: int, headers: dict[str, str], body: str, error: type[Exception], line: str
) -> None:
    with answering(status, headers, body) as url, pytest.raises(error, match=line) as caught:
        ElasticIndex(url).prepare()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:9200", "http://", "http://host:port", "ftp://host:21", "http://host:70000"])
def test_what_cannot_be_an_address(url: str) -> None:
    with pytest.raises(Misconfigured, match="HUBBUB_INDEX__URL"):
        ElasticIndex(url)


def test_nothing_is_logged_as_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Retryable):
        ElasticIndex("http://127.0.0.1:9").prepare()
    assert caplog.records == []


def count(index: ElasticIndex) -> int:
    total: int = index.search({"size": 0, "track_total_hits": True})["hits"]["total"]["value"]
    return total


@contextmanager
def answering(status: int, headers: dict[str, str], body: str) -> Iterator[str]:
    """The address of a server that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
