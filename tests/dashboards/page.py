"""A written report, as a browser would see it."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hubbub.core.insight import Enriched
from hubbub.core.ports import Batch, Index
from hubbub.dashboards.boards.social_care import BOARD
from hubbub.dashboards.report.page import write_report
from tests.dashboards.seeds import NOW


class Page(HTMLParser):
    """The tags, attributes, tables and links of a page, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: list[str] = []
        self.cells: dict[str, list[list[str]]] = {}
        self.text: list[str] = []
        self._section = ""
        self._stack: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append((tag, told))
        self.sections.append(self._section)
        if tag not in ("meta", "br", "path", "line", "rect"):
            self._stack.append(tag)
        if tag == "section":
            self._section = told.get("aria-labelledby") or ""
        if tag == "tr":
            self.cells.setdefault(self._section, []).append([])
        if tag in ("td", "th"):
            self.cells[self._section][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._stack and self._stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._stack:
            return
        self.text.append(data)
        if ("td" in self._stack or "th" in self._stack) and self.cells.get(self._section):
            self.cells[self._section][-1][-1] += data

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    def all(self, tag: str, section: str | None = None) -> list[dict[str, str | None]]:
        """What the tags of that name say of themselves, on the whole page or in a section of it."""
        found = zip(self.tags, self.sections, strict=True)
        return [told for (name, told), where in found if name == tag and section in (None, where)]

    def rows(self, section: str) -> list[list[str]]:
        return [[" ".join(cell.split()) for cell in row] for row in self.cells[section]]


def reported(index: Index, mentions: list[Enriched], folder: Path, **told: Any) -> Page:
    """The report over the index with these mentions, told what `write_report` can be told."""
    assert not index.store(Batch(entry="seeds", mentions=mentions)).refused
    write_report(index.search, folder / "r.html", BOARD, **({"now": NOW} | told))
    return Page((folder / "r.html").read_text(encoding="utf-8"))
