"""Runs the watch list's own examples: what each brand should match, and what it should not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hubbub.core.match import Match
from hubbub.core.matching.matcher import Matcher
from hubbub.core.matching.watchlist import Brand
from hubbub.core.text import one_line, shortened

_SHOWN = 80  # characters of an example in a message


@dataclass(frozen=True)
class Failure:
    """An example that turned out otherwise.

    Attributes:
        expected: whether the text should match the brand.
        found: the brand's matches in the text.
        excluded: the text would match if no exclude of the brand were in it.
    """

    brand: str
    text: str
    expected: bool
    found: tuple[Match, ...] = ()
    excluded: bool = False

    def __str__(self) -> str:
        """What was expected and what was found, in one line."""
        shown = repr(shortened(one_line(self.text), _SHOWN))
        if not self.expected:
            reasons = ", ".join(f"{match.term!r} ({match.kind})" for match in self.found)
            return f"{self.brand}: should not match {shown}, but {reasons} was found"
        reason = "an exclude of the brand is in it" if self.excluded else "no term of the brand was found"
        return f"{self.brand}: should match {shown}, but {reason}"


def check_examples(brands: Sequence[Brand]) -> list[Failure]:
    """Returns the examples of all brands that fail, in the order of the watch list; an empty list is what one wants."""
    matcher = Matcher(brands)
    return [failure for brand in brands for failure in _failures(brand, matcher)]


def _failures(brand: Brand, matcher: Matcher) -> Iterator[Failure]:
    for text in brand.should_match:
        if not _matches(brand, text, matcher):
            without_excludes = Matcher([brand.model_copy(update={"excludes": ()})])
            yield Failure(brand.name, text, expected=True, excluded=bool(without_excludes.find(text)))
    for text in brand.should_not_match:
        if found := _matches(brand, text, matcher):
            yield Failure(brand.name, text, expected=False, found=found)


def _matches(brand: Brand, text: str, matcher: Matcher) -> tuple[Match, ...]:
    return tuple(match for match in matcher.find(text) if match.brand == brand.name)
