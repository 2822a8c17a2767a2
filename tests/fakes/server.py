"""A local HTTP server on a free port, for the fakes: it can be told to fail, and remembers what it was asked.

A fake of a source says what `LocalServer` leaves open: `answer`, `environment`, `keys`, `add` and `sample`.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Answer:
    """What the server says to one request.

    Attributes:
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
        keys: the environment variables that a collector cannot do without, most of them secrets.
        many: so many posts take three pages or more.
        faults: answers given instead of the true ones, first in first out; None is the true one.
        requests: everything asked so far.
        answers: the true answers given so far to what a fault could have met.
    """

    keys: ClassVar[tuple[str, ...]] = ()
    many: ClassVar[int] = 301

    def __init__(self) -> None:
        self.faults: deque[Answer | None] = deque()
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._handle))
        self._http.daemon_threads = True
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, request: Request) -> Answer:
        """The true answer; each fake has its own."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """The variables that lead the collector here."""
        raise NotImplementedError

    def secrets(self) -> list[str]:
        """What no message, error or log may hold."""
        return [self.environment()[name] for name in self.keys]

    def add(self, texts: Iterable[str]) -> None:
        """Puts new posts with these texts here, the oldest first, all of them posted before noon of 2026-11-22."""
        raise NotImplementedError

    def sample(self) -> dict[str, Any]:
        """One good record as `fetch` yields it: of noon of 2026-11-22, with the text `Acme 1`, an address and likes."""
        raise NotImplementedError

    def fails(self, request: Request) -> bool:
        """Whether a waiting fault is meant for this request."""
        return True

    def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        if not self.fails(request):
            return self.answer(request)
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            return fault
        self.answers.append(self.answer(request))
        return self.answers[-1]

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
