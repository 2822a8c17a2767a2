"""The panels that stand on the boards, by the names of their files."""

from typing import Any

from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards.boards import boards

PANELS: dict[str, Panel[Any]] = {each.name: each.panel for board in boards().values() for each in board.placed()}
