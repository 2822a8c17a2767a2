"""Which language a post is written in, found offline by py3langid.

Chosen on the validation posts, each of nine languages counting the same (Hindi is left out: there it is written in Latin
letters, which detectors do not know). Times are of one core.

| detector | right | wrong | und | to load | posts/s |
|---|---|---|---|---|---|
| py3langid 0.4, held to the 55 languages below, `und` under 0.2 | 98.3 % | 1.1 % | 0.6 % | 0.7 s | 4,500 |
| py3langid 0.4, all languages with a two-letter code, `und` under 0.2 | 97.1 % | 1.4 % | 1.5 % | 0.7 s | |
| lingua 2.1, held to the ten tested languages | 97.9 % | 2.1 % | | 1.6 s | 3,500 |
| lingua 2.1, the same, low accuracy mode | 96.4 % | 3.6 % | | 0.1 s | 8,100 |

Held to ten languages a detector takes every other language for one of them; held to all of its 75, lingua loads for 13 s.
Shortcuts by script would change nothing: the Thai and Vietnamese posts that it misses are in Latin letters without accents.
"""

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from hubbub.models.text import clean

UNSURE = "und"
SURE = 0.2  # probability below which the answer is `und`
LANGUAGES = (
    "ar bg bn cs da de el en es et fa fi fr gu he hi hr hu id it ja ka km kn ko lo lt lv ml mr ms my ne nl no pa pl pt "
    "ro ru si sk sl sr sv sw ta te th tl tr uk ur vi zh"
)
LONGEST = 2000  # characters that are read: more do not change the answer

_PLACEHOLDERS = re.compile(r"@user|\bhttp\b|\bRT\b")


def detect(text: str) -> str:
    """Returns the ISO 639-1 code of the language that most of the text is in, or `und` where that cannot be told: no words
    but links, handles, numbers and emoji, or too few. Any string gets an answer."""
    said = _PLACEHOLDERS.sub(" ", unicodedata.normalize("NFKC", clean(text)[:LONGEST]))
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
    identifier.set_languages(LANGUAGES.split())
    return identifier
