"""Importing over HTTP, against a small local server that answers as Kibana does, or as it should not."""

import json
import os
import socket
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from hubbub.core.errors import Fatal, HubbubError, Misconfigured, Retryable
from hubbub.dashboards.boards import boards
from hubbub.dashboards.kibana.importing import import_dashboards
from hubbub.dashboards.kibana.saved_objects import compile_dashboards
from tests.dashboards.boards import PANELS

KEY = "c2VjcmV0LWlk:c2VjcmV0LWtleQ=="
OBJECTS = len(PANELS) + len(boards()) + 2  # and two data views


class FakeKibana(ThreadingHTTPServer):
    """Answers every request with `status`, `body` and `headers`, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.headers: dict[str, str] = {"kbn-name": "kibana"}
        self.body: Any = {"success": True, "successCount": OBJECTS, "successResults": []}
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeKibana

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, sent))
        told = self.server.body
        answer = told.encode() if isinstance(told, str) else json.dumps(told).encode()
        self.send_response(self.server.status)
        for name, value in {**self.server.headers, "content-length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def kibana() -> Iterator[FakeKibana]:
    server = FakeKibana()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_sends_the_objects_as_kibana_wants_them(kibana: FakeKibana) -> None:
    assert import_dashboards(kibana.url + "/", KEY) == OBJECTS
    [(path, headers, sent)] = kibana.asked
    assert path == "/api/saved_objects/_import?overwrite=true"
    assert headers["kbn-xsrf"] == "true"
    assert headers["authorization"] == f"ApiKey {KEY}"
    message = BytesParser(policy=HTTP).parsebytes(
        b"content-type: " + headers["content-type"].encode() + b"\r\n\r\n" + sent
    )
    assert message.get_content_type() == "multipart/form-data"
    [part] = message.iter_parts()
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename().endswith(".ndjson")
    assert part.get_payload(decode=True).decode() == compile_dashboards(boards())


def test_a_space_and_no_key(kibana: FakeKibana) -> None:
    import_dashboards(kibana.url + "/base", None, space="care team")
    [(path, headers, _)] = kibana.asked
    assert path == "/base/s/care%20team/api/saved_objects/_import?overwrite=true"
    assert "authorization" not in headers


REFUSED = {"statusCode": 401, "error": "Unauthorized", "message": "[security_exception]: unable to authenticate"}
CONFLICT = {
    "success": False,
    "successCount": 10,
    "errors": [{"type": "lens", "id": "hubbub-sources", "error": {"type": "missing_references"}}],
}


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "says"),
    [
        (401, REFUSED, {}, Fatal, "HUBBUB_KIBANA__API_KEY"),
        (403, {"statusCode": 403, "message": "Forbidden"}, {}, Fatal, "HUBBUB_KIBANA__API_KEY"),
        (200, CONFLICT, {}, Fatal, f"1 of {OBJECTS} objects; first lens hubbub-sources: missing_references"),
        (200, {"success": False}, {}, Fatal, f"did not import all of {OBJECTS}"),
        (200, {"success": True, "successCount": 3}, {}, Fatal, f"imported 3 of {OBJECTS}"),
        (200, {**CONFLICT, "success": True}, {}, Fatal, "missing_references"),
        (200, {**CONFLICT, "errors": ["odd"]}, {}, Fatal, f"did not import 1 of {OBJECTS}"),
        (400, {"statusCode": 400, "message": "Too new\nto import"}, {}, Fatal, "Too new to import"),
        (503, "Kibana server is not ready yet", {"retry-after": "30"}, Retryable, "starting or busy"),
        (429, "", {}, Retryable, "starting or busy"),
        (200, "<html>hello</html>", {}, Misconfigured, "HUBBUB_KIBANA__URL"),
        (200, '"success"', {}, Misconfigured, "HUBBUB_KIBANA__URL"),
        (200, {"tagline": "You Know, for Search"}, {}, Misconfigured, "not as Kibana"),
        (302, "", {"location": "/login"}, Misconfigured, "not as Kibana"),
        (404, "not found", {}, Misconfigured, "not as Kibana"),
    ],
)
def test_other_answers_are_one_clear_line(
    kibana: FakeKibana, status: int, body: Any, headers: dict[str, str], error: type[HubbubError], says: str
) -> None:
    kibana.status, kibana.body, kibana.headers = status, body, headers
    with pytest.raises(HubbubError) as raised:
        import_dashboards(kibana.url, KEY)
    assert type(raised.value) is error
    message = str(raised.value)
    assert says in message
    assert "\n" not in message
    assert len(message) < 400
    assert KEY not in message


def test_kibana_says_when_to_come_back(kibana: FakeKibana) -> None:
    kibana.status, kibana.body, kibana.headers = 503, "not ready", {"retry-after": "30"}
    with pytest.raises(Retryable) as raised:
        import_dashboards(kibana.url, KEY)
    assert raised.value.retry_after == 30


def test_nobody_there_can_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Retryable, match="HUBBUB_KIBANA__URL") as raised:
        import_dashboards(f"http://elastic:secret@127.0.0.1:{port}", KEY)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["", "localhost:5601", "http://x:port"])
def test_a_wrong_address_is_a_setting(url: str) -> None:
    with pytest.raises(Misconfigured, match="HUBBUB_KIBANA__URL"):
        import_dashboards(url, KEY)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ", "a\x00b"])
def test_an_impossible_key_is_a_setting_and_stays_secret(kibana: FakeKibana, key: str) -> None:
    with pytest.raises(Misconfigured, match="HUBBUB_KIBANA__API_KEY") as raised:
        import_dashboards(kibana.url, key)
    assert key not in str(raised.value)
    assert kibana.asked == []


@pytest.mark.skipif("KIBANA_URL" not in os.environ, reason="KIBANA_URL names no Kibana to import into")
def test_a_real_kibana_takes_it_twice() -> None:
    url, key = os.environ["KIBANA_URL"], os.environ.get("KIBANA_API_KEY")
    assert import_dashboards(url, key) == import_dashboards(url, key) == OBJECTS
    headers = {"Authorization": f"ApiKey {key}"} if key else {}
    found = httpx.get(f"{url.rstrip('/')}/api/saved_objects/dashboard/hubbub-social-care", headers=headers)
    assert found.json()["attributes"]["title"] == "Social care overview"
