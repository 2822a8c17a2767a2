"""Sources behind a network that answer in listings: newest first, page by page, each with a place in the cursor."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Generic, TypeVar

from hubbub.collectors._kit import fields
from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Retryable
from hubbub.core.ports import Cursor, Page, Query
from hubbub.core.records import DeadLetter
from hubbub.core.settings import SourceOptions

Opt = TypeVar("Opt", bound=SourceOptions)
Place = TypeVar("Place")


@dataclass(frozen=True)
class Listing:
    """What is asked for in every run.

    Attributes:
        key: its place in the cursor is kept under it.
        path, params: of the request.
    """

    key: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One page as the source sent it, of any type.

    Attributes:
        posts: should be a list of objects.
        following: a word that asks for the next page; empty or None behind the last.
    """

    posts: Any
    following: Any = None


@dataclass(frozen=True)
class Step(Generic[Place]):
    """What a page gives.

    Attributes:
        posts: those that are wanted.
        last: nothing of the listing is left.
        place: where the next run begins; told with the last.
        missed: as of `Page`.
    """

    posts: Sequence[Any]
    last: bool
    place: Place | None = None
    missed: int | None = None


class Listed(ABC, Generic[Opt, Place]):
    """The part of a collector that its listings have in common. A listing's place moves with its last page.

    Attributes:
        service: its name in messages, such as `Reddit`.
        places: the name of the places in the cursor.
        post: the name in a dead letter of what is no post.
    """

    local = False
    service: ClassVar[str]
    places: ClassVar[str] = "places"
    post: ClassVar[str] = "post"

    def __init__(self, options: Opt, clock: Clock = utc_now) -> None:
        self._options = options
        self._clock = clock

    @abstractmethod
    def listings(self, query: Query) -> Iterator[Listing]:
        """What there is to ask for."""

    @abstractmethod
    def ask(self, listing: Listing, following: str | None) -> Answer:
        """One page: the first, or the one that the answer before it calls `following`.

        Raises:
            Retryable, Fatal: as `fetch` does.
        """

    @abstractmethod
    def place(self, known: Any) -> Place | None:
        """A place as the cursor keeps it; None for anything else."""

    @abstractmethod
    def steps(self, listing: Listing, place: Place | None, since: datetime | None) -> Iterator[Step[Place]]:
        """The listing's pages, back to the place or to `since`, whichever is told; as far as it takes without both."""

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        """Yields the pages of every listing."""
        listings = list(self.listings(query))
        known = {} if since else fields.part((cursor or {}).get(self.places))
        places = {one.key: place for one in listings if (place := self.place(known.get(one.key))) is not None}
        for listing in listings:
            for step in self.steps(listing, places.get(listing.key), since):
                if step.place is not None:
                    places[listing.key] = step.place
                yield Page(
                    records=[clean_json(post) for post in step.posts if isinstance(post, dict)],
                    cursor={self.places: dict(places)} if step.last else None,
                    dead=[self._letter(post) for post in step.posts if not isinstance(post, dict)],
                    missed=step.missed,
                )

    def answers(self, listing: Listing) -> Iterator[Answer]:
        """The listing's pages one behind the other.

        Raises:
            Retryable: one is not a page, or leads back.
        """
        seen: set[str] = set()
        following: str | None = None
        while True:
            answer = self.ask(listing, following)
            if not isinstance(answer.posts, list):
                raise Retryable(f"{self.service}'s answer is not a page of posts")
            following = answer.following or None
            if following is not None and (not isinstance(following, str) or following in seen):
                raise Retryable(f"{self.service} leads back to a page that was read already")
            yield answer
            if following is None:
                return
            seen.add(following)

    def _letter(self, post: Any) -> DeadLetter:
        raw = {self.post: clean_json(post)}
        return DeadLetter.of(self._options.name, "fetch", f"not a post of {self.service}'s", raw, self._clock())


def key_of(search: str) -> str:
    """A short key for a search, which changes with every term."""
    return sha256(search.encode()).hexdigest()[:16]
