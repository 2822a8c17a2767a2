"""The lines of a file and where each ends, whatever bytes they hold."""

from dataclasses import dataclass
from typing import BinaryIO

from hubbub.collectors._kit.exports.found import SHOWN

LONGEST = 4 * 1024 * 1024  # bytes of one line
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line with its line break.

    Attributes:
        content: its bytes, at most LONGEST.
        size: how many bytes it has.
    """

    content: bytes
    size: int

    def text(self) -> str:
        """The line as text.

        Raises:
            ValueError: it is too long, or not UTF-8.
        """
        if self.size > len(self.content):
            raise ValueError(f"is longer than {LONGEST >> 20} MiB")
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise ValueError(f"is not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8") from None

    def shown(self) -> str:
        whole = self.content if self.size == len(self.content) else self.content[:SHOWN]
        return whole.decode("utf-8", "backslashreplace").rstrip("\r\n")


class Lines:
    """The lines of a stream from where it stands, and the place behind the last one taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._given_back: list[Line] = []
        if stream.tell() == 0 and stream.read(len(_BOM)) != _BOM:
            stream.seek(0)
        self.offset = stream.tell()

    def take(self) -> Line | None:
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
