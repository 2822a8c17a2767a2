"""The matcher agrees with a slow one that follows its rules letter by letter."""

import unicodedata
from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubbub.core.matching.matcher import Matcher
from hubbub.core.matching.watchlist import Brand, Exact, Offer, Term, written

TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
ALPHABET = "aAàáâấoòsSßđDĐ1 _-.#\nกาิมｓ\u00a0"


@dataclass
class Letter:
    char: str
    accents: set[str]


def read(text: str) -> list[Letter]:
    letters: list[Letter] = []
    for char in " ".join(unicodedata.normalize("NFKD", text).split()):
        if "\u0300" <= char <= "\u036f":
            letters[-1].accents.add(char)
        else:
            letters.append(Letter(char, set()))
    return letters


def lowered(letters: list[Letter]) -> list[Letter]:
    lower = []
    for letter in letters:
        if letter.char in "đĐ":
            lower.append(Letter("d", letter.accents | {"stroke"}))
        else:
            lower += [Letter(char, set()) for char in letter.char.casefold()]
            lower[-1].accents |= letter.accents
    return lower


def tones_first(letters: list[Letter]) -> list[set[str]]:
    accents = [set(letter.accents) for letter in letters]
    for at in range(len(letters) - 1, 0, -1):
        if letters[at].char in "aeiouy" and letters[at - 1].char in "aeiouy":
            accents[at - 1] |= accents[at] & TONES
            accents[at] -= TONES
    return accents


def same(seen: list[Letter], wanted: list[Letter], exact: bool) -> bool:
    if [letter.char for letter in seen] != [letter.char for letter in wanted]:
        return False
    if exact:
        return seen == wanted
    pairs = zip(tones_first(seen), tones_first(wanted), strict=True)
    return all(a <= b or b <= a for a, b in pairs)


def is_thai(char: str) -> bool:
    return "\u0e00" <= char <= "\u0e7f"


def is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or (is_thai(char) and unicodedata.category(char) == "Mn")


def alone(seen: list[Letter], start: int, end: int) -> bool:
    chars = [letter.char for letter in seen]
    before, after = chars[:start], chars[end:]
    if after and unicodedata.category(after[0]) == "Mn":
        return False
    if chars[start] == "#":
        while before and is_word(before[-1]) and not is_thai(before[-1]):
            before.pop()
            if before and before[-1] == "#":
                return not (after and is_word(after[0]))
        began = len(before) == start or (before and is_thai(before[-1]) and len(before) == start)
        if not began:
            thai_hashtag = "".join(chars[:start]).rpartition("#")
            return bool(thai_hashtag[1]) and all(map(is_word, thai_hashtag[2])) and not (after and is_word(after[0]))
        return not (before and before[-1] == "#") and not (after and is_word(after[0]))
    if before and before[-1] == "_":
        while before and before[-1] == "_":
            before.pop()
    if after and after[0] == "_":
        while after and after[0] == "_":
            after.pop(0)
        if after and unicodedata.category(after[0]) == "Mn":
            return False
    return not any(
        is_word(neighbour) and is_word(edge) and not is_thai(neighbour) and not is_thai(edge)
        for neighbour, edge in ((before[-1:], chars[start]), (after[:1], chars[end - 1]))
        for neighbour in neighbour
    )


def occurs(text: str, term: Term) -> bool:
    exact = isinstance(term, Exact)
    seen, wanted = read(text), read(written(term))
    if not exact:
        seen, wanted = lowered(seen), lowered(wanted)
    return any(
        same(seen[at : at + len(wanted)], wanted, exact) and alone(seen, at, at + len(wanted))
        for at in range(len(seen) - len(wanted) + 1)
    )


def slow_find(brands: list[Brand], text: str) -> list[tuple[str, str, str, str | None]]:
    found: dict[tuple[str, str, str, str | None], None] = {}
    for brand in brands:
        if not any(occurs(text, term) for term in brand.excludes):
            for term, kind, product in brand.terms():
                if occurs(text, term):
                    found[(brand.name, written(term), kind, product)] = None
    return list(found)


words = st.text(ALPHABET, min_size=1, max_size=3).filter(lambda word: any(map(str.isalnum, word)))
terms = st.one_of(words, words.map(lambda word: Exact(term=word)))
hashtags = st.text("aàoกิ1", min_size=1, max_size=2).filter(lambda word: any(map(str.isalnum, word)))
brand_lists = st.lists(
    st.builds(
        Brand,
        name=words,
        aliases=st.tuples(terms, terms),
        hashtags=st.tuples(hashtags),
        products=st.tuples(st.builds(Offer, name=words, aliases=st.tuples(terms))),
        excludes=st.lists(terms, max_size=1).map(tuple),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda brand: brand.name,
)


@st.composite
def watch_lists_and_texts(draw):
    brands = draw(brand_lists)
    known = [written(term) for brand in brands for term in (*(term for term, *_ in brand.terms()), *brand.excludes)]
    pieces = draw(st.lists(st.one_of(st.sampled_from(known), st.text(ALPHABET, max_size=3)), max_size=5))
    text = draw(st.sampled_from(["", " "])).join(pieces)
    return brands, draw(st.sampled_from([str, str.upper, str.lower, lambda t: unicodedata.normalize("NFD", t)]))(text)


@settings(max_examples=200, deadline=None)
@given(watch_lists_and_texts())
@example(([Brand(name="oà")], "òa"))
@example(([Brand(name="đà")], "Dâ"))
@example(([Brand(name="ß")], "SS"))
@example(([Brand(name="1", hashtags=("1",))], "#1_\u0e34"))
def test_the_matcher_agrees_with_a_slow_one(case):
    brands, text = case
    found = [(match.brand, match.term, match.kind, match.product) for match in Matcher(brands).find(text)]
    assert found == slow_find(brands, text)
