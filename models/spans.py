"""Where the words of a text stand in it, as it was written."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

_KEPT = "'’-.@#&_/:"  # may hold a word together; they stand for themselves in a shape
_WORD = "[wt][wt+]*"  # a shape has one sign a character: w, t for Thai, + for what goes with the sign before it
_FOUND = re.compile(rf"[@#]?{_WORD}(?:['’.\-&_/:@]+{_WORD})*|[^ wt]+")
_POINTS = re.compile(r"""[.,;:'"“”‘’…()\[\]{}\-–—/&|*_@#+]*""")
_FACE = re.compile(r"[()]")
_THAI = re.compile("[\u0e00-\u0e7f]+")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yields begin and end of each word in their order: words, hashtags, handles and links, runs of emoji, of `!` and
    `?`, and smileys. Other points are none. Thai is cut into its words. None is cut within a character that is made of
    several, such as a letter and its accent."""
    for found in _FOUND.finditer("".join(map(_sign, text))):
        start, end = found.span()
        said = text[start:end]
        if _POINTS.fullmatch(said) and not (len(set(said)) > 1 and _FACE.search(said)):
            continue
        if not _THAI.search(said):
            yield start, end
            continue
        for word in _segmenter()(said):
            start = text.index(word, start)
            yield start, start + len(word)
            start += len(word)


def _sign(char: str) -> str:
    category = unicodedata.category(char)
    if char in _KEPT:
        return char
    if category[0] == "M" or char in "\u200c\u200d":
        return "+"
    if category[0] in "ZC":
        return " "
    if category[0] in "LN":
        return "t" if _THAI.match(char) else "w"
    return "s"


@cache
def _segmenter() -> Callable[[str], list[str]]:
    from pythainlp.tokenize.nlpo3 import segment  # loads its dictionary, so only where there is Thai

    cut: Callable[[str], list[str]] = segment
    return cut
