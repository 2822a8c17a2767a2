"""The values of one field in the places of one chunk, as bytes.

A chunk holds `SIZE` places of a table. Of numbers the smallest in the chunk is kept once, and of each place how much
more it has, in as few bytes as the largest needs. Of keywords the chunk has a dictionary of its own, and each place the
number of its word there; so a word that no place has any more is gone with the next writing of the chunk. Beside the
dictionary stand 64 bits of each word's BLAKE2b, by which the words of many chunks are one or not without reading them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubbub.core.clean import clean_text

SIZE = 4096  # places

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Array = NDArray[Any]
Hashes = NDArray[np.uint64]

_WHOLE = Struct("<BBHq")  # "n", bytes a number, places up to the last with a value, the smallest
_FLOATS = Struct("<BBH")  # "f", 0, places
_KEYWORDS = Struct("<BBBxHxxII")  # "k", bytes a code, bytes a count, places, words, values
_BETWEEN = "\0"  # clean text has none
_WIDTHS: dict[int, np.dtype[Any]] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<u8")}


@dataclass(frozen=True)
class Numbers:
    """Attributes:
    values: of each place; of a place without one, anything.
    present: which places have one.
    """

    values: Array
    present: Flags

    @staticmethod
    def none(kind: str) -> "Numbers":
        return Numbers(np.zeros(SIZE, np.float64 if kind == "float" else np.int64), np.zeros(SIZE, np.bool_))


@dataclass(frozen=True)
class Keywords:
    """Attributes:
    owners: the place of each value, in order.
    codes: the number of its word.
    hashes: of each word.
    """

    owners: Ints
    codes: Ints
    hashes: Hashes

    @staticmethod
    def none() -> "Keywords":
        return Keywords(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint64))


def hash_of(word: str) -> int:
    return int.from_bytes(_digest(word), "little")


def split(words: bytes | None) -> list[str]:
    """The words of a dictionary."""
    return words.decode().split(_BETWEEN) if words is not None else []


def read_numbers(blob: bytes) -> Numbers:
    if blob[:1] == b"f":
        _, _, count = _FLOATS.unpack_from(blob)
        values = np.full(SIZE, np.nan)
        values[:count] = np.frombuffer(blob, "<f4", count, _FLOATS.size)
        return Numbers(values, ~np.isnan(values))
    _, width, count, smallest = _WHOLE.unpack_from(blob)
    present, at = np.zeros(SIZE, np.bool_), _WHOLE.size + -(-count // 8)
    present[:count] = np.unpackbits(np.frombuffer(blob, np.uint8, at - _WHOLE.size, _WHOLE.size), count=count)
    whole = np.zeros(SIZE, np.int64)
    if width:
        whole[:count] = np.frombuffer(blob, _WIDTHS[width], count, at)
    whole += smallest
    return Numbers(whole, present)


def write_numbers(numbers: Numbers) -> bytes | None:
    """None where no place has a value."""
    at = np.flatnonzero(numbers.present)
    if not len(at):
        return None
    count = int(at[-1]) + 1
    if numbers.values.dtype == np.float64:
        with np.errstate(over="ignore"):  # to infinity
            narrow = np.where(numbers.present, numbers.values, np.nan)[:count].astype("<f4")
        return _FLOATS.pack(ord("f"), 0, count) + narrow.tobytes()
    values = numbers.values[at]
    smallest = int(values.min())
    width = _width(int(values.max()) - smallest)
    blob = _WHOLE.pack(ord("n"), width, count, smallest) + np.packbits(numbers.present[:count]).tobytes()
    if width:
        above = np.zeros(count, np.int64)
        above[at] = values - smallest  # it may wrap around, and back again when it is read
        blob += above.astype(_WIDTHS[width]).tobytes()
    return blob


def read_keywords(blob: bytes) -> Keywords:
    _, width, per_place, count, words, total = _KEYWORDS.unpack_from(blob)
    hashes = np.frombuffer(blob, "<u8", words, _KEYWORDS.size)
    at = _KEYWORDS.size + 8 * words
    if not per_place:
        codes = np.frombuffer(blob, _WIDTHS[width], count, at)
        owners = np.flatnonzero(codes)
        return Keywords(owners, codes[owners].astype(np.int64) - 1, hashes)
    counts = np.frombuffer(blob, _WIDTHS[per_place], count, at)
    codes = np.frombuffer(blob, _WIDTHS[width], total, at + per_place * count)
    return Keywords(np.repeat(np.arange(count), counts), codes.astype(np.int64) - 1, hashes)


def write_keywords(keywords: Keywords) -> bytes | None:
    """None where no place has a value."""
    if not len(keywords.owners):
        return None
    count, words, total = int(keywords.owners[-1]) + 1, len(keywords.hashes), len(keywords.owners)
    code = _WIDTHS[_width(words) or 1]
    counts = np.bincount(keywords.owners, minlength=count)
    most = int(counts.max())
    if most == 1:
        codes, per_place = np.zeros(count, code), 0
        codes[keywords.owners] = keywords.codes + 1
    else:
        codes, per_place = (keywords.codes + 1).astype(code), _width(most)
    head = _KEYWORDS.pack(ord("k"), code.itemsize, per_place, count, words, total)
    told = counts.astype(_WIDTHS[per_place]).tobytes() if per_place else b""
    return head + keywords.hashes.tobytes() + told + codes.tobytes()


def changed_numbers(old: Numbers, places: Ints, values: Sequence[float | None]) -> Numbers:
    """With these values, or None, in these places."""
    after = Numbers(old.values.copy(), old.present.copy())
    given = np.array([value is not None for value in values], np.bool_)
    after.present[places] = given
    after.values[places[given]] = np.array([value for value in values if value is not None], old.values.dtype)
    return after


def changed_keywords(
    old: Keywords, words: list[str], places: Ints, values: Sequence[Sequence[str]]
) -> tuple[Keywords, bytes | None]:
    """With these words in these places, and its dictionary: of the words that are left alone.

    Args:
        words: the dictionary of `old`.
    """
    number = {word: code for code, word in enumerate(words)}
    codes = np.array([number.setdefault(word, len(number)) for each in values for word in each], np.int64)
    owners = np.repeat(places, [len(each) for each in values])
    touched = np.zeros(SIZE, np.bool_)
    touched[places] = True
    kept = ~touched[old.owners]
    owners = np.concatenate([old.owners[kept], owners])
    codes = np.concatenate([old.codes[kept], codes])
    in_order = np.argsort(owners, kind="stable")
    owners, codes = owners[in_order], codes[in_order]
    fresh = [clean_text(word) for word in list(number)[len(words) :]]
    every = words + fresh
    hashes = np.concatenate([old.hashes, np.frombuffer(b"".join(map(_digest, fresh)), "<u8")])
    used = np.zeros(len(every), np.bool_)
    used[codes] = True
    if not used.all():
        codes = (np.cumsum(used) - 1)[codes]
        hashes = hashes[used]
        every = [word for word, is_used in zip(every, used.tolist(), strict=True) if is_used]
    return Keywords(owners, codes, hashes), _BETWEEN.join(every).encode() if every else None


def _digest(word: str) -> bytes:
    return blake2b(word.encode(), digest_size=8).digest()


def _width(largest: int) -> int:
    """Bytes that hold a number from 0 to `largest`; none for 0 alone."""
    return next((width for width in (0, 1, 2, 4) if largest < 1 << (8 * width)), 8)
