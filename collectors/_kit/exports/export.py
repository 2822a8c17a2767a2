"""Goes through a file page by page and knows it again: one that grew from where it ended, another from its start."""

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, cast

from hubbub.collectors._kit.exports.array import array
from hubbub.collectors._kit.exports.found import Found
from hubbub.collectors._kit.exports.objects import objects
from hubbub.collectors._kit.exports.place import Place
from hubbub.collectors._kit.exports.table import Table
from hubbub.collectors._kit.fields import listed
from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Cursor

PAGE = 500  # records
_SUFFIXES: dict[str, "Format"] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".csv": "csv"}

Format = Literal["ndjson", "json", "csv"]


@dataclass(frozen=True)
class FilePage:
    """Some of what a file holds, and the place behind it.

    Attributes:
        cursor: the place behind the last record that nothing written later can change.
        whole: this way through it began at the file's start.
    """

    found: list[Found]
    cursor: Cursor
    whole: bool


class Export:
    """One file. Going on in NDJSON or CSV costs nothing; packed files and JSON are gone through from their start."""

    def __init__(self, path: Path, format_: Format | None = None) -> None:
        """Takes the format from the file's name, unless it is told.

        Raises:
            Misconfigured: neither says what the file holds.
        """
        self._path = path
        self._packed = path.suffix.lower() == ".gz"
        named = _SUFFIXES.get((path.with_suffix("") if self._packed else path).suffix.lower())
        if format_ is None and named is None:
            raise Misconfigured(f"{path}: the name does not end in {', '.join(_SUFFIXES)}; say `format:`")
        self._format = format_ or named
        self._seekable = self._format != "json" and not self._packed
        self._written: datetime | None = None

    @property
    def path(self) -> Path:
        return self._path

    def written(self) -> datetime | None:
        """When the file was written last; None where it is gone."""
        if self._written is None and self._path.is_file():
            self._written = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        return self._written

    def pages(self, cursor: Cursor | None, needed: Mapping[str, str]) -> Iterator[FilePage]:
        """Yields what the file holds behind the cursor, 500 records a page; nothing where it has not changed.

        Args:
            needed: columns that a table must have, by what they are needed for.

        Raises:
            Misconfigured: the file is not there, is not what its name says, or lacks a column.
        """
        with self._opened() as file:
            stat = os.fstat(file.fileno())
            self._written = datetime.fromtimestamp(stat.st_mtime, UTC)
            place = Place.known(cursor, file)
            if place.complete_at == stat.st_size:
                return
            whole = place.records == 0
            page: list[Found] = []
            seen, records, end = place.records, place.records, place.bytes if self._seekable else stat.st_size
            for found in self._found(file, place, needed):
                if len(page) == PAGE:
                    yield FilePage(page, Place(records, end).remembered(file), whole)
                    page = []
                page.append(found)
                seen += 1
                if found.complete:
                    records, end = seen, found.end if self._seekable else end
            if page:
                yield FilePage(page, Place(records, end, stat.st_size).remembered(file), whole)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        try:
            file = self._path.open("rb")
        except OSError as error:
            raise Misconfigured(f"{self._path}: cannot be read ({error.strerror}); correct the source's path") from None
        with file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise Misconfigured(f"{self._path}: is UTF-16; save it as UTF-8")
            file.seek(0)
            yield file

    def _found(self, file: BinaryIO, place: Place, needed: Mapping[str, str]) -> Iterator[Found]:
        """What the file holds behind the place; a packed file that breaks off ends with a problem."""
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if self._packed else file
        to_skip = 0 if self._seekable else place.records
        at = 0
        try:
            for found in self._all(stream, place.bytes if self._seekable else 0, needed):
                at += 1
                if at > to_skip:
                    yield found
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            if at == 0:
                raise Misconfigured(f"{self._path}: cannot be unpacked ({error})") from None
            line = f"(record {at + 1} of {self._path.name})"
            yield Found(None, problem=f"and all behind it cannot be unpacked ({error})", line=line)

    def _all(self, stream: BinaryIO, start: int, needed: Mapping[str, str]) -> Iterator[Found]:
        if self._format == "json":
            return array(stream, str(self._path))
        if self._format == "csv":
            table = Table(stream, str(self._path))
            for name, column in needed.items():
                if table.columns and column not in table.columns:
                    has = listed(table.columns)
                    raise Misconfigured(f"{self._path}: no column {column!r} for `columns: {name}:`; it has: {has}")
            return table.rows(start)
        stream.seek(start)
        return objects(stream)
