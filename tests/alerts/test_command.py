"""`hubbub alert` as people type it."""

import json
from pathlib import Path

from tests.command import hubbub

WATCHED = """
brands: [{name: Kolibri}]
sources: [{name: forum, collector: file, path: posts.csv}]
"""


def test_what_is_about_a_source_says_so_beside_the_brands(tmp_path: Path) -> None:
    (tmp_path / "hubbub.yaml").write_text(WATCHED)
    assert hubbub("alert", folder=tmp_path).stdout == "nothing stands out\n"
    for _ in range(2):
        assert hubbub("collect", folder=tmp_path).returncode != 0
    told = hubbub("alert", "--json", folder=tmp_path)
    assert json.loads(told.stdout) == [
        {
            "brand": None,
            "about": "source forum",
            "decision": "sent",
            "reason": "forum: broken source, its last 2 runs failed",
        }
    ]
    assert "ALERT forum: broken source, its last 2 runs failed" in told.stderr
    (row,) = [line for line in hubbub("alert", folder=tmp_path).stdout.splitlines() if "source forum" in line]
    assert "already sent" in row
