"""Runs the `hubbub` command as its users do: as a process, in a folder of its own, with its own settings alone."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil


def environment(home: Path, **settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "HUBBUB_"))}
    return {**kept, "HUBBUB_HOME": str(home), "PYTHONUTF8": "1", **settings}


def hubbub(
    *arguments: str | Path, folder: Path, stdin: bytes | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs it to its end in `folder`, with HUBBUB_HOME in there."""
    done = subprocess.run(
        [sys.executable, "-m", "hubbub", *map(str, arguments)],
        cwd=folder,
        env=environment(folder / "home", **settings),
        input=stdin or b"",
        capture_output=True,
        timeout=300,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def start(*arguments: str | Path, folder: Path, **settings: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "hubbub", *map(str, arguments)],
        cwd=folder,
        env=environment(folder / "home", **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def assert_one_clear_line(done: subprocess.CompletedProcess[str], status: int, *says: str) -> None:
    assert done.returncode == status, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for word in says:
        assert word in lines[0], lines[0]


def left_behind(folder: Path) -> list[psutil.Process]:
    """Processes of a command that ran in `folder` and are still there."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HUBBUB_HOME", "").startswith(str(folder)) and process.status() != "zombie":
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def write_posts(path: Path, posts: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts), encoding="utf-8")


def write_config(folder: Path, *, columns: str = "{}") -> Path:
    """A watch list for the brand Kolibri and one file source, `posts`, of the place `forum`."""
    path = folder / "hubbub.yaml"
    path.write_text(
        "brands: [{name: Kolibri, handles: ['@kolibri'], should_match: [kolibri is late]}]\n"
        f"sources: [{{name: posts, collector: file, path: posts.ndjson, source: forum, columns: {columns}}}]\n",
        encoding="utf-8",
    )
    return path
