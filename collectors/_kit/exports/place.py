"""How far a file was fetched, and whether it is still the same file."""

import hashlib
import os
from dataclasses import dataclass
from typing import BinaryIO

from hubbub.core.ports import Cursor

_MARKED = 64 * 1024  # bytes at either end of what was fetched, by which a file is known again


@dataclass(frozen=True)
class Place:
    """The part of a file that needs no fetching again.

    Attributes:
        records: from its start.
        bytes: of the file, from its start, that must still be the same.
        complete_at: the size that the file had when its end was reached.
    """

    records: int = 0
    bytes: int = 0
    complete_at: int | None = None

    @classmethod
    def known(cls, cursor: Cursor | None, file: BinaryIO) -> "Place":
        """The cursor's place, or the start where this is another file."""
        said = cursor or {}
        records, size, complete_at = said.get("records"), said.get("bytes"), said.get("complete_at")
        if not isinstance(records, int) or not isinstance(size, int):
            return cls()
        place = cls(records, size, complete_at if isinstance(complete_at, int) else None)
        return place if place.remembered(file) == cursor else cls()

    def remembered(self, file: BinaryIO) -> Cursor:
        """The cursor: the place, and a hash of the 64 KiB at either end of the bytes before it."""
        size = min(self.bytes, os.fstat(file.fileno()).st_size)
        part = min(size, _MARKED)
        content = os.pread(file.fileno(), part, 0) + os.pread(file.fileno(), part, size - part)
        mark = hashlib.sha256(b"%d:" % size + content).hexdigest()
        return {"records": self.records, "bytes": self.bytes, "complete_at": self.complete_at, "mark": mark}
