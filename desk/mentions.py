"""Mentions: shows those behind a number, with what tells who somebody is hidden unless it is asked for."""

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import Json
from hubbub.core.text import link, masked
from hubbub.flows.parts import Parts
from hubbub.index.selection import Selection, select

MOST = 10_000  # mentions in one answer of an index


def mentions(
    parts: Parts, selection: Selection, limit: int, unmasked: bool = False
) -> tuple[int, list[tuple[str, Json]]]:
    """How many mentions are selected, and of these the newest, at most `limit`: id and document.

    Raises:
        Misconfigured: there are none, and the settings do not know the brand or the source that was asked for.
    """
    total, found = select(parts.index, selection, limit)
    if not total:
        _check_names(parts, selection)
    return total, found if unmasked else [(name, _masked(document)) for name, document in found]


def _check_names(parts: Parts, selection: Selection) -> None:
    """A brand or a source that is in the settings no more may still have mentions; a slip of the pen has none."""
    if selection.source is not None:
        parts.entries((selection.source,))
    brands = [brand.name for brand in parts.listening.brands]
    if selection.brand is not None and selection.brand not in brands:
        raise Misconfigured(f"{parts.settings.config}: no brand named {selection.brand!r}; it has: {', '.join(brands)}")


def _masked(document: Json) -> Json:
    """The document with its e-mail addresses and numbers hidden; an author may be known by either."""
    said: Json = {part: masked(document[part]) for part in ("title", "message") if part in document}
    user = {part: masked(value) if part == "name" else value for part, value in document.get("user", {}).items()}
    if "@" in user.get("id", ""):
        user["id"] = masked(user["id"])
    address = link(document.get("url", {}).get("full"))
    return {**document, **said, "user": user, "url": {"full": address} if address else {}}
