"""Which language a post is written in, found offline by py3langid.

Chosen on the validation posts, each of nine languages counting the same. Times are of one core.

| detector | right | wrong | und | to load | posts/s |
|---|---|---|---|---|---|
| py3langid 0.4, held to the 55 languages below, with columns of posts | 98.8 % | 0.8 % | 0.4 % | 0.8 s | 4,700 |
| the same without those columns | 98.2 % | 1.2 % | 0.6 % | 0.7 s | 4,200 |
| the same in all languages with a two-letter code | 97.1 % | 1.4 % | 1.5 % | 0.7 s | |
| lingua 2.1, held to the ten tested languages | 97.9 % | 2.1 % | | 1.6 s | 3,500 |
| lingua 2.1, the same, low accuracy mode | 96.4 % | 3.6 % | | 0.1 s | 8,100 |

The columns of posts (`models/training/fit_language.py`) are for what edited text does not show: Vietnamese without
accents (99.5 % right, 65 to 92 % without them), Hindi in Latin letters (81 %, none before), Indonesian (98.6 %, 94.7 %
before).
Held to ten languages a detector takes every other one for one of them; held to all of its 75 lingua loads for 13 s.
Of a post in two scripts one is read: Latin where its letters are three times the others. That costs half a point of the
Thai posts, those full of brand names, and keeps an English post English for one Thai word in it. Other shortcuts by
script would change nothing: the Thai and Vietnamese posts that are missed are in plain Latin letters.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from hubbub.models.reading import Reading
from hubbub.models.text import clean

POSTS = Path(__file__).with_name("language.npz")  # see `models/training/fit_language.py`
UNSURE = "und"
SURE = 0.22  # probability below which the answer is `und`
LANGUAGES = (
    "ar bg bn cs da de el en es et fa fi fr gu he hi hr hu id it ja ka km kn ko lo lt lv ml mr ms my ne nl no pa pl pt "
    "ro ru si sk sl sr sv sw ta te th tl tr uk ur vi zh"
)
LONGEST = 2000  # characters that are read: more do not change the answer
LATIN_WEIGHS = (
    3  # so many Latin letters count as one of another script, in which brands and products are named in Latin
)

_NO_LATIN = re.compile("[^A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+")
_PLACEHOLDERS = re.compile(r"@user|\bhttp\b|\bRT\b")


def read(reading: Reading) -> list[str]:
    return [detect(text) for text in reading.texts]


def detect(text: str) -> str:
    """Returns the ISO 639-1 code of the language that most of the text is in, or `und` where that cannot be told:
    too few words, or nothing but links, handles, numbers and emoji. Any string gets an answer."""
    said = read_out(text)
    return str(identifier().classify(said)[0]) if said else UNSURE


def read_out(text: str) -> str:
    """What of a text the language is told by: words in lower case, in the script that most of it is in."""
    said = _PLACEHOLDERS.sub(" ", unicodedata.normalize("NFKC", clean(text)[:LONGEST]))
    letters, latin = sum(map(str.isalpha, said)), len(_NO_LATIN.sub("", said))
    if latin > LATIN_WEIGHS * (letters - latin):
        words = _NO_LATIN.sub(" ", said)
    else:
        words = "".join(char if _is_written(char) and _NO_LATIN.match(char) else " " for char in said)
    return " ".join(words.lower().split())


def _is_written(char: str) -> bool:
    """Letters, and the vowel signs and tone marks of Thai, Hindi and others."""
    return char.isalpha() or unicodedata.category(char) in ("Mn", "Mc")


@cache
def identifier() -> LanguageIdentifier:
    """The detector, with a second column for each language that is known from posts too."""
    known = LanguageIdentifier.from_model_file(MODEL_FILE)
    known.set_languages(LANGUAGES.split())
    posts = np.load(POSTS)
    as_typed = (posts["least"] + posts["step"] * posts["codes"]).T  # (features, languages)
    names = posts["languages"].tolist()
    return LanguageIdentifier(
        np.hstack([known.nb_ptc, as_typed]).astype(np.float32),
        np.append(known.nb_pc, np.full(len(names), known.nb_pc.mean())).astype(np.float32),
        known.nb_classes + names,
        known.tk_nextmove,
        known.tk_output,
        norm_probs=True,
        min_confidence=SURE,
        tk_row=known.tk_row,
    )
