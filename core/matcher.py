"""Attributes a text to the brands of the watch list.

A term of a script that puts spaces between words (Latin, Cyrillic, Arabic, Devanagari, ...) matches whole words; one of a script
that does not (Thai, Lao, Khmer, Burmese, Chinese, Japanese) matches anywhere. Capitals do not matter. A missing accent
does not matter, another accent does: `Cà Phê Sáng` is found in `ca phe sang`, not in `cá phê sang`. An exact term matches as it is
written. Handles and hashtags match whole. All terms are sought in one pass (Aho, Corasick 1975).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import ahocorasick

from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Mention
from hubbub.core.watchlist import Brand, Term, written

_UNSPACED = (("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"))
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "\u200b": None, "\u00ad": None, "\ufeff": None}
)
_ACCENTS = dict.fromkeys(range(0x300, 0x370))


@dataclass(frozen=True)
class _Sought:
    brand: int
    text: str
    plain: str
    exact: bool
    match: Match | None  # None: an exclude


def fold(text: str) -> str:
    """Lower case without Latin accents; Thai vowel marks and the like stay."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text.casefold()).translate(_ACCENTS)
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


class Matcher:
    """The compiled watch list. Building it costs once; asking it costs time by the length of the text, not by the terms."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._brands = list(brands)
        self._names = {fold(brand.name): brand for brand in brands}
        self._voices = {fold(handle): brand for brand in brands for handle in brand.handles}
        found: dict[str, list[_Sought]] = {}
        for at, brand in enumerate(brands):
            for term, kind, product in brand.terms():
                match = Match(
                    brand=brand.name, competitor=brand.competitor, term=written(term), kind=kind, product=product
                )
                _add(found, at, term, match)
            for term in brand.excludes:
                _add(found, at, term, None)
        self._automaton = ahocorasick.Automaton()
        for plain, sought in found.items():
            self._automaton.add_word(plain, sought)
        if found:
            self._automaton.make_automaton()
        self._empty = not found

    def find(self, text: str) -> list[Match]:
        """Returns every distinct match in the order of the watch list; none for a brand whose exclude is in the text."""
        if self._empty or not text:
            return []
        plain = fold(text)
        hits: dict[int, dict[Match, None]] = {}
        barred: set[int] = set()
        spot: _Places | None = None
        for end, candidates in self._automaton.iter(plain):
            for sought in candidates:
                start = end - len(sought.plain) + 1
                if not _stands_alone(plain, start, end + 1, sought):
                    continue
                if not (text.isascii() and sought.text.isascii() and not sought.exact):
                    spot = spot or _Places(text, plain)
                    if not _agrees(spot.original(start, end + 1), sought):
                        continue
                if sought.match is None:
                    barred.add(sought.brand)
                else:
                    hits.setdefault(sought.brand, {})[sought.match] = None
        return [match for brand in sorted(hits) if brand not in barred for match in hits[brand]]

    def attribute(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]]:
        """Returns the mention, its author marked where the account is a brand's own, and why it is kept: by what it says, by
        who says it, or because its source names the brand. No match: it is not about any watched brand."""
        matches = dict.fromkeys(self.find(mention.words))
        voice = self._voices.get(fold("@" + mention.author.name)) if mention.author.name else None
        if voice is not None:
            author = mention.author.model_copy(update={"is_brand": True})
            mention = mention.model_copy(update={"author": author})
            if not any(match.brand == voice.name for match in matches):
                term = next(handle for handle in voice.handles if fold(handle) == fold("@" + (author.name or "")))
                matches[Match(brand=voice.name, competitor=voice.competitor, term=term, kind=MatchKind.handle)] = None
        named = self._names.get(fold(mention.brand)) if mention.brand else None
        if named is not None and not any(match.brand == named.name for match in matches):
            matches[Match(brand=named.name, competitor=named.competitor)] = None
        return mention, tuple(matches)


def _add(found: dict[str, list[_Sought]], brand: int, term: Term, match: Match | None) -> None:
    text = unicodedata.normalize("NFC", written(term))
    exact = not isinstance(term, str) and term.exact
    plain = fold(text)
    found.setdefault(plain, []).append(_Sought(brand, text, plain, exact, match))


class _Places:
    """Where each folded character came from, worked out only for texts in which something was found."""

    def __init__(self, text: str, plain: str) -> None:
        self._text = unicodedata.normalize("NFC", text)
        self._from: list[int] | None = None
        if len(self._text) != len(plain) or not unicodedata.is_normalized("NFC", text):
            self._from = [at for at, char in enumerate(self._text) for _ in fold(char)]

    def original(self, start: int, end: int) -> str:
        if self._from is None:
            return self._text[start:end]
        if end > len(self._from):
            return ""
        return self._text[self._from[start] : self._from[end - 1] + 1]


def _agrees(original: str, sought: _Sought) -> bool:
    """Exact terms agree letter by letter; others where no accent of the text contradicts one of the term."""
    if sought.exact:
        return original == sought.text
    theirs, ours = original.casefold(), sought.text.casefold()
    if theirs == ours or len(theirs) != len(ours):
        return len(theirs) == len(ours) or fold(theirs) == fold(ours)
    return all(a == b or a == fold(a) or b == fold(b) for a, b in zip(theirs, ours, strict=True))


def _stands_alone(plain: str, start: int, end: int, sought: _Sought) -> bool:
    before, after = plain[start - 1 : start], plain[end : end + 1]
    if sought.plain[0] in "@#":
        rest = plain[end : end + 2]
        dotted = sought.plain[0] == "@" and len(rest) == 2 and rest[0] in ".-" and _is_word(rest[1])
        return not (before and (_is_word(before) or before in "@#&")) and not _is_word(after) and not dotted
    if before == "@":  # somebody's handle or mail address, not a word
        return False
    return not _joins(before, plain[start]) and not _joins(after, plain[end - 1]) and not _is_mark(after)


def _joins(neighbour: str, edge: str) -> bool:
    """Whether a character beside a term makes one word with the term's edge."""
    return _is_word(neighbour) and _is_word(edge) and not _is_unspaced(neighbour) and not _is_unspaced(edge)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or _is_mark(char)


def _is_mark(char: str) -> bool:
    return bool(char) and not char.isascii() and unicodedata.category(char) in ("Mn", "Mc")


def _is_unspaced(char: str) -> bool:
    return not char.isascii() and any(low <= char <= high for low, high in _UNSPACED)
