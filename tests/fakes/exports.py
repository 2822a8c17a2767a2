"""Exports on disk, as the file collector finds them."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).isoformat()


class FakeExport:
    """A file that grows. Use it as a context manager; `$EXPORTS` leads to its folder.

    Attributes:
        name: of the file.
        many: so many records take three pages or more.
    """

    name: ClassVar[str]
    many: ClassVar[int] = 1101

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self._rows: list[dict[str, Any]] = []

    def environment(self) -> dict[str, str]:
        return {"EXPORTS": self._folder.name}

    def add(self, texts: Iterable[str]) -> None:
        new = [{"native_id": n, "text": text, "posted_at": NOON} for n, text in enumerate(texts, start=len(self._rows))]
        self._rows += new
        self.write(Path(self._folder.name) / self.name, self._rows, new)

    def write(self, path: Path, rows: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        """Writes all rows, or adds the new ones to the file."""
        raise NotImplementedError

    def sample(self) -> dict[str, Any]:
        known = {"native_id": "1", "text": "Acme 1", "posted_at": NOON}
        return {**known, "likes": 3, "url": "https://a.example/1"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._folder.cleanup()


class FakeLines(FakeExport):
    name = "export.ndjson"

    def write(self, path: Path, rows: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in new)


class FakeTable(FakeExport):
    name = "export.csv"

    def write(self, path: Path, rows: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, ["native_id", "text", "posted_at"])
            table.writeheader()
            table.writerows(rows)


class FakeArray(FakeExport):
    name = "export.json"

    def write(self, path: Path, rows: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        path.write_text(json.dumps(rows))
