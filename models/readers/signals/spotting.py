"""Finds a family of signals in a text: its words, where they are not denied and not told of others.

A family is a file beside this one, `<name>.toml`: patterns by language (`en`, `th`, `vi`), what looks like one and is
none (`not`), and `own = true` where only what the author does counts. A pattern is words as people write them; in it
`(a|b)` is a choice and `(a )?` may be missing, `burn*` is a beginning, and `..` stands for up to three words. Capitals
make no difference. Vietnamese is also read without accents; written with accents it has to have the right ones.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hubbub.core.matching.spelling import bare, letters, lower, tidy

_GAP = r"(?:[^\s.!?]+\s+){0,3}?"
_TOKEN = re.compile(r"\(|\)\?|\)|\||\*|\.\.|[^()|*.]+|\.")
_CHOICE = re.compile(r"\(([^()]*)\)(\??)")
_SENTENCE = re.compile(r"[.!?\n;]")
_BEFORE = 40  # characters before a match that may deny it

_D, _AM = "d\u0335", "\u0e4d\u0e32"  # what `lower` and `tidy` make of đ and of sara am

_DENIED = re.compile(
    r"(?:\b(?:not|no|never|without|nothing|isn't|wasn't|don't|didn't|doesn't|won't|wouldn't|haven't|hasn't|can't|cannot)"
    r"(?:\s+[\w']+){0,3}\s*|ไม่(?:ได้|เคย|มี|ใช่|ถึงกับ|คิดจะ)?\S{0,4}|ไม่ต้อง|อย่า(?:เพิ่ง)?"
    r"|\b(?:khong|ko|k|chua|chang|dau co)(?:\s+\w+){0,2}\s*)$"
)
_HEARSAY = re.compile(
    r"\b(?:heard|read (?:about|that|in)|they say|people say|apparently|rumou?rs?|in the news|according to|article|movie"
    r"|film|series|song|novel|game|what happens if|imagine|beware|watch out|canh giac"
    r"|canh bao|nghe noi|nghe dau|bao noi|thay bao|theo bao|phim)\b"
    r"|ระวัง|ได้ยินว่า|ข่าว|เขาว่า|เค้าว่า|เห็นว่า|เพื่อนบอก|ในหนัง|ละคร|นิยาย"
)
_OTHERS = re.compile(
    r"\b(?:my|his|her|their) (?:sister|brother|friend|cousin|neighbou?r|colleague|boss|mate|ex"
    r"|mom|mum|dad|uncle|aunt)(?:'s)?\b"
    r"|เพื่อน|พี่สาว|น้องสาว|\b(?:ban|chi|anh|me|bo) (?:toi|minh)\b"
)


@dataclass(frozen=True)
class Pattern:
    """One entry of a family, in its language.

    Attributes:
        anchors: letters of which every match holds some, folded; without them there is none, which is quick to see.
    """

    anchors: tuple[str, ...]
    exact: re.Pattern[str]
    folded: re.Pattern[str]
    accented: bool


class Said:
    """A text in the spellings that patterns are looked for in."""

    def __init__(self, text: str) -> None:
        self.lower = lower(tidy(text))
        self.folded = bare(self.lower)

    @cached_property
    def accented(self) -> bool:
        return self.lower != self.folded

    @cached_property
    def _places(self) -> list[int]:
        return letters(self.lower) if self.accented else list(range(len(self.folded) + 1))

    def words(self, start: int, end: int) -> str:
        """What stands there in the folded text, with its accents."""
        said = self.lower[self._places[start] : self._places[end]].replace(_D, "đ").replace(_AM, "\u0e33")
        return unicodedata.normalize("NFC", said).strip()


@dataclass(frozen=True)
class Family:
    """Signals of one name."""

    name: str
    patterns: tuple[Pattern, ...]
    none: tuple[str, ...]
    own: bool

    @cached_property
    def _anchored(self) -> list[tuple[str, Pattern]]:
        return [(anchor, pattern) for pattern in self.patterns for anchor in pattern.anchors]

    def find(self, said: Said) -> tuple[str, ...]:
        """The words of the text that are such a signal, in the order of the patterns."""
        found: dict[str, None] = {}
        masked: str | None = None
        for pattern in dict.fromkeys(pattern for anchor, pattern in self._anchored if anchor in said.folded):
            if masked is None:
                masked = self._masked(said.folded)
            for match in pattern.folded.finditer(masked):
                words = said.words(*match.span())
                if pattern.accented and said.accented and not pattern.exact.search(lower(tidy(words))):
                    continue
                if not self._discounted(masked[: match.start()]):
                    found[words] = None
        return tuple(found)

    def _masked(self, folded: str) -> str:
        for phrase in self.none:
            folded = folded.replace(phrase, "\x00" * len(phrase))
        return folded

    def _discounted(self, before: str) -> bool:
        clause = _SENTENCE.split(before)[-1]
        near = clause[-_BEFORE:]
        return bool(_DENIED.search(near) or _HEARSAY.search(clause) or (self.own and _OTHERS.search(near)))


def load_families(folder: Path) -> tuple[Family, ...]:
    """Every family of the folder, by name."""
    return tuple(_family(file) for file in sorted(folder.glob("*.toml")))


def _family(file: Path) -> Family:
    said: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    patterns = [pattern(text, language) for language in ("en", "th", "vi") for text in said.get(language, ())]
    return Family(file.stem, tuple(patterns), tuple(_folded(said.get("not", ()))), said.get("own", False))


def _folded(phrases: Iterable[str]) -> list[str]:
    return [bare(lower(tidy(phrase))) for phrase in phrases]


def pattern(text: str, language: str) -> Pattern:
    """A pattern as a family's file writes it. Thai has no spaces, so nothing stands at its edges."""
    low = lower(tidy(text))
    plain = bare(low)
    edges = ("", "") if language == "th" else (r"(?<!\w)", r"(?!\w)")
    exact, folded = (re.compile(edges[0] + _expression(form) + edges[1]) for form in (low, plain))
    return Pattern(_anchors(plain), exact, folded, low != plain and language == "vi")


def _anchors(text: str) -> tuple[str, ...]:
    """The longest letters that stand for themselves; where those are few, what a choice is between."""
    fixed = re.split(r"\.\.|\*|\x00", _CHOICE.sub("\x00", text))
    choices = [[word.strip(" *") for word in found[1].split("|")] for found in _CHOICE.finditer(text) if not found[2]]
    longest = max((part.strip() for part in fixed), key=len)
    return max([(longest,), *map(tuple, choices)], key=lambda words: min(map(len, words)))


def _expression(text: str) -> str:
    made = []
    for token in _TOKEN.findall(re.sub(r"\s*\.\.\s*", "..", text)):
        if token == "(":
            made.append("(?:")
        elif token == "*":
            made.append(r"\w*")
        elif token == "..":
            made.append(r"\s+" + _GAP)
        elif token in (")", ")?", "|"):
            made.append(token)
        else:
            made.append(re.escape(token).replace(r"\ ", r"\s+"))
    return "".join(made)
