"""Takes the records out of NDJSON, CSV and JSON files, line by line where the format has lines."""

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Raw

LONGEST = 4 * 1024 * 1024  # bytes of one line
_BOM = b"\xef\xbb\xbf"
_SHOWN = 10_000
_PIECE = 1 << 16  # bytes
_TOKEN = 16  # characters; the longest word of JSON, `-Infinity`, has fewer
_DECODE = json.JSONDecoder().raw_decode
_BLANK = {" ", "\t", "\n", "\r"}


@dataclass(frozen=True)
class Found:
    """Attributes:
    record: None where there is none to be had; `problem` then says why and `line` what stands there.
    end: bytes of the (unpacked) file up to behind it.
    complete: nothing that is written behind it later can change it.
    """

    record: Raw | None
    end: int = 0
    complete: bool = False
    problem: str = ""
    line: str = ""


@dataclass(frozen=True)
class Line:
    """Attributes:
    content: the bytes, at most LONGEST. size: all its bytes.
    """

    content: bytes
    size: int

    def text(self) -> str:
        """Raises: ValueError: too long, or not UTF-8."""
        if self.size > len(self.content):
            raise ValueError(f"is longer than {LONGEST >> 20} MiB")
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"is not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8") from None

    def shown(self) -> str:
        whole = self.content if self.size == len(self.content) else self.content[:_SHOWN]
        return whole.decode("utf-8", "backslashreplace").rstrip("\r\n")


class Lines:
    """The lines of a stream from where it stands, and the place behind the last one read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._given_back: list[Line] = []
        if stream.tell() == 0 and stream.read(len(_BOM)) != _BOM:
            stream.seek(0)
        self.offset = stream.tell()

    def read(self) -> Line | None:
        line = self._given_back.pop() if self._given_back else self._next()
        self.offset += line.size if line else 0
        return line

    def give_back(self, lines: list[Line]) -> None:
        self._given_back.extend(reversed(lines))
        self.offset -= sum(line.size for line in lines)

    def _next(self) -> Line | None:
        content = self._stream.readline(LONGEST)
        size = len(content)
        rest = content
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = self._stream.readline(LONGEST)
            size += len(rest)
        return Line(content, size) if content else None


def objects(stream: BinaryIO) -> Iterator[Found]:
    """NDJSON from where the stream stands: a JSON object a line; empty lines do not count."""
    lines = Lines(stream)
    while (line := lines.read()) is not None:
        if not line.content.strip():
            continue
        try:
            yield Found(_object(line.text()), lines.offset, complete=True)
        except ValueError as error:
            yield Found(None, lines.offset, problem=str(error), line=line.shown())


def array(stream: BinaryIO, name: str) -> Iterator[Found]:
    """JSON: one array of objects, read piece by piece.

    Raises:
        Misconfigured: the file is none; what stands before the fault was yielded.
    """
    text = _Growing(stream)
    records = 0
    try:
        opening = text.next_sign()
        if opening == "{":
            raise Misconfigured(f"{name} holds no array of objects; is it NDJSON? then end its name in .ndjson")
        if opening not in ("", "["):
            raise ValueError("it begins with neither [ nor {")
        sign = text.after(opening)
        while sign not in ("", "]"):
            item = text.value()
            records += 1
            if isinstance(item, dict):
                yield Found(item, complete=True)
            else:
                yield Found(None, problem="is not an object", line=json.dumps(item)[:_SHOWN])
            sign = text.next_sign()
            if sign == ",":
                text.after(sign)
            elif sign != "]":
                raise ValueError("there should be a comma or the end of the array")
        if opening and (sign == "" or text.after(sign)):
            raise ValueError("the array does not end" if sign == "" else "there is more behind the array")
    except UnicodeDecodeError:
        raise Misconfigured(f"{name} is not UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        said = error.msg if isinstance(error, json.JSONDecodeError) else error
        raise Misconfigured(f"{name} is not JSON (behind record {records}: {said})") from None


class _Growing:
    """The text of a stream from a place on, as far as it was needed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._pieces = codecs.iterdecode(iter(lambda: stream.read(_PIECE), b""), "utf-8-sig")
        self._text, self._at, self._ended = "", 0, False

    def next_sign(self) -> str:
        """The next character that is not blank, which stays; "" at the end."""
        while True:
            while self._text[self._at : self._at + 1] in _BLANK:
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._grow()

    def after(self, sign: str) -> str:
        """Goes on behind the sign, to the next one."""
        self._at += len(sign)
        return self.next_sign()

    def value(self) -> Any:
        """The next value. Raises: ValueError: there is none; RecursionError: it is nested too deeply."""
        while True:
            try:
                value, end = _DECODE(self._text, self._at)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _TOKEN
                if self._ended or not cut_off:
                    raise
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._grow()

    def _grow(self) -> None:
        """Reads as much again as is left, so that a long value is not tried too often."""
        left = self._text[self._at :]
        read = [left]
        while not self._ended and sum(map(len, read)) <= 2 * len(left):
            piece = next(self._pieces, None)
            self._ended = piece is None
            read.append(piece or "")
        self._text, self._at = "".join(read), 0


class Table:
    """CSV (RFC 4180): the first row names the columns; `,`, `;` or a tab between them, by the first row."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """Reads the first row.

        Raises:
            Misconfigured: it cannot be read.
        """
        csv.field_size_limit(LONGEST)
        self._stream = stream
        first = Lines(stream).read()
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
            read: list[Line] = []
            try:
                row = self._row(lines, read)
            except ValueError as error:
                lines.give_back(read[1:])  # an open quotation mark may have swallowed good rows
                yield Found(None, lines.offset, problem=str(error), line=read[0].shown())
                continue
            if row is None:
                return
            if len(row) == len(self.columns):
                record = dict(zip(self.columns, row, strict=True))
                yield Found(record, lines.offset, complete=read[-1].content.endswith(b"\n"))
            elif row:
                problem = f"has {len(row)} columns where the first row has {len(self.columns)}"
                yield Found(None, lines.offset, problem=problem, line="\n".join(line.shown() for line in read))

    def _row(self, lines: Lines, read: list[Line]) -> list[str] | None:
        """The next row, [] for an empty line, None at the end; the lines that it took are added to `read`."""

        def texts() -> Iterator[str]:
            while (line := lines.read()) is not None:
                read.append(line)
                yield line.text()

        try:
            return next(csv.reader(texts(), delimiter=self._delimiter, strict=True), None)
        except csv.Error as error:
            raise ValueError(f"is not CSV ({error})") from None


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg}, column {error.colno})") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value
