"""The deployments of prefect.yaml on a real Prefect server, with a real worker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 150


def wait_for(what: str, probe: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (value := probe()):
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.5)
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A Prefect server in a folder of its own, and what it answers."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}/api"
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "HUBBUB_"))},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "HUBBUB_ROOT": str(ROOT),
            "HUBBUB_CONFIG": str(config),
            "HUBBUB_HOME": str(folder / "home"),
        }

    def prefect(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *arguments: str) -> None:
        with (self.folder / f"{arguments[0]}.log").open("wb") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "prefect", *arguments],
                    env=self.environment,
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def answers(self) -> bool:
        try:
            return bool(self.ask("health"))
        except OSError:
            return False

    def runs(self, flow: str, state: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(
            "flow_runs/filter",
            {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"any_": [state]}}}},
        )
        return found

    def stop(self) -> None:
        for process in reversed(self.started):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "posts.ndjson").write_text(
        "".join(
            json.dumps(
                {"native_id": str(n), "text": f"Kolibri lost my parcel {n}", "posted_at": "2026-11-01T10:00:00Z"}
            )
            + "\n"
            for n in range(12)
        )
    )
    config = tmp_path / "hubbub.yaml"
    config.write_text(
        "brands: [{name: Kolibri}]\nsources: [{name: posts, collector: file, path: posts.ndjson, source: forum}]\n"
    )
    server = Server(tmp_path, config)
    try:
        server.start("server", "start", "--host", "127.0.0.1", "--port", server.url.split(":")[2].split("/")[0])
        wait_for("the Prefect server", server.answers)
        yield server
    finally:
        server.stop()


def test_a_deployed_collect_runs_on_a_worker_and_raise_alerts_follows_it(server: Server) -> None:
    server.prefect("work-pool", "create", "local", "--type", "process")
    server.prefect("--no-prompt", "deploy", "--all")
    wait_for("scheduled runs of collect", lambda: server.runs("collect", "SCHEDULED"))
    wait_for("scheduled runs of publish", lambda: server.runs("publish", "SCHEDULED"))

    server.start("worker", "start", "--pool", "local", "--type", "process")
    server.prefect("deployment", "run", "collect/collect")
    wait_for("a completed collect", lambda: server.runs("collect", "COMPLETED"))
    followed = wait_for("raise_alerts after it", lambda: server.runs("raise_alerts", "COMPLETED"))

    assert followed[0]["created_by"]["type"] == "AUTOMATION"
    artifacts = server.ask("artifacts/filter", {"artifacts": {"key": {"any_": ["collect"]}}})
    table = json.loads(artifacts[0]["data"])
    assert table[0]["source"] == "posts"
    assert table[0]["fetched"] == table[0]["new"] == 12
