"""A local HTTP server on a free port, for the fakes: it can be told to fail, and remembers what it was asked."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Answer:
    """Attributes:
    body: bytes as they are, anything else as JSON.
    cut: bytes of the body that are announced but not sent.
    """

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


class LocalServer:
    """Use it as a context manager; `url` is its address.

    Attributes:
        faults: answers given instead of the true ones, first in first out.
        requests: everything asked so far.
    """

    def __init__(self) -> None:
        self.faults: deque[Answer] = deque()
        self.requests: list[Request] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._handle))
        self._http.daemon_threads = True
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, request: Request) -> Answer:
        """The true answer; each fake has its own."""
        raise NotImplementedError

    def fails(self, request: Request) -> bool:
        """Whether a waiting fault is meant for this request."""
        return True

    def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.faults and self.fails(request):
            return self.faults.popleft()
        return self.answer(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(handle: Callable[[Request], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = urlsplit(self.path)
            asked = Request(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers))
            answer = handle(asked)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - answer.cut])
            self.close_connection = self.close_connection or answer.cut > 0

        do_GET = do_POST = respond  # noqa: N815 (http.server's own names)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Says nothing."""

    return Handler
