"""Other people's words made safe to show: harmless, masked, short."""

import re
import unicodedata

from hubbub.core.addresses import is_web

_JOINERS = "\u200c\u200d"  # within words and emoji

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
_SPACES = "\t\u00a0\u2002\u2003\u2007\u2009\u200b\u202f\u2060\u3000\ufeff" + _JOINERS
_PLAIN = dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _SPACES), " ") | {0xFF0B: "+"}

_LETTER = r"[^\W\u0e00-\u0eff]"  # Thai and Lao are written right up to an address, and are not in it
_MAIL = rf"(?:{_LETTER}|[.+%'-]){{1,64}}@(?:{_LETTER}|-){{1,63}}(?:\.(?:{_LETTER}|-){{1,63}})+"
_TAG = r"[#@](?![\w.+%'-]{1,64}@)(?=[\d_]{0,99}[^\W\d_])[\w\u0e00-\u0eff]{1,139}"

_SEP = r"[ ().\-/]{0,4}"
_YEAR = r"(?:19|20|24|25|26)\d\d"  # of the Buddhist era, too
_AT_HOME = r"(?!(?:66|84)\.[35-9])"  # no mobile number with the country before it
_NO_MORE = r"(?![./-]?\d)"
_POINTED = r"[1-9]\d{0,2}(?:\.\d{3}){1,6}"
_KEPT = (  # what has many digits and is nobody's number
    rf"(?:\d{{1,2}}(?:[./]\d{{1,2}})? ?- ?)?\d{{1,2}}(?P<a>[./-])(?:\d{{1,2}}(?P=a))?{_YEAR}{_NO_MORE}",  # 1-5/11/2569
    rf"{_YEAR}(?P<b>[./-])\d{{1,2}}(?P=b)\d{{1,2}}{_NO_MORE}",  # 2026-11-24
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",  # 20261124
    rf"{_YEAR}(?: ?[/-] ?{_YEAR}){{1,5}}{_NO_MORE}",  # 2018-2020
    r"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?!\d)",  # 09:15, 09:15:00.123456
    rf"(?:[01]?\d|2[0-3])\.[0-5]\d{_NO_MORE}(?! \d{{3}})",  # 09.15
    rf"{_AT_HOME}{_POINTED}(?: ?- ?{_POINTED})?(?:,\d{{1,9}})?{_NO_MORE}",  # 12.500.000, 500.000-1.000.000
    rf"{_AT_HOME}(?:0|[1-9]\d{{0,9}})\.\d{{1,18}}{_NO_MORE}",  # 13.756331
    r"5{6,}+\d?(?!\d)",  # Thai laughter
    rf"{_AT_HOME}[1-9]\d{{0,2}}(?:\.\d{{1,3}}){{3}}{_NO_MORE}",  # 192.168.10.100
    rf"[1-9]\d{{0,2}}(?:\.\d{{1,6}}){{0,2}}\.0(?:\.\d{{1,6}}){{1,3}}{_NO_MORE}",  # version 10.0.19045.3803
)
_OPEN = r"(?:\((?=\+?\d{1,4}\)))?"  # a bracket that is closed behind the first digits
_MOBILE = rf"{_OPEN}(?:0|(?:\+|00)?(?:66|84){_SEP}0?){_SEP}[35-9](?:{_SEP}\d){{8}}(?!\d)"  # of Thailand and Vietnam
_NUMBER = (
    _MOBILE,
    r"0(?:0[1-9]|[1-9]\d)(?P<e>[ .-]?)\d{3}(?P=e)\d{3}(?P=e)\d{3}(?!\d)",  # of a citizen of Vietnam: 001 089 012 345
    r"0(?:0[1-9]|[1-9]\d)\d(?P<f>[ .-])\d{4}(?P=f)\d{4}(?!\d)",  # the same: 0010 8901 2345
    rf"{_OPEN}0{_SEP}[2-7](?:{_SEP}\d){{7}}(?!\d|[ .-]\d{{1,2}}(?![.,]?\d))",  # 02-123-4567, of a house in Thailand
    rf"{_OPEN}0{_SEP}2(?:{_SEP}\d){{9}}(?!\d)",  # 024 3825 1234, of one in Vietnam
    rf"{_OPEN}\+(?:{_SEP}\d){{8,15}}(?!\d)",  # +44 20 7946 0958
)
_LONG_NUMBER = (  # not beside a Latin letter
    rf"{_OPEN}0(?:{_SEP}\d){{8,14}}(?!\d)",  # 020 7946 0958
    rf"(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{{3}}[ .-]\d{{4}}{_NO_MORE}",  # 555-123-4567
    rf"\d{{4}}(?P<c>[ -])\d{{4}}(?P=c)\d{{4}}(?P=c)\d{{4}}{_NO_MORE}",  # of a card
    rf"\d{{3}}(?P<d>[ -])\d(?P=d)\d{{5}}(?P=d)\d{_NO_MORE}",  # of a Thai bank account
    rf"(?=(?:-?\d){{10,20}}{_NO_MORE})\d{{1,7}}(?:-\d{{1,7}}){{2,6}}",
    r"(?<![$฿₫€£])(?<![$฿₫€£] )\d{8,}+(?! ?(?:đ|₫|฿|vn[dđ]|บาท|baht|thb|usd))",
)
_FOUND = re.compile(
    rf"(?P<mail>{_MAIL})|(?P<link>https?://\S+)|(?P<tag>{_TAG})|(?<!\d)(?:(?P<kept>{'|'.join(_KEPT)})"
    rf"|(?P<number>{'|'.join(_NUMBER)}|(?<![A-Za-z_])(?:{'|'.join(_LONG_NUMBER)})(?![A-Za-z_])))",
    re.IGNORECASE,
)
_IN_LINK = re.compile(rf"(?P<mail>{_MAIL})|(?<!\d)(?P<number>{_MOBILE})")
_THAI_CITIZEN = re.compile(r"(?<!\d)(?P<thai>[1-8](?:-?\d){12}|[1-8] \d{4} \d{5} \d\d \d)(?!\d)")


def harmless(text: str) -> str:
    """One line without control characters, terminal escapes, changes of writing direction and invisible characters."""
    kept = (_shown(char) for char in text)
    return " ".join("".join(kept).split())


def masked(text: str) -> str:
    """Hides e-mail addresses and the numbers of persons: telephones (those of Thailand and Vietnam in any usual
    writing), national ids, cards, accounts, orders, and any other eight digits in a row that are no date, price or
    count. Of a link only mail addresses and mobile numbers are hidden."""
    return _replaced(_FOUND, _replaced(_THAI_CITIZEN, text))


def _replaced(pattern: re.Pattern[str], text: str) -> str:
    """The text without the mail addresses and numbers that the pattern finds. They are sought in plain digits, dashes
    and spaces, one for one, whichever the text is written with."""
    plain = text.translate(_PLAIN)
    if not plain.isascii():
        plain = re.sub(r"[^\D0-9]", lambda digit: str(unicodedata.decimal(digit[0])), plain)
    parts: list[str] = []
    behind = 0
    for found in pattern.finditer(plain):
        parts += text[behind : found.start()], _in_its_place(found, text[found.start() : found.end()])
        behind = found.end()
    return "".join([*parts, text[behind:]])


def _in_its_place(found: re.Match[str], words: str) -> str:
    match found.lastgroup:
        case "mail":
            return "[e-mail]"
        case "number":
            return "[number]"
        case "thai" if _is_thai_citizen(found[0]):
            return "[number]"
        case "link":
            return _replaced(_IN_LINK, words)
    return words


def _is_thai_citizen(number: str) -> bool:
    """Whether the last of 13 digits is the check digit of the others."""
    *digits, check = (int(digit) for digit in number if digit.isdigit())
    weighed = sum(weight * digit for weight, digit in zip(range(13, 1, -1), digits, strict=True))
    return (11 - weighed % 11) % 10 == check


def one_line(text: object, limit: int | None = None) -> str:
    """What somebody or some library said, its line breaks and wide gaps as single blanks, cut off behind `limit`
    characters."""
    return " ".join(str(text).split())[:limit]


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def link(url: str | None) -> str | None:
    """The address if a person may be sent there: http or https, nothing hidden in it, nobody's e-mail address."""
    if url is None or len(url) > 2000 or not is_web(url) or harmless(url) != url or re.search(_MAIL, url):
        return None
    return url


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cf" and char not in _JOINERS else char
