"""A board: a list of panels, and where each of them stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import ModuleType
from typing import Any

from hubbub.dashboards._kit.panel import Panel

COLUMNS = 48


@dataclass(frozen=True)
class Placed:
    """A panel on a board of 48 columns; a row of it is about 20 pixels high.

    Attributes:
        name: of the panel's file.
    """

    name: str
    panel: Panel[Any]
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """Panels that are read together.

    Attributes:
        title: what it is about, in a few words.
        about: a sentence on what it tells.
        panels: files of `panels/`, in the order in which one reads them.
    """

    title: str
    about: str
    panels: Sequence[ModuleType]

    def placed(self) -> Iterator[Placed]:
        """Its panels in rows: as many as fit beside each other, spread over the whole row, as high as the highest."""
        y = 0
        for row in _rows([(file.__name__.rpartition(".")[2], file.PANEL) for file in self.panels]):
            widths = [panel.width for _, panel in row]
            height = max(panel.height for _, panel in row)
            edges = [COLUMNS * edge // sum(widths) for edge in accumulate(widths, initial=0)]
            for (name, panel), (left, right) in zip(row, pairwise(edges), strict=True):
                yield Placed(name, panel, left, y, right - left, height)
            y += height


def _rows(panels: Sequence[tuple[str, Panel[Any]]]) -> Iterator[list[tuple[str, Panel[Any]]]]:
    row: list[tuple[str, Panel[Any]]] = []
    for name, panel in panels:
        if sum(each.width for _, each in row) + panel.width > COLUMNS:
            yield row
            row = []
        row.append((name, panel))
    if row:
        yield row
