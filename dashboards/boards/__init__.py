"""The boards, one a file: each file holds `BOARD`."""

import pkgutil
from importlib import import_module

from hubbub.dashboards._kit.board import Board


def boards() -> dict[str, Board]:
    """Every board of this folder by its file's name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return {name: import_module(f"{__name__}.{name}").BOARD for name in names}
