"""A tiny model, trained once a session, and tiny classifiers of other makes."""

from pathlib import Path

import pytest
import torch

from hubbub.models.training.fit_heads import fit_heads
from hubbub.models.training.recipe import Recipe
from hubbub.models.training.train import train
from tests.models import tiny


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # so small a model is slower on more


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `--out` folder of a whole training run."""
    folder = tmp_path_factory.mktemp("tiny")
    data, base = tiny.write_data(folder / "data"), tiny.write_base(folder / "base")
    train([data], str(base), folder / "out", Recipe(**tiny.RECIPE), progress=False)
    fit_heads([], str(folder / "out" / "weights"))
    return folder / "out"
