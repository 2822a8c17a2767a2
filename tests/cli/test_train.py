"""`hubbub train`: what it says before it begins."""

from pathlib import Path

import pytest

from tests.command import assert_one_clear_line, hubbub


def test_what_training_needs_is_asked_for(tmp_path: Path) -> None:
    done = hubbub("train", "data", folder=tmp_path)
    assert done.returncode == 2
    assert "--base" in done.stderr
    assert "--heads-only" in done.stderr


@pytest.mark.parametrize(("model", "says"), [("", "nowhere: no such folder"), ("fast", "makes no embeddings")])
def test_heads_that_cannot_be_fitted(tmp_path: Path, model: str, says: str) -> None:
    data = ["nowhere"] if not model else []
    done = hubbub("train", "--heads-only", *data, folder=tmp_path, HUBBUB_SENTIMENT__MODEL=model)
    assert_one_clear_line(done, 2, says)
