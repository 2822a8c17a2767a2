"""Reads X by tweepy: recent search (https://docs.x.com/x-api/posts/search-recent-posts), which knows the last 7 days.

A record is `{"tweet": {...}, "author": {...}}`: a post as X sends it, and its author out of the answer's `includes`.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from typing import Any

import tweepy
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from hubbub.collectors._kit import fields
from hubbub.collectors._kit.search import any_of, quoted
from hubbub.collectors._kit.times import Times
from hubbub.collectors._kit.web import Refused, Web
from hubbub.core.addresses import ServiceAddress
from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Fatal, Retryable, Skippable
from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.moments import shown
from hubbub.core.ports import Cursor, Page, Query, Raw
from hubbub.core.records import DeadLetter, Identity
from hubbub.core.settings import SourceOptions, load_environment

QUERY = 512  # characters of one search
SEARCHED = timedelta(days=7)  # before now
MARGIN = timedelta(minutes=1)  # X refuses a search from just before 7 days ago, or from just now
_KEY = "HUBBUB_X__BEARER_TOKEN"
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

    model_config = SettingsConfigDict(env_prefix="HUBBUB_X__", env_ignore_empty=True, extra="ignore")

    bearer_token: SecretStr
    base_url: ServiceAddress = "https://api.twitter.com"


class Options(SourceOptions):
    """Attributes:
    own_posts: also read what the watched handles say themselves, to see what was answered; X charges for each post.
    """

    own_posts: bool = True


@dataclass(frozen=True)
class _Place:
    """From where on a search is read: behind a post, or from a time on; neither: what X keeps, 7 days."""

    since_id: str | None = None
    start: datetime | None = None


class Collector:
    """Searches for the whole watch list, in as few searches as it takes. A search's place in the cursor, the newest id,
    moves with its last page."""

    local = False

    def __init__(self, options: Options, clock: Clock = utc_now) -> None:
        """Raises: Misconfigured: an environment variable is missing or wrong."""
        keys = load_environment(Access)
        self._options = options
        self._clock = clock
        logging.getLogger("tweepy").setLevel(logging.INFO)  # at DEBUG it writes the token
        self._client = tweepy.Client(keys.bearer_token.get_secret_value(), return_type=dict)
        self._client.session = Web("X", _KEY, clock, ("https://api.twitter.com", keys.base_url))

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        """Yields the pages of every search, newest first; a search that is new reads the last 7 days, the most that X
        searches, and one with `since` at most these."""
        asked = {sha256(search.encode()).hexdigest()[:16]: search for search in self._searches(query)}
        marks = {key: mark for key in asked if (mark := _mark(cursor, key)) is not None and since is None}
        start = None if since is None else self._start(since)
        for key, search in asked.items():
            newest = marks.get(key)
            for answer, first, last in self._answers(search, _Place(marks.get(key), start)):
                if first:
                    newest = _id(fields.part(answer.get("meta")).get("newest_id")) or newest
                if last and newest is not None:
                    marks[key] = newest
                yield self._page(answer, {"newest_id": dict(marks)} if last else None)

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
            posted_at=Times().read(tweet.get("created_at")),
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
        answer = self._read(lambda: self._client.request("GET", "/2/usage/tweets").json())
        usage = fields.part(fields.part(answer).get("data"))
        read, cap = fields.count(usage.get("project_usage")), fields.count(usage.get("project_cap"))
        if read is None:
            raise Retryable("X's answer says nothing of our usage")
        return f"X knows our key: {read:,} posts read this month" + ("" if cap is None else f" of {cap:,}")

    def _start(self, since: datetime) -> datetime | None:
        """The time as X takes it; None, to read all that X searches."""
        now = self._clock()
        if since < now - SEARCHED - MARGIN:
            log.warning("X searches the last 7 days alone: what is older is not read, back to %s", shown(since))
        return min(since, now - MARGIN) if since > now - SEARCHED + MARGIN else None

    def _searches(self, query: Query) -> Iterator[str]:
        terms: list[str] = []
        for handle in query.handles:
            if re.fullmatch(r"@[A-Za-z0-9_]{1,15}", handle):  # others are accounts elsewhere
                terms += [handle, f"from:{handle[1:]}"] if self._options.own_posts else [handle]
        terms += [tag if re.fullmatch(r"#\w+", tag) else quoted(tag) for tag in query.hashtags]
        terms += [quoted(phrase) for phrase in query.phrases]
        for group in any_of(terms, QUERY - len(f"() {_EXCEPT}")):
            yield f"({group}) {_EXCEPT}"

    def _answers(self, search: str, place: _Place) -> Iterator[tuple[dict[str, Any], bool, bool]]:
        """The answers to a search, each with whether it is the first and the last."""
        seen: set[str] = set()
        token: str | None = None
        while True:
            try:
                answer = self._ask(search, place, token)
            except Refused as error:
                if error.status == 400 and place.since_id and token is None and "since_id" in error.detail:
                    log.warning("X no longer knows the place where the last run ended; reading the last 7 days")
                    place = _Place()
                    continue
                raise
            first = token is None
            token = fields.part(answer.get("meta")).get("next_token") or None
            if token is not None and (not isinstance(token, str) or token in seen):
                raise Retryable("X leads back to a page that was read already")
            yield answer, first, token is None
            if token is None:
                return
            seen.add(token)

    def _ask(self, search: str, place: _Place, token: str | None) -> dict[str, Any]:
        since_id, start = place.since_id, place.start
        try:
            answer = self._read(
                lambda: self._client.search_recent_tweets(
                    search, since_id=since_id, start_time=start, next_token=token, **_FIELDS
                )
            )
        except Refused as error:
            if error.status == 400 and "since_id" not in error.detail:
                raise Fatal(f"X does not understand a search of {len(search)} characters for this watch list") from None
            raise
        if not isinstance(answer, dict) or not isinstance(answer.get("data", []), list):
            raise Retryable("X's answer is not a page of posts")
        return answer

    def _read(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (tweepy.TweepyException, ValueError) as error:
            raise Retryable(f"X's answer cannot be read ({type(error).__name__})") from None

    def _page(self, answer: dict[str, Any], cursor: Cursor | None) -> Page:
        users = fields.part(answer.get("includes")).get("users")
        by_id = {user.get("id"): user for user in users if _is_user(user)} if isinstance(users, list) else {}
        records: list[Raw] = []
        dead: list[DeadLetter] = []
        for tweet in answer.get("data", []):
            if isinstance(tweet, dict):
                author_id = tweet.get("author_id")
                author = by_id.get(author_id) if isinstance(author_id, str) else None
                records.append(clean_json({"tweet": tweet, "author": author}))
            else:
                raw = {"tweet": clean_json(tweet)}
                dead.append(DeadLetter.of(self._options.name, "fetch", "not a post of X's", raw, self._clock()))
        return Page(records, cursor, dead)


def _mark(cursor: Cursor | None, key: str) -> str | None:
    return _id(fields.part((cursor or {}).get("newest_id")).get(key))


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
