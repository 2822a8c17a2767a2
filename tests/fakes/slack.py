"""A small Slack that speaks chat.postMessage, chat.update, chat.delete and conversations.history over HTTP, with the
faults of the real one."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "xoxb-not-a-real-token"
CHANNEL = "C0CARE"


@dataclass
class Fault:
    """What happens to one request instead of its answer.

    Attributes:
        stored: a message is taken all the same.
        status: of the answer; 0 drops the connection without one.
        error: Slack's error code; its answers have status 200.
    """

    status: int = 200
    error: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    stored: bool = False
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class FakeSlack:
    """A Slack with one channel, on this machine.

    Attributes:
        url: for `HUBBUB_SLACK__BASE_URL`.
        messages: what people see in the channel, oldest first.
        requests: method and arguments of every request.
        faults: by method; each is used once, first come first served.
        page: messages a page of the history at most.
        now: seconds since 1970, a second later with every message.
        before_storing, before_answering: called in a post's middle (a test kills the sender there).
    """

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    before_storing: Callable[[], None] = lambda: None
    before_answering: Callable[[], None] = lambda: None
    page: int = 200
    now: float = 2_000_000_000.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, deque()).extend(faults)

    def keys(self) -> list[str]:
        return [message["metadata"]["event_payload"]["key"] for message in self.messages]

    def asked(self, method: str) -> int:
        return sum(name == method for name, _ in self.requests)

    def fault(self, method: str) -> Fault | None:
        waiting = self.faults.get(method)
        return waiting.popleft() if waiting else None

    def store(self, arguments: dict[str, Any]) -> str:
        with self._lock:
            self.now += 1
            self.messages.append({**arguments, "ts": f"{self.now:.6f}"})
            return self.messages[-1]["ts"]

    def change(self, ts: str, arguments: dict[str, Any] | None) -> bool:
        """Puts new content into a message, or takes it away; False where it is not there."""
        with self._lock:
            at = next((at for at, message in enumerate(self.messages) if message["ts"] == ts), None)
            if at is None:
                return False
            if arguments is None:
                del self.messages[at]
            else:
                self.messages[at] = {**self.messages[at], **arguments}
            return True


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """A Slack on loopback for the length of the block."""
    slack = FakeSlack()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"slack": slack}))
    server.daemon_threads = True
    slack.url = f"http://127.0.0.1:{server.server_address[1]}/api/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    slack: FakeSlack

    def do_POST(self) -> None:
        method = self.path.removeprefix("/api/")
        arguments = self._arguments()
        self.slack.requests.append((method, arguments))
        fault = self.slack.fault(method)
        ts = None
        if method == "chat.postMessage" and (fault is None or fault.stored):
            self.slack.before_storing()
            if self._refusal(arguments) is None:
                ts = self.slack.store(arguments)
            self.slack.before_answering()
        if fault is not None:
            self._fail(fault)
            return
        refusal = self._refusal(arguments)
        if refusal:
            self._answer({"ok": False, "error": refusal})
        elif method == "chat.postMessage":
            self._answer({"ok": True, "channel": CHANNEL, "ts": ts})
        elif method in ("chat.update", "chat.delete"):
            ts = arguments["ts"]
            there = self.slack.change(ts, arguments if method == "chat.update" else None)
            self._answer(
                {"ok": True, "channel": CHANNEL, "ts": ts} if there else {"ok": False, "error": "message_not_found"}
            )
        elif method == "conversations.history":
            self._answer(self._history(arguments))
        else:
            self._answer({"ok": False, "error": "unknown_method"})

    def _arguments(self) -> dict[str, Any]:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.headers.get("Content-Type", "").startswith("application/json"):
            return json.loads(body)
        return dict(parse_qsl(body))

    def _refusal(self, arguments: dict[str, Any]) -> str | None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return "invalid_auth"
        if arguments.get("channel") != CHANNEL:
            return "channel_not_found"
        too_long = [block for block in arguments.get("blocks", ()) if _too_long(block)]
        if too_long or len(arguments.get("blocks", ())) > 50:
            return "invalid_blocks"
        if len(json.dumps(arguments.get("blocks", ()))) > 13_200 * 6:  # six characters for an escaped one
            return "msg_blocks_too_long"
        return None

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Newest first, a page at a time; metadata only where it is asked for."""
        oldest, skip = float(arguments.get("oldest", 0)), int(arguments.get("cursor", 0))
        limit = min(int(arguments.get("limit", 100)), self.slack.page)
        found = [message for message in reversed(self.slack.messages) if float(message["ts"]) > oldest]
        hidden = () if arguments.get("include_all_metadata") in ("1", "true", True) else ("metadata",)
        page = [{k: v for k, v in message.items() if k not in hidden} for message in found[skip : skip + limit]]
        following = str(skip + limit) if skip + limit < len(found) else ""
        return {
            "ok": True,
            "messages": page,
            "has_more": bool(following),
            "response_metadata": {"next_cursor": following},
        }

    def _fail(self, fault: Fault) -> None:
        if fault.status == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer({"ok": False, "error": fault.error, **fault.more}, fault)

    def _answer(self, answer: dict[str, Any], fault: Fault | None = None) -> None:
        body = (fault.body if fault and fault.body is not None else json.dumps(answer)).encode()
        try:
            self.send_response(fault.status if fault else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (fault.headers if fault else {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):  # the one who asked was killed
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def _too_long(block: dict[str, Any]) -> bool:
    if block["type"] == "rich_text":
        return not all(len(text["text"]) > 0 for section in block["elements"] for text in section["elements"])
    texts = [block["text"]] if "text" in block else block["elements"]
    limit = 150 if block["type"] == "header" else 3000
    return any(not 0 < len(text["text"]) <= limit for text in texts)
