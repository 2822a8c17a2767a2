"""The deployments of prefect.yaml on a real Prefect server, with a real worker."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.command import write_posts
from tests.fakes.server import Answer, Request
from tests.fakes.x import FakeX

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

    def __init__(self, folder: Path, config: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "HUBBUB_"))},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "DO_NOT_TRACK": "1",
            "HUBBUB_ROOT": str(ROOT),
            "HUBBUB_CONFIG": str(config),
            "HUBBUB_HOME": str(folder / "home"),
            **settings,
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

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log(arguments[0]).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", *arguments],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start("worker", "start", "--pool", "local", "--type", "process")

    def collect(self, *sources: str) -> str:
        """Asks for a run of the deployment and returns its id."""
        deployment = self.ask("deployments/name/collect/collect")["id"]
        chosen = {"sources": sources} if sources else {}
        return str(self.ask(f"deployments/{deployment}/create_flow_run", {"parameters": chosen})["id"])

    def state(self, run: str) -> str:
        return str(self.ask(f"flow_runs/{run}")["state_type"])

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

    def runs(self, flow: str, state: str, after: datetime | None = None) -> list[dict[str, Any]]:
        """Runs in that state, those that are known since `after`."""
        wanted: dict[str, Any] = {"state": {"type": {"any_": [state]}}}
        body = {"flows": {"name": {"any_": [flow]}}, "flow_runs": wanted}
        found: list[dict[str, Any]] = self.ask("flow_runs/filter", body)
        return [run for run in found if after is None or datetime.fromisoformat(run["created"]) >= after]

    def stop(self) -> None:
        for process in reversed(self.started):
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and everything that it started, in the middle of whatever they do."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.kill()
    for child in family:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


class UnpaidX(FakeX):
    """An X whose credits are used up."""

    def answer(self, request: Request) -> Answer:
        return Answer(402, {"title": "CreditsDepleted", "status": 402})


def said(place: str, texts: Sequence[str], ago: timedelta) -> list[dict[str, Any]]:
    at = (datetime.now(UTC) - ago).isoformat()
    return [{"native_id": f"{place}{n}", "text": text, "posted_at": at} for n, text in enumerate(texts)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with our deployments; of their four sources one is refused, and in another is an outcry."""
    folder = tmp_path_factory.mktemp("prefect")
    angry = [f"Kolibri lost my parcel {n} and nobody answers, I am furious, what a terrible service" for n in range(60)]
    write_posts(folder / "posts.ndjson", said("posts", [f"Kolibri parcel {n}" for n in range(12)], timedelta(days=3)))
    write_posts(folder / "calm.ndjson", said("calm", ["I love Kolibri, so friendly"] * 3, timedelta(minutes=9)))
    write_posts(folder / "angry.ndjson", said("angry", angry, timedelta(minutes=9)))
    files = [
        f"{{name: {name}, collector: file, path: {name}.ndjson, source: forum}}" for name in ("posts", "calm", "angry")
    ]
    config = folder / "hubbub.yaml"
    config.write_text(
        f"brands: [{{name: Kolibri}}]\nsources: [{', '.join(files)}, {{name: paid, collector: x}}]\n", encoding="utf-8"
    )
    with UnpaidX() as x:
        server = Server(folder, config, **x.environment())
        try:
            server.start("server", "start", "--host", "127.0.0.1", "--port", str(server.port))
            wait_for("the Prefect server", server.answers)
            server.prefect("work-pool", "create", "local", "--type", "process")
            server.prefect("--no-prompt", "deploy", "--all")
            yield server
        finally:
            server.stop()


@pytest.fixture
def worker(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    process = server.start_worker()
    yield process
    stop(process)


def test_every_deployment_has_a_schedule(server: Server) -> None:
    for flow in ("collect", "raise_alerts", "publish"):
        wait_for(f"scheduled runs of {flow}", lambda flow=flow: server.runs(flow, "SCHEDULED"))


def test_a_run_that_was_killed_while_it_was_pending_blocks_no_other(server: Server) -> None:
    first = server.start_worker()
    held = server.collect("posts")
    wait_for("a pending run", lambda: server.state(held) != "SCHEDULED")
    stop(first)
    assert server.state(held) == "PENDING"

    second = server.start_worker()
    try:
        later = server.collect("posts")
        wait_for("the end of a later run", lambda: server.state(later) not in ("SCHEDULED", "PENDING", "RUNNING"))
        assert server.state(later) == "COMPLETED"
        assert server.state(held) == "PENDING"
    finally:
        stop(second)
    artifacts = server.ask("artifacts/filter", {"artifacts": {"key": {"any_": ["collect"]}}, "sort": "CREATED_DESC"})
    table = json.loads(artifacts[0]["data"])
    assert [(row["source"], row["fetched"], row["new"]) for row in table] == [("posts", 12, 12)]


@pytest.mark.usefixtures("worker")
def test_one_broken_source_of_four_does_not_silence_an_alert_about_another(server: Server) -> None:
    asked = datetime.now(UTC)
    run = server.collect()
    wait_for("the end of collect", lambda: server.state(run) not in ("SCHEDULED", "PENDING", "RUNNING"))
    assert server.state(run) == "FAILED"
    assert "paid: X says that the paid credits are used up (402)" in server.ask(f"flow_runs/{run}")["state"]["message"]

    def followed() -> list[dict[str, Any]]:
        ended = server.runs("raise_alerts", "COMPLETED", after=asked)
        return [one for one in ended if one["created_by"]["type"] == "AUTOMATION"]

    wait_for("raise_alerts after it", followed)
    wait_for("the alert on the console", lambda: "ALERT Kolibri" in server.log("worker").read_text())
