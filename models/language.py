"""Which language a post is written in, found offline.

py3langid, chosen on the 9,840 validation posts in nine languages (Hindi left out: written in Latin letters there, which no
detector knows), 0.8 s of processor time to load and 700 to 2,000 posts a second: 98.4 % right, 1.0 % wrong and the rest `und`
when held to the 55 languages below; 97.7 % right and 2.3 % wrong held to all those it has a two-letter code for. lingua 2.1 held to
the ten tested languages gave 97.8 % in its accurate mode (13 s to load, 100 posts a second) and 96.4 % in its fast one, behind
on Thai mixed with English. Shortcuts by script would change nothing: all Thai, Arabic and Vietnamese errors are posts written in
another script than their language's.
"""

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from hubbub.models.text import clean

UNSURE = "und"
SURE = 0.2  # probability below which the answer is `und`
LANGUAGES = set(
    "ar bg bn cs da de el en es et fa fi fr gu he hi hr hu id it ja ka km kn ko lo lt lv ml mr ms my ne nl no pa pl pt ro ru si sk "
    "sl sr sv sw ta te th tl tr uk ur vi zh".split()
)
LONGEST = 2000  # characters that are read: more do not change the answer

_PLACEHOLDERS = re.compile(r"@user|\bhttp\b|\bRT\b")


def detect(text: str) -> str:
    """Returns the ISO 639-1 code of the language that most of the text is in, or `und` where that cannot be told: no words
    but links, handles, numbers and emoji, or too few. Any string gets an answer."""
    said = _PLACEHOLDERS.sub(" ", clean(text)[:LONGEST])
    if not any(map(str.isalpha, said)):
        return UNSURE
    words = "".join(char if _is_written(char) else " " for char in said)
    return str(_identifier().classify(" ".join(words.lower().split()))[0])


def _is_written(char: str) -> bool:
    """Letters, and the vowel signs and tone marks of Thai, Hindi and others."""
    return char.isalpha() or unicodedata.category(char) in ("Mn", "Mc")


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=SURE)
    identifier.set_languages(LANGUAGES)
    return identifier
