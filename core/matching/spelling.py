"""When two spellings are the same words: what the matcher folds away, and which accents contradict each other.

Folded away are capitals, accents, the choice of code points (composed or not, full-width, ligatures, mathematical
letters, both encodings of the Thai sara am), characters without width, the shape of quotes and hyphens, and how wide a
space is. Vowel and tone marks of Thai and other scripts that cannot be read without them stay.
"""

import re
import unicodedata

_ACCENTS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff"
_ACCENT = re.compile(f"[{_ACCENTS}]")
_IS_ACCENT = frozenset(filter(_ACCENT.match, map(chr, range(0x300, 0x1E00))))
_LETTER = re.compile(f"[^{_ACCENTS}][{_ACCENTS}]*")

_NO_WIDTH = (
    "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff"
)
_QUOTES, _HYPHENS, _SIGNS = "’‘´ʼ′", "‐‑‒–", "™℠®©"
_VARIANT = re.compile(f"[{_NO_WIDTH}{_QUOTES}{_HYPHENS}{_SIGNS}]")
_PLAIN_VARIANT = dict.fromkeys(_QUOTES, "'") | dict.fromkeys(_HYPHENS, "-") | dict.fromkeys(_SIGNS, " ")

# Letters that Unicode does not decompose; a stroke is an accent like any other.
_STROKED = {
    "đ": "d\u0335",
    "ð": "d\u0335",
    "ł": "l\u0335",
    "ħ": "h\u0335",
    "ø": "o\u0338",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
}

# Thai sara am is typed as one character or two, with the tone mark before, between or after them.
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b])\u0e32|\u0e4d\u0e32([\u0e48-\u0e4b])")

# Vietnamese writes a syllable's tone on one of its vowels, and people differ on which: hoà, hòa.
_VOWELS = re.compile(f"(?:[aeiouy][{_ACCENTS}]*){{2,}}")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def tidy(text: str) -> str:
    """The text with its capitals and accents, decomposed (NFKD), in one choice of code points and spaces."""
    if not text.isascii():
        text = _VARIANT.sub(lambda found: _PLAIN_VARIANT.get(found[0], ""), text)
        text = unicodedata.normalize("NFKD", text).replace("\u0e40\u0e40", "\u0e41")
        if "\u0e4d" in text:
            text = _SARA_AM.sub(lambda found: f"{found[1] or found[2]}\u0e4d\u0e32", text)
    return " ".join(text.replace("`", "'").split())


def lower(tidied: str) -> str:
    """A tidy text without its capitals; every accent still follows its letter."""
    if tidied.isascii():
        return tidied.lower()
    lowered = tidied.casefold()
    for letter, plain in _STROKED.items():
        lowered = lowered.replace(letter, plain)
    return lowered


def bare(lowered: str) -> str:
    """A lower text without its accents."""
    return lowered if lowered.isascii() else _ACCENT.sub("", lowered)


def fold(text: str) -> str:
    """What is the same for every spelling of the same words."""
    return bare(lower(tidy(text)))


def letters(lowered: str) -> list[int]:
    """Where each letter of the bare text stands in the lower one, and at last the end."""
    return [at for at, char in enumerate(lowered) if char not in _IS_ACCENT] + [len(lowered)]


def agree(some: str, others: str) -> bool:
    """Whether of two lower spellings of the same letters one has all accents of the other, letter by letter: a and à
    agree, so do ê and ế; à and á do not. The tone of several vowels in a row counts for the first."""
    return some == others or all(a <= b or b <= a for a, b in zip(_accents(some), _accents(others), strict=True))


def _accents(lowered: str) -> list[frozenset[str]]:
    return [frozenset(letter[1:]) for letter in _LETTER.findall(_VOWELS.sub(_tone_first, lowered))]


def _tone_first(vowels: re.Match[str]) -> str:
    tones = "".join(_TONE.findall(vowels[0]))
    rest = _TONE.sub("", vowels[0])
    return rest[0] + tones + rest[1:]
