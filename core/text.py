"""Other people's words made safe to show: harmless, masked, short."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # within words and emoji
_MAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DIGITS = re.compile(r"(?<!\w)(?!\d{4}-\d\d-\d\d(?!\w))\+?\(?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d){7,18}(?!\w)")


def harmless(text: str) -> str:
    """One line without control characters, terminal escapes, changes of writing direction and invisible characters."""
    kept = (_shown(char) for char in text)
    return " ".join("".join(kept).split())


def masked(text: str) -> str:
    """Hides e-mail addresses and eight or more digits in a row: phone numbers, but card and order numbers as well."""
    return _DIGITS.sub("[number]", _MAIL.sub("[e-mail]", text))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def link(url: str | None) -> str | None:
    """The address if a person may be sent there: http or https, nothing hidden in it, nobody's e-mail address."""
    if url is None or len(url) > 2000 or not re.match(r"https?://[^\s/?#]", url) or harmless(url) != url:
        return None
    return None if " " in url or _MAIL.search(url) else url


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cf" and char not in _JOINERS else char
