"""Addresses of the web, of which many come from strangers."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from hubbub.core.clean import Text


def is_web(address: str) -> bool:
    """Whether it is http or https with a host, and holds no blanks or control characters."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    hidden = any(char.isspace() or char < " " for char in address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not hidden


def _linkable(address: str) -> str:
    if not is_web(address):
        raise ValueError("is not an http or https address")
    return address


def _of_a_service(address: str) -> str:
    if not address:
        return address
    try:
        parts = urlsplit(address)
        usable = is_web(address) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("should be an address such as https://search.example:9200")
    return address.rstrip("/")


WebAddress = Annotated[Text, AfterValidator(_linkable)]
"""A link that a page may show: hostile schemes and hidden line breaks stay out."""

ServiceAddress = Annotated[str, AfterValidator(_of_a_service)]
"""Where a server is asked, without a slash at its end; empty names none."""
