"""The boards, one a file: each file holds `BOARD`."""

from importlib import import_module

from hubbub.core.folders import module_names
from hubbub.dashboards._kit.board import Board


def boards() -> dict[str, Board]:
    """Every board of this folder by its file's name."""
    return {name: import_module(f"{__name__}.{name}").BOARD for name in module_names(__path__)}
