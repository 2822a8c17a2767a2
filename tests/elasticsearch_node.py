"""A real Elasticsearch for the suites: one that is already there, else started by a script, else from Docker.

HUBBUB_TEST_ELASTICSEARCH_URL names one that is there; the tests delete everything of Hubbub's in it.
HUBBUB_TEST_ELASTICSEARCH_RUN names a script, called as `SCRIPT 8|9 PORT DATA [--security] [setting=value ...]`, that
runs a node in the foreground until SIGTERM.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from elasticsearch import ApiError, Elasticsearch, TransportError

IMAGES = {
    8: "docker.elastic.co/elasticsearch/elasticsearch:8.19.21",
    9: "docker.elastic.co/elasticsearch/elasticsearch:9.5.3",
}
LOGIN = ("admin", "hubbub-test")
START_SECONDS = 300
QUICK = "-XX:TieredStopAtLevel=1"  # a node of a few minutes does not earn back what full compilation takes
SETTING = (
    "cluster.info.update.interval=1h"  # or it lifts a test's read-only block within 30 seconds, having disk enough
)


class Node:
    """A node of the tests' own, on loopback, that lives no longer than the process that started it.

    Attributes:
        url: stays the same over `kill` and `start`, and so do the documents where the command keeps its data.
        login: name and password of somebody who may do everything; None where nobody is asked.
    """

    def __init__(
        self,
        command: list[str],
        port: int,
        log: Path,
        login: tuple[str, str] | None = None,
        at_death: int = signal.SIGKILL,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.login = login
        self._command = command
        self._log = log
        self._at_death = at_death
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env={**os.environ, "JDK_JAVA_OPTIONS": f"{QUICK} -XX:+UseSerialGC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=self._die_with_parent,
            )
        self._wait_until_it_answers(self._process)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it with SIGKILL, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def client(self) -> Elasticsearch:
        """A client that may do everything."""
        return Elasticsearch(self.url, basic_auth=self.login, max_retries=0, request_timeout=30)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        until = monotonic() + START_SECONDS
        with self.client() as client:
            while monotonic() < until:
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    if _is_up(client):
                        return
                else:
                    break
        self.kill()
        pytest.fail(f"Elasticsearch did not start; its last words: {self._log.read_text('utf-8', 'replace')[-600:]!r}")

    def _die_with_parent(self) -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, self._at_death)  # PR_SET_PDEATHSIG; kept over exec


@contextmanager
def shared_node(major: int, folder: Path) -> Iterator[str]:
    """The address of a node of that major version, without security, for tests that empty it before they use it."""
    given = os.environ.get("HUBBUB_TEST_ELASTICSEARCH_URL", "")
    if given and _major_of(given) == major:
        yield given
        return
    with _running(scripted_node(major, folder) or _docker_node(major, folder)) as node:
        yield node.url


@contextmanager
def private_node(folder: Path, *, major: int = 8, security: bool = False) -> Iterator[Node]:
    """A node that the test may kill and start again on the same documents."""
    with _running(scripted_node(major, folder, security=security)) as node:
        yield node


def scripted_node(major: int, folder: Path, *, security: bool = False) -> Node | None:
    script = os.environ.get("HUBBUB_TEST_ELASTICSEARCH_RUN", "")
    if not script:
        return None
    port = _free_port()
    command = [script, str(major), str(port), str(folder / "data"), *(["--security"] if security else []), SETTING]
    return Node(command, port, folder / "log", LOGIN if security else None)


def empty(client: Elasticsearch) -> None:
    """Deletes every mention, every event and all state, and the templates behind them."""
    for name in client.indices.get(index="mentions-*,hubbub-*", ignore_unavailable=True, expand_wildcards="all"):
        client.indices.delete(index=name)
    client.options(ignore_status=404).indices.delete_index_template(name="mentions")


def _docker_node(major: int, folder: Path) -> Node | None:
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True, timeout=60).returncode:
        return None
    port = _free_port()
    settings = {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "ES_JAVA_OPTS": f"-Xms512m -Xmx512m {QUICK}",
    }
    environment = [part for name, value in settings.items() for part in ("-e", f"{name}={value}")]
    command = ["docker", "run", "--rm", "-p", f"127.0.0.1:{port}:9200", *environment, IMAGES[major]]
    return Node(command, port, folder / "log", at_death=signal.SIGTERM)  # which docker hands on to the container


@contextmanager
def _running(node: Node | None) -> Iterator[Node]:
    if node is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("no Elasticsearch: set HUBBUB_TEST_ELASTICSEARCH_RUN to a script that starts one, or start Docker")
    try:
        node.start()
        yield node
    finally:
        node.stop()


def _major_of(url: str) -> int:
    with Elasticsearch(url, request_timeout=30) as client:
        try:
            return int(client.info()["version"]["number"].split(".")[0])
        except (TransportError, ApiError) as error:
            pytest.fail(f"HUBBUB_TEST_ELASTICSEARCH_URL does not answer: {error}")


def _is_up(client: Elasticsearch) -> bool:
    try:
        return client.cluster.health(wait_for_status="yellow", timeout="10s")["status"] in ("yellow", "green")
    except (TransportError, ApiError):
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
