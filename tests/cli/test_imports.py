"""A command loads what it needs and no more: a plain run imports no Prefect, and only reading a text loads a model."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import environment, write_config, write_posts

ROOT = Path(__file__).parents[2]
HEAVY = {"prefect", "torch", "transformers", "elasticsearch", "praw", "tweepy", "slack_sdk", "altair", "onnxruntime"}
NEEDS = {
    "alert": [],
    "check": [],
    "check --schema": ["praw", "tweepy"],
    "classify": ["onnxruntime"],
    "collect": ["onnxruntime"],
    "dead-letters": [],
    "mentions": [],
    "publish --ndjson boards.ndjson": ["altair"],
    "publish --report page.html": ["altair"],
    "queue": [],
    "rebuild threads": [],
    "rematch": ["onnxruntime"],
    "replay": [],
    "status": [],
    "threads": [],
}
WITH_PREFECT = {"demo"}
FOR_MODELS = {"train", "evaluate"}  # they load what they compute with

PROGRAM = """
import sys
from hubbub.cli.main import main
try:
    main()
except SystemExit as end:
    if end.code:
        raise
print(sorted(HEAVY & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("command", NEEDS)
def test_it_loads_no_library_that_it_does_not_need(command: str, tmp_path: Path) -> None:
    write_config(tmp_path)
    write_posts(tmp_path / "posts.ndjson", [{"text": "Kolibri is late", "posted_at": "2026-09-01T10:00:00Z"}])
    done = subprocess.run(
        [sys.executable, "-c", f"HEAVY = {HEAVY}\n{PROGRAM}", *command.split()],
        cwd=tmp_path,
        env=environment(tmp_path / "home", HUBBUB_SENTIMENT__MODEL="fast"),
        input=b"fine\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr.decode().splitlines()[-1] == str(NEEDS[command])


def test_no_command_is_left_out() -> None:
    verbs = {path.stem.replace("_", "-") for path in (ROOT / "cli" / "commands").glob("[a-z]*.py")}
    assert verbs == {command.split()[0] for command in NEEDS} | WITH_PREFECT | FOR_MODELS


def test_prefect_is_imported_by_one_file() -> None:
    line = re.compile(r"^ *(from|import) prefect\b", re.MULTILINE)
    product = [path for room in (ROOT / "src" / "hubbub").iterdir() for path in room.resolve().glob("**/*.py")]
    assert [path.name for path in product if line.search(path.read_text(encoding="utf-8"))] == ["scheduled.py"]
