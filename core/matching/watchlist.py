"""Who and what to listen for, as `hubbub.yaml` says it."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from hubbub.core.match import MatchKind
from hubbub.core.matching.spelling import fold
from hubbub.core.ports import Query


class Exact(BaseModel):
    """A term that matches only with the capitals and accents that it is written with: `{term: ING, exact: true}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str = Field(min_length=1)
    exact: bool = True


def _word_or_mapping(value: Any) -> Any:
    if not isinstance(value, str | dict | Exact):
        raise ValueError("should be a word, or {term: ..., exact: true}")
    return value


Term = Annotated[
    Annotated[str, Tag("word")] | Annotated[Exact, Tag("exact")],
    Discriminator(lambda value: "word" if isinstance(value, str) else "exact"),
    BeforeValidator(_word_or_mapping),
]


class Offer(BaseModel):
    """A product or a service and the words for it; its name is one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    aliases: tuple[Term, ...] = ()


class Brand(BaseModel):
    """A brand, ours or a competitor's, and the words for it.

    Attributes:
        name: matched like an alias.
        handles: accounts that speak for the brand, with or without `@` or `u/`.
        accounts: by platform (`reddit`, ...), the accounts that speak for it there in place of its handles.
        automatic_replies: phrases of its own posts that say no more than that somebody will answer; they answer nobody.
        excludes: a post with one of these is not about the brand.
        should_match, should_not_match: examples that `hubbub check` runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    competitor: bool = False
    handles: tuple[str, ...] = ()
    accounts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    automatic_replies: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    aliases: tuple[Term, ...] = ()
    products: tuple[Offer, ...] = ()
    services: tuple[Offer, ...] = ()
    hashtags: tuple[str, ...] = ()
    keywords: tuple[Term, ...] = ()
    excludes: tuple[Term, ...] = ()
    should_match: tuple[str, ...] = ()
    should_not_match: tuple[str, ...] = ()

    @field_validator("handles")
    @classmethod
    def _at(cls, handles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_account(handle) for handle in handles)

    @field_validator("accounts")
    @classmethod
    def _at_each_platform(cls, accounts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {platform: tuple(_account(name) for name in names) for platform, names in accounts.items()}

    @field_validator("hashtags")
    @classmethod
    def _hash(cls, hashtags: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("#" + _tag("hashtag", hashtag) for hashtag in hashtags)

    @model_validator(mode="after")
    def _has_words(self) -> "Brand":
        for term in (*(term for term, *_ in self.terms()), *self.excludes):
            if not any(char.isalnum() for char in fold(written(term))):
                raise ValueError(f"brand {self.name!r}: the term {written(term)!r} has neither letter nor digit")
        return self

    def terms(self) -> Iterator[tuple[Term, MatchKind, str | None]]:
        """Every term with its kind and the product or service that it stands for."""
        yield from ((handle, MatchKind.handle, None) for handle in self.handles)
        yield from ((hashtag, MatchKind.hashtag, None) for hashtag in self.hashtags)
        yield from ((alias, MatchKind.alias, None) for alias in (self.name, *self.aliases))
        for kind, offers in ((MatchKind.product, self.products), (MatchKind.service, self.services)):
            for offer in offers:
                yield from ((term, kind, offer.name) for term in (offer.name, *offer.aliases))
        yield from ((keyword, MatchKind.keyword, None) for keyword in self.keywords)


def written(term: Term) -> str:
    return term if isinstance(term, str) else term.term


def _account(written_as: str) -> str:
    return "@" + _tag("handle", written_as.strip().removeprefix("/").removeprefix("u/"))


def _tag(what: str, written_as: str) -> str:
    name = written_as.strip().lstrip("@#＠＃")
    if not name or any(char.isspace() for char in name):
        raise ValueError(f"a {what} is one word; {written_as!r} is not")
    return name


def query(brands: tuple[Brand, ...]) -> Query:
    """Every term of the watch list, for sources that search."""
    handles: dict[str, None] = {}
    hashtags: dict[str, None] = {}
    phrases: dict[str, None] = {}
    for brand in brands:
        for term, kind, _ in brand.terms():
            home = {MatchKind.handle: handles, MatchKind.hashtag: hashtags}.get(kind, phrases)
            home[written(term)] = None
    return Query(tuple(handles), tuple(hashtags), tuple(phrases))
