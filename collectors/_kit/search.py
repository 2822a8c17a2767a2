"""Search expressions that fit into what an API takes."""

from collections.abc import Iterable, Iterator

from hubbub.core.errors import Misconfigured


def quoted(phrase: str) -> str:
    """The phrase for a search that knows no escape for the quotation mark."""
    return f'"{" ".join(phrase.replace(chr(34), " ").split())}"'


def any_of(terms: Iterable[str], room: int) -> Iterator[str]:
    """`a OR b OR c`, as few expressions as the order allows, none longer than `room` characters.

    Raises:
        Misconfigured: one term alone does not fit.
    """
    group = ""
    for term in dict.fromkeys(terms):
        if len(term) > room:
            raise Misconfigured(f"the term {term[:40]}... is longer than the {room} characters that a search takes")
        longer = f"{group} OR {term}" if group else term
        if len(longer) > room:
            yield group
            longer = term
        group = longer
    if group:
        yield group
