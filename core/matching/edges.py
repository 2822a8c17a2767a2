"""Where a term may begin and end in a text: as a whole word, a whole handle or a whole hashtag."""

import re
import unicodedata
from collections.abc import Callable

Alone = Callable[[str, int, int], bool]

# Scripts that do not put spaces between words, or write particles onto them (Korean, as decomposed jamo).
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
_KOREAN_REST = re.compile("[\u1160-\u11ff]")


def alone(term: str) -> Alone:
    """The check for a term: `alone(term)(text, start, end)` says whether the text's part stands by itself."""
    if term.startswith("#"):
        return hashtag_alone
    if term.startswith(("@", "u/")):
        return handle_alone
    return word_alone


def word_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if before == "_":  # _emphasis_ stands alone, snake_case does not
        before = text[:start].rstrip("_")[-1:]
    if after == "_":
        after = text[end:].lstrip("_")[:1]
    return not _joins(before, text[start]) and not _joins(after, text[end - 1]) and not _is_mark(after)


def handle_alone(text: str, start: int, end: int) -> bool:
    before, after, beyond = text[start - 1 : start], text[end : end + 1], text[end + 1 : end + 2]
    if before in ("@", "#", "&") or (_is_word(before) and not _is_unspaced(before)):
        return False
    if (_is_word(after) and not _is_unspaced(after)) or _is_mark(after):
        return False
    return not (after in (".", "-", "@") and beyond.isascii() and _is_word(beyond))  # a longer handle, or one at a host


def hashtag_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    if before in ("@", "#", "&") or _is_word(text[end : end + 1]):
        return False
    return not _is_word(before) or _is_unspaced(before) or _ends_in_hashtag(text[:start])


def _ends_in_hashtag(text: str) -> bool:
    """`#one#two` is two hashtags, `C#two` is none."""
    word = text[text.rfind("#") + 1 :]
    return len(word) < len(text) and all(_is_word(char) for char in word)


def _joins(neighbour: str, edge: str) -> bool:
    """Whether a character beside a term makes one word with the term's edge."""
    return _is_word(neighbour) and _is_word(edge) and not _is_unspaced(neighbour) and not _is_unspaced(edge)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or _is_mark(char)


def _is_mark(char: str) -> bool:
    """Whether the character belongs to the letter before it."""
    if not char or char.isascii():
        return False
    return unicodedata.category(char) in ("Mn", "Mc") or bool(_KOREAN_REST.match(char))


def _is_unspaced(char: str) -> bool:
    return not char.isascii() and bool(_UNSPACED.match(char))
