"""The one cleaning of text, used in training and in serving alike."""

import html
import re
import unicodedata

from hubbub.core.clean import clean_text

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_NOISE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ue000-\uf8ff\ufffd]")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\bhttps?\b", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@\w[\w.\-]*")
_LONG_RUN = re.compile(r"(\S)\1{3,}")
_SPACE = re.compile(r"\s+")
_THAI_GAP = re.compile("(?<=[\u0e00-\u0e7f]) (?=[\u0e00-\u0e7f])")  # between phrases; some type it, some do not


def clean(text: str) -> str:
    """Returns the text as the model sees it: links as `http`, handles as `@user`, long runs of one character as three,
    a text that is mostly in capitals in lower case, Thai without the spaces between phrases.

    Takes any string, lone surrogates and control characters included; the answer may be empty.
    """
    text = html.unescape(_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text))
    text = unicodedata.normalize("NFC", _NOISE.sub(" ", clean_text(text)))
    text = _HANDLE.sub("@user", _LINK.sub("http", text))
    text = _SPACE.sub(" ", _LONG_RUN.sub(r"\1\1\1", text)).strip()
    return _THAI_GAP.sub("", text.lower() if _is_shouted(text) else text)


def _is_shouted(text: str) -> bool:
    said = text.replace("@user", "").replace("http", "")
    return sum(map(str.isupper, said)) > sum(map(str.islower, said))
