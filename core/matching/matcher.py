"""Attributes a text to the brands of the watch list.

A term of a script that puts spaces between words (Latin, Cyrillic, Arabic, Devanagari, ...) matches whole words; one of
a script that does not, or that writes particles onto the word (Thai, Lao, Khmer, Burmese, Chinese, Japanese, Korean),
matches anywhere. Capitals do not matter. A missing accent does not matter, on either side; another accent does:
`Cà Phê Sáng` is found in `ca phe sang`, not in `cá phê sang` (the whole rule: `core/matching/spelling.py`). An exact
term matches with the capitals and accents that it is written with. Handles and hashtags match whole. A word inside a
handle, a mail address, a longer hashtag or the path of a link is not a word. A term inside a longer one is found as
well. All terms are sought in one pass (Aho, Corasick 1975).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from hubbub.core.match import Match, MatchKind
from hubbub.core.matching import edges
from hubbub.core.matching.accounts import Accounts
from hubbub.core.matching.spelling import agree, bare, fold, letters, lower, tidy
from hubbub.core.matching.watchlist import Brand, Term, written
from hubbub.core.mention import Mention

_LINK = re.compile(r"(https?://[^\s/?#]*)([!-~]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[\w.+-]{0,63}\w)?@[\w.@-]*|\bu/[\w-]+", re.ASCII | re.IGNORECASE)
_MASK = "\0"


@dataclass(frozen=True)
class _Sought:
    """One spelling to look for.

    Attributes:
        rank: place of its match in the watch list.
        whole: a handle, a hashtag or an address, which a mask over addresses must not hide.
        accented: the term with its accents; None where it has none.
        exact: the tidy term where capitals and accents count, else None.
        match: what to say when it is found; None for an exclude.
    """

    rank: int
    brand: int
    plain: str
    alone: edges.Alone
    whole: bool
    accented: str | None
    exact: str | None
    match: Match | None


class _Spelling:
    """A text and what the matcher works out of it; the rarer things only once something was found."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lowered = lower(tidy(text))
        self._letters: list[int] | None = None
        self._exact: dict[str, bool] = {}
        self.plain = bare(self._lowered)
        self.has_accents = len(self.plain) != len(self._lowered)
        self.tagged = _without_links(self.plain)
        self.words = _without_addresses(self.tagged)

    def with_accents(self, start: int, end: int) -> str:
        if self._letters is None:
            self._letters = letters(self._lowered)
        return self._lowered[self._letters[start] : self._letters[end]]

    def holds_exactly(self, exact: str, sought: _Sought) -> bool:
        """Whether an exact term is anywhere in the text; looked up once a term."""
        if exact not in self._exact:
            seen = _without_links(tidy(self._text))
            seen = seen if sought.whole else _without_addresses(seen)
            self._exact[exact] = _holds(seen, exact, sought.alone)
        return self._exact[exact]


class Matcher:
    """The compiled watch list. It is built once; asking costs time by the length of the text, not by the terms."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._brands = list(brands)
        self._accounts = Accounts(brands)
        self._names: dict[str, list[Brand]] = defaultdict(list)
        for brand in self._brands:
            for name in dict.fromkeys(fold(written(name)) for name in (brand.name, *brand.aliases)):
                self._names[name].append(brand)
        self._automaton = ahocorasick.Automaton()
        by_plain: dict[str, list[_Sought]] = defaultdict(list)
        for sought in _compile(self._brands):
            by_plain[sought.plain].append(sought)
        for plain, candidates in by_plain.items():
            self._automaton.add_word(plain, candidates)
        if by_plain:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Returns every match once, in the order of the watch list; none for a brand whose exclude is in the text."""
        spelling = _Spelling(text)
        if not spelling.plain or not self._automaton:
            return []
        found: dict[int, _Sought] = {}
        for last, candidates in self._automaton.iter(spelling.plain):
            for sought in candidates:
                if sought.rank not in found and _is_there(sought, spelling, last + 1):
                    found[sought.rank] = sought
        if not found:
            return []
        barred = {sought.brand for sought in found.values() if sought.match is None}
        kept = (found[rank] for rank in sorted(found) if found[rank].brand not in barred)
        return [sought.match for sought in kept if sought.match is not None]

    def attribute(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]]:
        """Returns the mention, its author marked where the account is a brand's own, and why it is kept: by what it
        says, by who says it, or because its source names the brand (by its name or an alias). No match: it is not about
        any watched brand. An exclude bars only what the text says."""
        matches = self.find(mention.words)
        brands = {match.brand for match in matches}
        voices = self._accounts.of(mention.source, mention.author.name)
        if voices:
            mention = mention.model_copy(update={"author": mention.author.model_copy(update={"is_brand": True})})
        for brand, handle in voices:
            if brand.name not in brands:
                matches.append(_match(brand, handle, MatchKind.handle))
        brands.update(brand.name for brand, _ in voices)
        for brand in self._names.get(fold(mention.brand), []) if mention.brand else []:
            if brand.name not in brands:
                matches.append(_match(brand))
        return mention, tuple(matches)

    def knows(self, brand: str) -> bool:
        """Whether a source that names this brand means one of the watch list."""
        return fold(brand) in self._names


def _compile(brands: Sequence[Brand]) -> Iterator[_Sought]:
    ranks: dict[tuple[int, Match | None], int] = {}
    for at, brand in enumerate(brands):
        terms = [(term, _match(brand, written(term), kind, product)) for term, kind, product in brand.terms()]
        for term, match in (*terms, *((term, None) for term in brand.excludes)):
            rank = ranks.setdefault((at, match), len(ranks))
            for spelling in _spellings(term):
                yield _sought(rank, at, spelling, not isinstance(term, str) and term.exact, match)


def _spellings(term: Term) -> tuple[str, ...]:
    """A handle is `@name` everywhere and `u/name` on Reddit as well."""
    text = written(term)
    return (text, f"u/{text[1:]}") if text.startswith("@") else (text,)


def _sought(rank: int, brand: int, spelling: str, exact: bool, match: Match | None) -> _Sought:
    lowered = lower(tidy(spelling))
    plain = bare(lowered)
    return _Sought(
        rank=rank,
        brand=brand,
        plain=plain,
        alone=edges.alone(spelling),
        whole="@" in plain or spelling.startswith(("#", "u/")),
        accented=lowered if lowered != plain else None,
        exact=tidy(spelling) if exact else None,
        match=match,
    )


def _match(brand: Brand, term: str | None = None, kind: MatchKind | None = None, product: str | None = None) -> Match:
    return Match(brand=brand.name, competitor=brand.competitor, term=term, kind=kind, product=product)


def _is_there(sought: _Sought, spelling: _Spelling, end: int) -> bool:
    """Whether the letters before `end` are the term itself and not a part of something else."""
    if sought.exact is not None:
        return spelling.holds_exactly(sought.exact, sought)
    start = end - len(sought.plain)
    seen = spelling.tagged if sought.whole else spelling.words
    if not seen.startswith(sought.plain, start) or not sought.alone(seen, start, end):
        return False
    return (
        sought.accented is None or not spelling.has_accents or agree(spelling.with_accents(start, end), sought.accented)
    )


def _holds(seen: str, exact: str, alone: edges.Alone) -> bool:
    start = seen.find(exact)
    while start >= 0:
        if alone(seen, start, start + len(exact)):
            return True
        start = seen.find(exact, start + 1)
    return False


def _without_links(text: str) -> str:
    """Masks the path of every link; its host stays, for `https://lumo.example is down` is about Lumo."""
    return _LINK.sub(lambda link: link[1] + _MASK * len(link[2]), text) if "://" in text else text


def _without_addresses(text: str) -> str:
    """Masks handles and mail addresses."""
    if "@" in text or "u/" in text or "U/" in text:
        return _ADDRESS.sub(lambda address: _MASK * len(address[0]), text)
    return text
