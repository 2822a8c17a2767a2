"""CSV: a record a row, which may be several lines."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from hubbub.collectors._kit.exports.found import Found
from hubbub.collectors._kit.exports.lines import LONGEST, Line, Lines
from hubbub.core.errors import Misconfigured


class Table:
    """CSV (RFC 4180): the first row names the columns; `,`, `;` or a tab between them, by the first row."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """Takes the first row.

        Raises:
            Misconfigured: it cannot be read.
        """
        csv.field_size_limit(LONGEST)
        self._stream = stream
        first = Lines(stream).take()
        try:
            self._delimiter = max(",;\t", key=first.text().count) if first else ","
        except ValueError as error:
            raise Misconfigured(f"the first row of {name} {error}") from None
        stream.seek(0)
        lines = Lines(stream)
        try:
            row = self._row(lines, [])
        except ValueError as error:
            raise Misconfigured(f"the first row of {name} {error}") from None
        self.columns = [cell.strip() for cell in row or []]
        self._start = lines.offset

    def rows(self, start: int) -> Iterator[Found]:
        """The rows from byte `start` on, or from the first."""
        self._stream.seek(max(start, self._start))
        lines = Lines(self._stream)
        while True:
            taken: list[Line] = []
            try:
                row = self._row(lines, taken)
            except ValueError as error:
                lines.give_back(taken[1:])  # an open quotation mark may have swallowed good rows
                yield Found(None, lines.offset, problem=str(error), line=taken[0].shown())
                continue
            if row is None:
                return
            if len(row) == len(self.columns):
                record = dict(zip(self.columns, row, strict=True))
                yield Found(record, lines.offset, complete=taken[-1].content.endswith(b"\n"))
            elif row:
                problem = f"has {len(row)} columns where the first row has {len(self.columns)}"
                yield Found(None, lines.offset, problem=problem, line="\n".join(line.shown() for line in taken))

    def _row(self, lines: Lines, taken: list[Line]) -> list[str] | None:
        """The next row, [] for an empty line, None at the end; the lines that it took are added to `taken`."""

        def texts() -> Iterator[str]:
            while (line := lines.take()) is not None:
                taken.append(line)
                yield line.text()

        try:
            return next(csv.reader(texts(), delimiter=self._delimiter, strict=True), None)
        except csv.Error as error:
            raise ValueError(f"is not CSV ({error})") from None
