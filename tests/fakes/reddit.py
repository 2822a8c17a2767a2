"""A local Reddit: OAuth token, search, new, comments and info, 100 a page, a listing's end at 1,000.

with FakeReddit() as reddit:
    reddit.submissions.append(submission("abc", title="Acme is down"))
    monkeypatch.setenv(...) for name, value in reddit.environment().items()
"""

import re
from collections.abc import Iterable
from typing import Any

from tests.fakes.server import Answer, LocalServer, Request

NOON = 1_795_348_800  # 2026-11-22 12:00 UTC


def submission(id_: str, *, at: float = NOON, title: str = "A title", text: str = "", **more: Any) -> dict[str, Any]:
    """A submission as Reddit sends it; `at` in seconds since 1970, `more` sets further fields."""
    subreddit = more.get("subreddit", "acme")
    data = {
        "id": id_,
        "name": f"t3_{id_}",
        "title": title,
        "selftext": text,
        "subreddit": subreddit,
        "author": "somebody",
        "author_fullname": "t2_somebody",
        "created_utc": float(at),
        "permalink": f"/r/{subreddit}/comments/{id_}/a_title/",
        "score": 5,
        "ups": 5,
        "num_comments": 2,
        "num_crossposts": 1,
        "removed_by_category": None,
        "url": "https://example.com/",
    }
    return {"kind": "t3", "data": {**data, **more}}


def comment(id_: str, *, at: float = NOON, text: str = "A comment", on: str = "t3_abc", **more: Any) -> dict[str, Any]:
    """A comment as Reddit sends it; `on` is the fullname of what it answers."""
    subreddit = more.get("subreddit", "acme")
    data = {
        "id": id_,
        "name": f"t1_{id_}",
        "body": text,
        "subreddit": subreddit,
        "author": "somebody",
        "author_fullname": "t2_somebody",
        "created_utc": float(at),
        "permalink": f"/r/{subreddit}/comments/abc/a_title/{id_}/",
        "score": -3,
        "link_id": "t3_abc",
        "parent_id": on,
    }
    return {"kind": "t1", "data": {**data, **more}}


class FakeReddit(LocalServer):
    """A Reddit that holds what a test puts there.

    Attributes:
        submissions, comments: what there is, in any order; anything that is none of Reddit's things comes last.
        closed: status by subreddit, for those that cannot be read.
        limit: of records in a listing.
    """

    keys = ("HUBBUB_REDDIT__CLIENT_ID", "HUBBUB_REDDIT__CLIENT_SECRET")

    def __init__(self) -> None:
        super().__init__()
        self.submissions: list[Any] = []
        self.comments: list[Any] = []
        self.closed: dict[str, int] = {}
        self.limit = 1000

    def environment(self) -> dict[str, str]:
        return {
            "HUBBUB_REDDIT__CLIENT_ID": "the-reddit-client",
            "HUBBUB_REDDIT__CLIENT_SECRET": "the-reddit-secret",
            "HUBBUB_REDDIT__OAUTH_URL": self.url,
            "HUBBUB_REDDIT__REDDIT_URL": self.url,
        }

    def secrets(self) -> list[str]:
        return [*super().secrets(), "bearer token"]

    def add(self, texts: Iterable[str]) -> None:
        """Submissions and comments by turns, a minute apart, the first of them 40 hours before noon."""
        for n, text in enumerate(texts, start=len(self.submissions) + len(self.comments)):
            at = NOON - 40 * 3600 + n * 60
            if n % 2:
                self.comments.append(comment(f"c{n}", at=at, text=text))
            else:
                self.submissions.append(submission(f"s{n}", at=at, title="Acme", text=text))

    def sample(self) -> dict[str, Any]:
        return submission("abc", text="Acme 1")

    def fails(self, request: Request) -> bool:
        return not request.path.endswith("/access_token")

    def answer(self, request: Request) -> Answer:
        if request.path == "/api/v1/access_token":
            return Answer(body={"access_token": "token", "expires_in": 3600, "scope": "*", "token_type": "bearer"})
        if request.headers.get("Authorization") != "bearer token":
            return Answer(401, {"message": "Unauthorized", "error": 401})
        if request.path.rstrip("/") == "/api/info":
            wanted = request.params.get("id", "").split(",")
            return self._listing([t for t in (*self.submissions, *self.comments) if _data(t).get("name") in wanted], {})
        match = re.fullmatch(r"/r/(\w+)/(search|new|comments)/?", request.path)
        if match is None:
            return Answer(404, {"message": "Not Found", "error": 404})
        subreddit, what = match.groups()
        if subreddit in self.closed:
            status = self.closed[subreddit]
            return Answer(status, {"error": status}, {"Location": f"{self.url}/subreddits/search?q={subreddit}"})
        found = {"new": self.submissions, "comments": self.comments}
        things = self._search(request.params.get("q", "")) if what == "search" else found[what]
        return self._listing([t for t in things if subreddit == "all" or _in(t, subreddit)], request.params)

    def _search(self, expression: str) -> list[Any]:
        """Those with one of the terms, as whole text; and everything that is no thing of Reddit's."""
        terms = [term.strip('"').lower() for term in expression.split(" OR ")]
        texts = [(t, f"{_data(t).get('title')} {_data(t).get('selftext')}".lower()) for t in self.submissions]
        return [t for t, text in texts if not _data(t).get("name") or any(term in text for term in terms)]

    def _listing(self, things: list[Any], params: dict[str, str]) -> Answer:
        newest_first = sorted(things, key=_created, reverse=True)[: self.limit]
        start = int(params["after"].removeprefix("t3_page")) if "after" in params else 0
        end = start + min(100, int(params.get("limit", 25)))
        after = f"t3_page{end}" if end < len(newest_first) else None
        return Answer(body={"kind": "Listing", "data": {"children": newest_first[start:end], "after": after}})


def _data(thing: Any) -> dict[str, Any]:
    data = thing.get("data") if isinstance(thing, dict) else None
    return data if isinstance(data, dict) else {}


def _in(thing: Any, subreddit: str) -> bool:
    return _data(thing).get("subreddit", subreddit) == subreddit


def _created(thing: Any) -> float:
    created = _data(thing).get("created_utc")
    return created if isinstance(created, (int, float)) else 0.0
