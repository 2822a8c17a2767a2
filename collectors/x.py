"""Fetches from X by tweepy: recent search, which knows the last 7 days
(https://docs.x.com/x-api/posts/search-recent-posts).

A record is `{"tweet": {...}, "author": {...}}`: a post as X sends it, and its author out of the answer's `includes`.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import tweepy
from pydantic_settings import BaseSettings

from hubbub.collectors._kit import fields
from hubbub.collectors._kit.listed import Answer, Listed, Listing, Step, key_of
from hubbub.collectors._kit.search import any_of, quoted
from hubbub.collectors._kit.times import Times
from hubbub.collectors._kit.web import Refused, Web, understood
from hubbub.core.addresses import ServiceAddress
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Fatal, Retryable, Skippable
from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.moments import shown
from hubbub.core.ports import Cursor, Page, Query, Raw
from hubbub.core.records import Identity
from hubbub.core.settings import Secret, SourceOptions, environment, load_environment

QUERY = 512  # characters of one search
SEARCHED = timedelta(days=7)  # before now
MARGIN = timedelta(minutes=1)  # X refuses a search from just before 7 days ago, or from just now
_KEY = "HUBBUB_X__BEARER_TOKEN"
_SEARCH = "/2/tweets/search/recent"
_EXCEPT = "-is:retweet"
_ID = re.compile(r"[0-9]{1,19}")
_FIELDS: dict[str, Any] = {
    "tweet_fields": [
        "author_id",
        "conversation_id",
        "created_at",
        "lang",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
    ],
    "user_fields": ["name", "public_metrics", "username", "verified"],
    "expansions": ["author_id"],
    "max_results": 100,
}

log = logging.getLogger(__name__)


class Access(BaseSettings):
    """Environment variables: `HUBBUB_X__BEARER_TOKEN` of an app at https://developer.x.com, `HUBBUB_X__BASE_URL`."""

    model_config = environment("HUBBUB_X__")

    bearer_token: Secret
    base_url: ServiceAddress = "https://api.twitter.com"


class Options(SourceOptions):
    """What an entry of `sources:` may say of X.

    Attributes:
        own_posts: also what the watched handles say themselves, to see what was answered; X charges for each post.
    """

    own_posts: bool = True


class Collector(Listed[Options, str]):
    """Searches for the whole watch list, in as few searches as it takes. A search's place is the newest id; a search
    that is new goes back 7 days, the most that X searches, and one with `since` at most these."""

    service = "X"
    places = "newest_id"
    post = "tweet"

    def __init__(self, options: Options, clock: Clock = utc_now) -> None:
        """Asks nothing yet.

        Raises:
            Misconfigured: an environment variable is missing or wrong.
        """
        super().__init__(options, clock)
        keys = load_environment(Access)
        logging.getLogger("tweepy").setLevel(logging.INFO)  # at DEBUG it writes the token
        self._client = tweepy.Client(keys.bearer_token.get_secret_value(), return_type=dict)
        self._client.session = Web("X", _KEY, clock, ("https://api.twitter.com", keys.base_url))

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        """Yields the pages of every search."""
        if since is not None and since < self._clock() - SEARCHED - MARGIN:
            log.warning("X searches the last 7 days alone: what is older is not read, back to %s", shown(since))
        return super().fetch(query, cursor, since)

    def listings(self, query: Query) -> Iterator[Listing]:
        terms: list[str] = []
        for handle in query.handles:
            if re.fullmatch(r"@[A-Za-z0-9_]{1,15}", handle):  # others are accounts elsewhere
                terms += [handle, f"from:{handle[1:]}"] if self._options.own_posts else [handle]
        terms += [tag if re.fullmatch(r"#\w+", tag) else quoted(tag) for tag in query.hashtags]
        terms += [quoted(phrase) for phrase in query.phrases]
        for group in any_of(terms, QUERY - len(f"() {_EXCEPT}")):
            search = f"({group}) {_EXCEPT}"
            yield Listing(key_of(search), _SEARCH, {"query": search})

    def place(self, known: Any) -> str | None:
        return _id(known)

    def steps(self, listing: Listing, place: str | None, since: datetime | None) -> Iterator[Step[str]]:
        asked = {"since_id": place} if place is not None else {"start_time": since and self._start(since)}
        try:
            yield from self._back(replace(listing, params={**listing.params, **asked}), place)
        except Refused as error:
            if place is None or error.status != 400 or "since_id" not in error.detail:
                raise
            log.warning("X no longer knows the place where the last run ended; reading the last 7 days")
            yield from self._back(listing, place)

    def ask(self, listing: Listing, following: str | None) -> Answer:
        """A page of posts, each with its author, which X sends apart."""
        try:
            asked = {**_FIELDS, **listing.params, "next_token": following}
            with understood("X", tweepy.TweepyException):
                answer = self._client.search_recent_tweets(**asked)
        except Refused as error:
            if error.status == 400 and "since_id" not in error.detail:
                search = listing.params["query"]
                raise Fatal(f"X does not understand a search of {len(search)} characters for this watch list") from None
            raise
        if not isinstance(answer, dict):
            return Answer(None)
        tweets, users = answer.get("data", []), fields.part(answer.get("includes")).get("users")
        authors = {user["id"]: user for user in users if _is_user(user)} if isinstance(users, list) else {}
        posts = [_with_author(tweet, authors) for tweet in tweets] if isinstance(tweets, list) else None
        return Answer(posts, fields.part(answer.get("meta")).get("next_token"))

    def normalise(self, raw: Raw) -> Mention:
        """Maps a post.

        Raises:
            Skippable: it has no id, time or text.
        """
        tweet, author = fields.part(raw.get("tweet")), fields.part(raw.get("author"))
        native_id = _id(tweet.get("id"))
        if native_id is None:
            raise Skippable("has no id")
        text = fields.words(fields.part(tweet.get("note_tweet")).get("text")) or fields.words(tweet.get("text"))
        if text is None:
            raise Skippable("has no text")
        username = _username(author)
        metrics = fields.part(tweet.get("public_metrics"))
        parent = _answered(tweet.get("referenced_tweets"))
        return fields.mention(
            self._clock(),
            source="x",
            native_id=native_id,
            kind=Kind.reply if parent else Kind.post,
            posted_at=Times().moment(tweet.get("created_at")),
            observed_at=self._clock(),
            url=f"https://x.com/{username or 'i'}/status/{native_id}",
            text=unescape(text),
            author=Author(
                id=_author_id(tweet, author),
                name=username,
                followers=fields.count(fields.part(author.get("public_metrics")).get("followers_count")),
            ),
            engagement=Engagement(
                likes=fields.count(metrics.get("like_count")),
                replies=fields.count(metrics.get("reply_count")),
                shares=fields.count(metrics.get("retweet_count")),
                views=fields.count(metrics.get("impression_count")),
            ),
            conversation_id=_id(tweet.get("conversation_id")),
            parent_id=parent,
            raw=raw,
        )

    def identify(self, raw: Raw) -> Identity:
        tweet, author = fields.part(fields.part(raw).get("tweet")), fields.part(fields.part(raw).get("author"))
        return Identity(
            source="x", native_id=_id(tweet.get("id")), author_id=_author_id(tweet, author), author=_username(author)
        )

    def probe(self) -> str:
        """Asks how many posts were read this month, which X does not charge for
        (https://docs.x.com/x-api/usage/get-usage)."""
        with understood("X", tweepy.TweepyException):
            answer = self._client.request("GET", "/2/usage/tweets").json()
        usage = fields.part(fields.part(answer).get("data"))
        used, cap = fields.count(usage.get("project_usage")), fields.count(usage.get("project_cap"))
        if used is None:
            raise Retryable("X's answer says nothing of our usage")
        return f"X knows our key: {used:,} posts read this month" + ("" if cap is None else f" of {cap:,}")

    def _start(self, since: datetime) -> datetime | None:
        """The time as X takes it; None, to go back as far as X searches."""
        now = self._clock()
        return min(since, now - MARGIN) if since > now - SEARCHED + MARGIN else None

    def _back(self, listing: Listing, place: str | None) -> Iterator[Step[str]]:
        """All pages of the search; the place moves to the newest id."""
        for answer in self.answers(listing):
            ids = [id_ for post in answer.posts if (id_ := _post_id(post)) is not None]
            place = max([*ids, *([] if place is None else [place])], key=int, default=None)
            last = not answer.following
            yield Step(answer.posts, last, place if last else None)


def _with_author(tweet: Any, authors: Mapping[str, Any]) -> Any:
    """A record; what is no post stays as it is."""
    if not isinstance(tweet, dict):
        return tweet
    author_id = tweet.get("author_id")
    return {"tweet": tweet, "author": authors.get(author_id) if isinstance(author_id, str) else None}


def _post_id(post: Any) -> str | None:
    return _id(fields.part(fields.part(post).get("tweet")).get("id"))


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _author_id(tweet: Mapping[str, Any], author: Mapping[str, Any]) -> str | None:
    return _id(author.get("id")) or _id(tweet.get("author_id"))


def _username(author: Mapping[str, Any]) -> str | None:
    value = author.get("username")
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_]{1,15}", value) else None


def _is_user(user: Any) -> bool:
    return isinstance(user, dict) and isinstance(user.get("id"), str)


def _answered(referenced: Any) -> str | None:
    """The id of the post that this one answers."""
    for reference in referenced if isinstance(referenced, list) else []:
        if fields.part(reference).get("type") == "replied_to":
            return _id(reference.get("id"))
    return None
