"""Addresses that follow from a record: `https://forum.example/t/{conversation_id}#post-{native_id}`."""

from collections.abc import Callable, Iterable
from string import Formatter
from urllib.parse import quote, urlsplit

from hubbub.core.addresses import is_web


def placeholders(template: str, known: Iterable[str]) -> list[str]:
    """The names in braces.

    Raises:
        ValueError: one is not known, the braces do not match, or no web address comes of it.
    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise ValueError("has a brace without its other; write names as {native_id}") from None
    names = [name for _, name, _, _ in parts if name is not None]
    known = sorted(known)
    for _, name, form, conversion in parts:
        if name is not None and (name not in known or form or conversion):
            raise ValueError(f"has no value for {{{name}}}; it may hold: {', '.join(known)}")
    if not names:
        raise ValueError("is the same for every record; put a name such as {native_id} into it")
    if not is_web(template) or "{" in urlsplit(template).netloc:
        raise ValueError("should begin with a web address such as https://forum.example/, without braces")
    return names


def fill(template: str, value: Callable[[str], str | None]) -> str | None:
    """The address with a record's values, percent-encoded; None where the record lacks one.

    Args:
        value: of a name in braces.
    """
    address = ""
    for words, name, _, _ in Formatter().parse(template):
        address += words
        if name is not None:
            said = value(name)
            if said is None:
                return None
            address += quote(said, safe="")
    return address
