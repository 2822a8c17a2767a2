"""`hubbub collect` killed anywhere, run again: nothing is missing, nothing is there twice, no process stays."""

import json
import random
import subprocess
from pathlib import Path

import psutil

from hubbub.core.ports import Index
from hubbub.core.settings import IndexSettings, Settings
from hubbub.flows.parts import open_index
from tests.command import hubbub, left_behind, start, write_config

KILLS = 20
A_RUN = 1100  # posts that arrive before each run: three pages


def post(number: int) -> dict[str, str]:
    return {
        "native_id": str(number),
        "text": f"Kolibri parcel {number % 40} came late again",
        "posted_at": f"2026-09-{1 + number % 30:02}T{number % 24:02}:{number % 60:02}:00Z",
    }


def stored(index: Index) -> dict[str, str]:
    """Message by mention id, and a proof that no id is there twice."""
    found: dict[str, str] = {}
    for day in range(1, 31):
        span = {"range": {"@timestamp": {"gte": f"2026-09-{day:02}T00:00:00Z", "lte": f"2026-09-{day:02}T23:59:59Z"}}}
        for hit in index.search({"query": span, "size": 5000, "_source": ["message"]})["hits"]["hits"]:
            assert hit["_id"] not in found
            found[hit["_id"]] = hit["_source"]["message"]
    return found


def test_killed_at_random_points_it_loses_nothing_and_doubles_nothing(tmp_path: Path, address: str) -> None:
    write_config(tmp_path)
    settings = {"HUBBUB_INDEX__URL": address, "HUBBUB_SENTIMENT__MODEL": "fast"}
    chance = random.Random(20261122)
    posts: list[dict[str, str]] = []
    kills = 0
    while kills < KILLS:
        arrived = [post(len(posts) + n) for n in range(A_RUN)]
        posts += arrived
        with (tmp_path / "posts.ndjson").open("a") as file:
            file.writelines(json.dumps(one) + "\n" for one in arrived)
        process = start("collect", folder=tmp_path, **settings)
        wait_until_it_reads(process, tmp_path / "posts.ndjson")
        try:
            process.wait(timeout=chance.uniform(0, 1.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
        assert not left_behind(tmp_path)

    done = hubbub("collect", folder=tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    index = open_index(Settings(home=tmp_path / "home", index=IndexSettings(url=address)))
    try:
        index.refresh()
        assert stored(index) == {f"forum:{one['native_id']}": one["text"] for one in posts}
        again = hubbub("collect", "--json", folder=tmp_path, **settings)
        assert json.loads(again.stdout)[0]["new"] == 0
    finally:
        index.close()


def test_a_flow_that_is_stopped_takes_its_prefect_server_with_it(tmp_path: Path) -> None:
    write_config(tmp_path)
    prefect = {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    process = start("collect", "--prefect", folder=tmp_path, **prefect)
    while not any(listens(child) for child in psutil.Process(process.pid).children()):
        assert process.poll() is None, "it ended before its server was up"
    process.terminate()
    assert process.wait(timeout=60) == 130
    assert not left_behind(tmp_path)


def wait_until_it_reads(process: subprocess.Popen[bytes], path: Path) -> None:
    """Until then nothing can be lost: a kill of what only loads its libraries would prove nothing."""
    while process.poll() is None:
        try:
            opened = psutil.Process(process.pid).open_files()
        except psutil.NoSuchProcess:
            return
        if any(file.path == str(path) for file in opened):
            return


def listens(process: psutil.Process) -> bool:
    try:
        return bool(process.net_connections())
    except psutil.NoSuchProcess:
        return False
