"""`hubbub demo`, as a newcomer runs it, whatever their shell has set."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import left_behind


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Runs it twice in one folder, with a spoiled environment; the second run is looked at."""
    folder = tmp_path_factory.mktemp("a folder with spaces")
    spoiled = {
        **os.environ,
        "HUBBUB_HOME": str(folder / "home"),
        "HUBBUB_INDEX__URL": "http://127.0.0.1:9",
        "HUBBUB_SLACK__BOT_TOKEN": "xoxb-never-to-be-used",
        "HUBBUB_SLACK__BASE_URL": "http://127.0.0.1:9/api/",
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "PREFECT_HOME": "/nowhere",
        "PREFECT_PROFILE": "nobody",
    }
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "hubbub", "demo"],
            cwd=folder,
            env=spoiled,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_it_collects_every_source_by_the_flow(demo: tuple[Path, str]) -> None:
    _, said = demo
    rows = re.findall(r"^(\S+)\s+(\d+)\s+(\d+)\s+\d+", said, re.MULTILINE)
    assert len(rows) >= 4
    assert sum(int(fetched) for _, fetched, _ in rows) >= 400
    assert sum(int(new) for _, _, new in rows) >= 380


def test_the_outage_raises_one_alert(demo: tuple[Path, str]) -> None:
    _, said = demo
    assert len(re.findall(r"negative mentions", said)) >= 1
    assert "nothing stands out" not in said


def test_the_report_is_there_and_whole(demo: tuple[Path, str]) -> None:
    folder, said = demo
    page = (folder / "hubbub-report.html").read_text(encoding="utf-8")
    assert str(folder / "hubbub-report.html") in said
    assert "Social care overview" in page
    assert "<svg" in page


def test_nothing_stays_behind(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    assert not left_behind(folder)
    assert (folder / "home" / "demo").is_dir()
