"""Fetches from Reddit by praw: submissions by search, and the comments of named subreddits.

Records are things as Reddit sends them, `{"kind": "t3", "data": {...}}` (https://www.reddit.com/dev/api), asked for by
`praw.Reddit.request`, so that no attribute of a lazy object ever asks the network.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Self

import praw
import prawcore
from praw.exceptions import PRAWException
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from hubbub.collectors._kit import fields
from hubbub.collectors._kit.listed import Answer, Listing, key_of
from hubbub.collectors._kit.listed_by_time import ListedByTime
from hubbub.collectors._kit.search import any_of, quoted
from hubbub.collectors._kit.times import Times
from hubbub.collectors._kit.web import Refused, Web, understood
from hubbub.core.addresses import ServiceAddress
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Fatal, Misconfigured, Retryable, Skippable
from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.moments import shown
from hubbub.core.ports import Query, Raw
from hubbub.core.records import Identity
from hubbub.core.settings import Secret, SourceOptions, environment, load_environment

QUERY = 512  # characters of one search

_KEYS = "HUBBUB_REDDIT__CLIENT_ID and HUBBUB_REDDIT__CLIENT_SECRET"
_GONE = {"[deleted]", "[removed]"}


class Access(BaseSettings):
    """Environment variables `HUBBUB_REDDIT__CLIENT_ID`, ...; the keys are those of an app at
    https://www.reddit.com/prefs/apps."""

    model_config = environment("HUBBUB_REDDIT__")

    client_id: str
    client_secret: Secret
    oauth_url: ServiceAddress = "https://oauth.reddit.com"
    reddit_url: ServiceAddress = "https://www.reddit.com"
    user_agent: str = Field(default="hubbub social listening", min_length=7)


class Options(SourceOptions):
    """What an entry of `sources:` may say of Reddit.

    Attributes:
        subreddits: without `r/`; `all` is all of Reddit, in which only submissions can be found.
        comments: whether to fetch comments too; by default where subreddits are named.
    """

    subreddits: tuple[str, ...] = Field(default=("all",), min_length=1)
    comments: bool | None = None

    @field_validator("subreddits")
    @classmethod
    def _bare(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        bare = tuple(dict.fromkeys(re.sub(r"^/?r/", "", name) for name in names))
        for name in bare:
            if not re.fullmatch(r"[A-Za-z0-9_]{2,24}", name):
                raise ValueError(f"{name!r} is not the name of a subreddit")
        return bare

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.comments and "all" in self.subreddits:
            raise ValueError("comments can only be read of named subreddits, not of all")
        return self


class Collector(ListedByTime[Options]):
    """Submissions by search, comments by subreddit: each a listing, which ends at about 1,000."""

    service = "Reddit"
    post = "child"
    full = 900

    def __init__(self, options: Options, clock: Clock = utc_now) -> None:
        """Asks nothing yet.

        Raises:
            Misconfigured: an environment variable is missing or wrong.
        """
        super().__init__(options, clock)
        keys = load_environment(Access)
        self._reddit = praw.Reddit(
            "DEFAULT",
            client_id=keys.client_id,
            client_secret=keys.client_secret.get_secret_value(),
            user_agent=keys.user_agent,
            oauth_url=keys.oauth_url + "/",
            reddit_url=keys.reddit_url,
            username=None,
            password=None,
            refresh_token=None,
            check_for_updates=False,
            check_for_async=False,
            requestor_kwargs={"session": Web("Reddit", _KEYS, clock)},
        )

    def listings(self, query: Query) -> Iterator[Listing]:
        terms = [quoted(term.lstrip("@#")) for term in (*query.handles, *query.hashtags, *query.phrases)]
        searches = list(any_of(terms, QUERY))
        comments = "all" not in self._options.subreddits if self._options.comments is None else self._options.comments
        for name in self._options.subreddits:
            for search in searches:
                within = {"restrict_sr": "false" if name == "all" else "true", "type": "link"}
                params = {"q": search, "sort": "new", "syntax": "lucene", "t": "all", **within}
                yield Listing(f"search:{name}:{key_of(search)}", f"r/{name}/search/", params)
            if comments:
                yield Listing(f"comments:{name}", f"r/{name}/comments/")

    def ask(self, listing: Listing, following: str | None) -> Answer:
        after = {"after": following} if following else {}
        answer = self._request(listing.path, {"limit": 100, **listing.params, **after})
        data = fields.part(fields.part(answer).get("data"))
        return Answer(data.get("children"), data.get("after"))

    def posted(self, post: Any) -> Any:
        return fields.part(fields.part(post).get("data")).get("created_utc")

    def normalise(self, raw: Raw) -> Mention:
        """Maps a submission or a comment; of a deleted one nothing is kept but its id and time.

        Raises:
            Skippable: it is neither, or has no id, time or text.
        """
        data = fields.part(raw.get("data"))
        kind = raw.get("kind")
        if kind not in ("t1", "t3"):
            raise Skippable(f"is neither a submission nor a comment but {kind!r}"[:100])
        fullname = _fullname(raw)
        if fullname is None:
            raise Skippable("has no id")
        submission = kind == "t3"
        text = data.get("selftext" if submission else "body")
        title = fields.words(data.get("title")) if submission else None
        deleted = (isinstance(text, str) and text.strip() in _GONE) or bool(data.get("removed_by_category"))
        if not deleted and not fields.words(text) and not title:
            raise Skippable("has no text")
        parent = fields.name(data.get("parent_id"))
        score = fields.count(data.get("score"), lowest=-(2**63))
        return fields.mention(
            self._clock(),
            source="reddit",
            native_id=fullname,
            kind=Kind.post if submission else Kind.reply if (parent or "").startswith("t1_") else Kind.comment,
            channel=fields.words(data.get("subreddit")),
            posted_at=Times().moment(self.posted(raw)),
            observed_at=self._clock(),
            url=None if deleted else _permalink(data.get("permalink")),
            title=None if deleted else title,
            text="" if deleted else fields.words(text) or "",
            author=Author() if deleted else _author(data),
            engagement=Engagement(
                likes=fields.count(data.get("ups")) if score is None else score,
                replies=fields.count(data.get("num_comments")),
                shares=fields.count(data.get("num_crossposts")),
            ),
            conversation_id=fullname if submission else fields.name(data.get("link_id")),
            parent_id=None if submission else parent,
            deleted=deleted,
            raw={} if deleted else raw,
        )

    def identify(self, raw: Raw) -> Identity:
        thing = fields.part(raw)
        author = _author(fields.part(thing.get("data")))
        return Identity(source="reddit", native_id=_fullname(thing), author_id=author.id, author=author.name)

    def probe(self) -> str:
        """Asks for the newest submission of the first subreddit."""
        name = self._options.subreddits[0]
        answer = next(self.answers(Listing("", f"r/{name}/new/", {"limit": 1})))
        return f"Reddit lets us read r/{name} ({self._newest(answer.posts)})"

    def _newest(self, posts: list[Any]) -> str:
        if not posts:
            return "no post yet"
        try:
            return f"newest post {shown(Times().moment(self.posted(posts[0])))}"
        except Skippable as error:
            return f"its newest post {error}"

    def _request(self, path: str, params: dict[str, Any]) -> Any:
        with understood("Reddit", prawcore.PrawcoreException, PRAWException, KeyError, TypeError, AttributeError):
            try:
                return self._reddit.request(method="GET", path=path, params=params)
            except prawcore.RequestException as error:
                if isinstance(error.original_exception, Refused):
                    raise self._meaning(error.original_exception) from None
                if isinstance(error.original_exception, Retryable):
                    raise error.original_exception from None
                raise Retryable(f"Reddit cannot be reached ({type(error.original_exception).__name__})") from None
            except prawcore.OAuthException:
                raise Fatal(f"Reddit does not accept our key; check {_KEYS}") from None

    def _meaning(self, refused: Refused) -> Fatal:
        of_subreddit = re.search(r"/r/(?!all/)(\w+)/", refused.path)
        entry = f"source {self._options.name!r}"
        if of_subreddit and refused.status in (301, 302, 404):
            return Misconfigured(f"Reddit has no subreddit {of_subreddit[1]!r}; correct `subreddits` of the {entry}")
        if of_subreddit and refused.status == 403:
            hint = f"take it out of the {entry}, or check {_KEYS}"
            return Fatal(f"Reddit does not let us read r/{of_subreddit[1]} (403): it is private or banned; {hint}")
        return refused


def _fullname(thing: Mapping[str, Any]) -> str | None:
    """`t3_abc`, which Reddit writes whole or in two parts."""
    kind, data = thing.get("kind"), fields.part(thing.get("data"))
    said = data.get("name") or f"{kind}_{data.get('id')}"
    known = kind in ("t1", "t3") and isinstance(said, str) and re.fullmatch(f"{kind}_[0-9a-z]{{1,20}}", said)
    return said if known else None


def _author(data: Any) -> Author:
    """Nobody where the account is gone, even where the text is still there."""
    said = fields.words(data.get("author"))
    if said is None or said in _GONE:
        return Author()
    return Author(id=fields.words(data.get("author_fullname")), name=said)


def _permalink(value: Any) -> str | None:
    return fields.link(f"https://www.reddit.com{value}") if isinstance(value, str) and value.startswith("/") else None
