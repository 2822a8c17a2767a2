"""Reads Reddit by praw: submissions by search, and the comments of named subreddits.

Records are things as Reddit sends them, `{"kind": "t3", "data": {...}}` (https://www.reddit.com/dev/api), asked for by
`praw.Reddit.request`, so that no attribute of a lazy object ever asks the network.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Self

import praw
import prawcore
from praw.endpoints import API_PATH
from praw.exceptions import PRAWException
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hubbub.collectors._kit import fields
from hubbub.collectors._kit.search import any_of, quoted
from hubbub.collectors._kit.times import Times
from hubbub.collectors._kit.web import Refused, Web
from hubbub.core.addresses import ServiceAddress
from hubbub.core.clean import clean_json
from hubbub.core.clock import Clock, utc_now
from hubbub.core.errors import Fatal, Misconfigured, Retryable, Skippable
from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.moments import shown
from hubbub.core.ports import Cursor, Page, Query, Raw
from hubbub.core.records import DeadLetter, Identity
from hubbub.core.settings import SourceOptions, load_environment

FIRST = timedelta(days=7)  # how far the first run reads back
OVERLAP = timedelta(minutes=15)  # read again each time, since posts appear late and out of order
QUERY = 512  # characters of one search
FULL = 900  # records from which on a listing that ends has ended by Reddit's limit of about 1,000

_KEYS = "HUBBUB_REDDIT__CLIENT_ID and HUBBUB_REDDIT__CLIENT_SECRET"
_GONE = {"[deleted]", "[removed]"}


class Access(BaseSettings):
    """Environment variables `HUBBUB_REDDIT__CLIENT_ID`, ...; the keys are those of an app at
    https://www.reddit.com/prefs/apps."""

    model_config = SettingsConfigDict(env_prefix="HUBBUB_REDDIT__", env_ignore_empty=True, extra="ignore")

    client_id: str
    client_secret: SecretStr
    oauth_url: ServiceAddress = "https://oauth.reddit.com"
    reddit_url: ServiceAddress = "https://www.reddit.com"
    user_agent: str = Field(default="hubbub social listening", min_length=7)


class Options(SourceOptions):
    """Attributes:
    subreddits: without `r/`; `all` is all of Reddit, in which only submissions can be found.
    comments: whether to read comments too; by default where subreddits are named.
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


@dataclass(frozen=True)
class _Lane:
    """One listing, newest first; its place in the cursor is kept under `key`."""

    key: str
    subreddit: str
    path: str
    params: dict[str, str | int]


class Collector:
    """Reads each listing from its newest post back to where the last run began, less an overlap. A listing's place in
    the cursor moves with its last page."""

    local = False

    def __init__(self, options: Options, clock: Clock = utc_now) -> None:
        """Raises: Misconfigured: an environment variable is missing or wrong."""
        keys = load_environment(Access)
        self._options = options
        self._clock = clock
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

    def fetch(self, query: Query, cursor: Cursor | None, since: datetime | None = None) -> Iterator[Page]:
        """Yields the pages of every listing; the first run goes back 7 days, one with `since` to that time.

        `Page.missed` is told with a listing's last page. Where the listing ended at Reddit's limit before it came to
        the last run's place, it is an estimate by the pace of what was read (on the first run: None).
        """
        lanes = list(self._lanes(query))
        marks = {lane.key: mark for lane in lanes if (mark := _mark(cursor, lane.key)) is not None}
        if since is not None:
            marks = {lane.key: since.timestamp() for lane in lanes}
        for lane in lanes:
            for page in self._read(lane, marks.get(lane.key)):
                if page.cursor is not None:
                    marks |= page.cursor
                    page = replace(page, cursor={"newest": dict(marks)})
                yield page

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
            posted_at=Times().read(data.get("created_utc")),
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
        children, _ = next(self._listing(_Lane("", name, f"r/{name}/new/", {}), limit=1))
        newest = _time(children[0]) if children else None
        when = "no post yet" if newest is None else f"newest post {shown(datetime.fromtimestamp(newest, UTC))}"
        return f"Reddit lets us read r/{name} ({when})"

    def _lanes(self, query: Query) -> Iterator[_Lane]:
        terms = [quoted(term.lstrip("@#")) for term in (*query.handles, *query.hashtags, *query.phrases)]
        searches = list(any_of(terms, QUERY))
        comments = "all" not in self._options.subreddits if self._options.comments is None else self._options.comments
        for name in self._options.subreddits:
            for search in searches:
                restrict = "false" if name == "all" else "true"
                params = {"q": search, "sort": "new", "restrict_sr": restrict, "syntax": "lucene", "type": "link"}
                key = f"search:{name}:{sha256(search.encode()).hexdigest()[:16]}"
                yield _Lane(key, name, API_PATH["search"].format(subreddit=name), {**params, "t": "all"})
            if comments:
                yield _Lane(f"comments:{name}", name, f"r/{name}/comments/", {})

    def _read(self, lane: _Lane, mark: float | None) -> Iterator[Page]:
        """A listing's pages back to the mark less the overlap; the last one's cursor is the new mark, by the key."""
        now = self._clock().timestamp()
        floor = now - FIRST.total_seconds() if mark is None else mark - OVERLAP.total_seconds()
        newest, oldest, read = mark, now, 0
        for children, more in self._listing(lane):
            times = [time for child in children if (time := _time(child)) is not None and time <= now + 60]
            newest = max([*times, *([] if newest is None else [newest])], default=None)
            read += len(children)
            oldest = times[-1] if times else oldest
            reached = oldest < floor
            fresh = [child for child in children if (time := _time(child)) is None or time >= floor]
            records = [clean_json(child) for child in fresh if isinstance(child, dict)]
            dead = [self._letter(child) for child in fresh if not isinstance(child, dict)]
            if more and not reached:
                yield Page(records, None, dead)
                continue
            cursor = {} if newest is None else {lane.key: newest}
            yield Page(records, cursor, dead, _missed(read, now, oldest, mark, limited=not reached and read >= FULL))
            return

    def _listing(self, lane: _Lane, limit: int = 100) -> Iterator[tuple[list[Any], bool]]:
        """The listing's children page by page, and whether there is another page."""
        seen: set[str] = set()
        after = ""
        while True:
            answer = self._ask(lane, {**lane.params, "limit": limit, **({"after": after} if after else {})})
            data = fields.part(fields.part(answer).get("data"))
            children = data.get("children")
            if not isinstance(children, list):
                raise Retryable("Reddit's answer is not a listing")
            after = data.get("after") or ""
            if not isinstance(after, str) or after in seen:
                raise Retryable("Reddit's listing leads back to a page that was read already")
            seen.add(after)
            yield children, bool(after)
            if not after:
                return

    def _ask(self, lane: _Lane, params: dict[str, str | int]) -> Any:
        try:
            return self._reddit.request(method="GET", path=lane.path, params=params)
        except prawcore.RequestException as error:
            if isinstance(error.original_exception, Refused):
                raise self._meaning(error.original_exception, lane) from None
            if isinstance(error.original_exception, Retryable):
                raise error.original_exception from None
            raise Retryable(f"Reddit cannot be reached ({type(error.original_exception).__name__})") from None
        except prawcore.OAuthException:
            raise Fatal(f"Reddit does not accept our key; check {_KEYS}") from None
        except (prawcore.PrawcoreException, PRAWException, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Retryable(f"Reddit's answer cannot be read ({type(error).__name__})") from None

    def _meaning(self, refused: Refused, lane: _Lane) -> Fatal:
        of_subreddit = f"/r/{lane.subreddit}/" in refused.path and lane.subreddit != "all"
        entry = f"source {self._options.name!r}"
        if of_subreddit and refused.status in (301, 302, 404):
            return Misconfigured(f"Reddit has no subreddit {lane.subreddit!r}; correct `subreddits` of the {entry}")
        if of_subreddit and refused.status == 403:
            hint = f"take it out of the {entry}, or check {_KEYS}"
            return Fatal(f"Reddit does not let us read r/{lane.subreddit} (403): it is private or banned; {hint}")
        return refused

    def _letter(self, child: Any) -> DeadLetter:
        raw = {"child": clean_json(child)}
        return DeadLetter.of(self._options.name, "fetch", "not a thing of Reddit's", raw, self._clock())


def _missed(read: int, now: float, oldest: float, mark: float | None, limited: bool) -> int | None:
    """How many posts lie between the oldest of a listing and the last run's mark, by the pace of those read."""
    if not limited:
        return 0
    if mark is None:
        return None
    return 0 if oldest <= mark else max(1, round(read * (oldest - mark) / max(1.0, now - oldest)))


def _mark(cursor: Cursor | None, key: str) -> float | None:
    value = fields.part((cursor or {}).get("newest")).get(key)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _time(child: Any) -> float | None:
    value = fields.part(fields.part(child).get("data")).get("created_utc")
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


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
