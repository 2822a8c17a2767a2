"""Threads: who waits for us, since when, and how soon others were answered."""

from collections.abc import Iterator
from typing import Any

from hubbub.conversations.summary import summary
from hubbub.core.errors import Misconfigured
from hubbub.flows.parts import Parts
from hubbub.flows.threads import all_threads


def threads(parts: Parts, brand: str | None = None, only_open: bool = False) -> Iterator[dict[str, Any]]:
    """One line a thread with a customer, by the time of its first post.

    Args:
        brand: only threads in which a customer asked something of it, as far as they did.
        only_open: only where a customer waits for an answer.

    Raises:
        Misconfigured: there is no such brand.
    """
    check_brand(parts, brand)
    for thread in all_threads(parts):
        line = thread.line(brand)
        if line and (line["open"] or not only_open):
            yield line


def summed_up(parts: Parts, brand: str | None = None) -> list[dict[str, Any]]:
    """A row over all threads, then by brand, platform and hour of the day, in the team's zone.

    Raises:
        Misconfigured: there is no such brand.
    """
    check_brand(parts, brand)
    return summary(all_threads(parts), parts.listening.timezone, brand)


def check_brand(parts: Parts, brand: str | None) -> None:
    """Refuses a brand that is none of ours.

    Raises:
        Misconfigured: there is no such brand.
    """
    ours = [each.name for each in parts.listening.brands if not each.competitor]
    if brand is not None and brand not in ours:
        raise Misconfigured(f"{parts.settings.config}: no brand of ours is named {brand!r}; it has: {', '.join(ours)}")
