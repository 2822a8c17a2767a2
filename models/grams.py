"""Texts as counts of short runs of characters, in as many places as a small table has: words, beginnings, endings and
signs of any language, without a list of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hubbub.core.matching.spelling import fold
from hubbub.models.judge import Floats
from hubbub.models.text import clean

PLACES = 1 << 14
RUNS = (2, 3, 4, 5)  # characters
LONGEST = 600  # characters of a text that are counted

_STEP = np.uint32(0x01000193)  # of the FNV hash, http://www.isthe.com/chongo/tech/comp/fnv/
_MIX = np.uint32(0x9E3779B1)
_EDGE = "\n"

Ids = NDArray[np.int64]


def grams(texts: Sequence[str]) -> tuple[Ids, Ids]:
    """The runs of all texts: of each the row of its text, and its place in the table. Capitals and accents of Latin
    letters make no difference."""
    said = [f"{_EDGE}{fold(clean(text))[:LONGEST]}{_EDGE}\0" for text in texts]
    chars = np.frombuffer("".join(said).encode("utf-32-le", "replace"), np.uint32)
    rows = np.repeat(np.arange(len(said)), [len(one) for one in said])
    found_rows, found = [], []
    hashed, whole = chars, chars != 0
    for length in range(2, RUNS[-1] + 1):
        hashed = hashed[:-1] * _STEP ^ chars[length - 1 :]
        whole = whole[:-1] & (chars[length - 1 :] != 0)
        found_rows.append(rows[: len(whole)][whole])
        found.append((hashed[whole] * _MIX >> np.uint32(18)).astype(np.int64))
    return np.concatenate(found_rows), np.concatenate(found)


def weighed(texts: Sequence[str], table: Floats) -> Floats:
    """What the runs of each text make together by a table of weights (places,), long texts no more than short ones:
    (texts,)."""
    rows, places = grams(texts)
    sums = np.bincount(rows, weights=table[places], minlength=len(texts))
    counts = np.bincount(rows, minlength=len(texts))
    whole: Floats = (sums / np.sqrt(counts.clip(min=1))).astype(np.float32)
    return whole
