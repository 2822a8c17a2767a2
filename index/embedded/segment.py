"""Text into the words that the embedded index finds, as Elasticsearch's `standard` and `thai` analyzers see them.

`standard` follows Unicode's word boundaries (UAX #29, https://unicode.org/reports/tr29/): letters and digits hold
together across an apostrophe or a dot between them, ideographs and emoji stand alone, accents stay, a run of Thai is
one word. `thai` cuts that run into Thai words; here PyThaiNLP's newmm does.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import as_file, files

_DICTIONARY = "PyThaiNLP"  # its name in nlpo3
_LONGEST = 255  # Elasticsearch cuts longer words here

# Character ranges by their part in UAX #29, for use within [...].
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u109a-\u109f\u1780-\u17d3\u17d7"
)
_HAN = "\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HIRAGANA = "\u3041-\u3096\u309d-\u309f"
_KATAKANA = "\u3031-\u3035\u309b\u309c\u30a0-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_FRACTIONS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u215f\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
)
_PICTURES = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2714\u2716"
    "\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff"
)
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_MARKS = (  # what clings to the character before it: accents, vowel signs, joiners, skin tones
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed"
    "\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0981-\u0983\u09bc\u09be-\u09cd\u0a01-\u0a03\u0a3c-\u0a51"
    "\u0a81-\u0a83\u0abc\u0abe-\u0acd\u0b3c-\u0b57\u0bbe-\u0bcd\u0c3e-\u0c56\u0cbe-\u0cd6\u0d3e-\u0d4d\u200c-\u200f\u2060"
    "\u00ad\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
)

_M = f"[{_MARKS}]*+"
_L = rf"[^\W\d_{_UNSPACED}{_HAN}{_HIRAGANA}{_KATAKANA}{_FRACTIONS}]++"
_LETTERS = rf"{_L}(?:[{_MARKS}]++{_L}|['’‘.:·‧．：＇]{_M}{_L})*+{_M}"
_DIGITS = rf"\d++(?:[{_MARKS}]++\d++|['’‘.,;⁄．，；]{_M}\d++)*+{_M}"
_WORD = re.compile(
    rf"(?<!_)_*+(?:(?:{_LETTERS}|{_DIGITS})_*+)++"
    rf"|(?:[{_UNSPACED}][{_UNSPACED}{_MARKS}]*+)"
    rf"|(?:[{_KATAKANA}]{_M})++"
    rf"|[{_HAN}{_HIRAGANA}]{_M}"
    rf"|[#*]\ufe0f?\u20e3|{_FLAG}{_FLAG}|[{_PICTURES}]{_M}(?:(?<=\u200d)[{_PICTURES}]{_M})*+"
)
_ASCII = re.compile(  # the same, of a text of nothing else
    r"(?<!_)_*+(?:(?:[a-z]++(?:['.:][a-z]++)*+|[0-9]++(?:['.,;][0-9]++)*+)_*+)++"
)
_THAI = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]").match


def words(text: str) -> list[str]:
    """The words of `message` and `title`, lowercase, in their order."""
    return _cut(_found(text))


def thai_words(text: str) -> list[str] | None:
    """The words of `message.th` and `title.th`: the same, with Thai cut into its words. None without Thai."""
    return _thai(_found(text)) if _THAI.search(text) else None


def both(text: str) -> tuple[list[str], list[str] | None]:
    """`words` and `thai_words`."""
    found = _found(text)
    return _cut(found), _thai(found) if _THAI.search(text) else None


def _found(text: str) -> list[str]:
    if text.isascii():
        return _ASCII.findall(text.lower())
    return _WORD.findall(text.replace("İ", "i").replace("Σ", "σ").lower())  # letter by letter, as Java lowers them


def _thai(found: list[str]) -> list[str]:
    segment = _segmenter()
    cut: list[str] = []
    for word in found:
        if word.isascii():
            cut.append(word)
        else:
            cut += segment(word) if _IS_UNSPACED(word) else [word.translate(_THAI_DIGITS)]
    return _cut(cut)


def _cut(words: list[str]) -> list[str]:
    if max(map(len, words), default=0) <= _LONGEST:
        return words
    return [word[at : at + _LONGEST] for word in words for at in range(0, len(word), _LONGEST)]


@cache
def _segmenter() -> Callable[[str], list[str]]:
    """PyThaiNLP's newmm and its dictionary, which takes a while to load, so only where there is Thai."""
    from nlpo3 import load_dict, segment

    with as_file(files("pythainlp.corpus") / "words_th.txt") as path:
        load_dict(str(path), _DICTIONARY)
    return partial(segment, dict_name=_DICTIONARY)
