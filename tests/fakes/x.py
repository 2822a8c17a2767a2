"""A local X: recent search with its paging, `since_id`, `start_time`, 7 days of memory and 512 characters, and usage.

with FakeX() as x:
    x.posts.append(post(1, text="Acme is down"))
    monkeypatch.setenv(...) for name, value in x.environment().items()
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.server import Answer, LocalServer, Request

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def post(id_: int, *, at: datetime = NOON, text: str = "A post", author: str = "7", **more: Any) -> dict[str, Any]:
    """A post as X sends it; `more` sets further fields."""
    tweet = {
        "id": str(id_),
        "text": text,
        "author_id": author,
        "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conversation_id": str(id_),
        "lang": "en",
        "public_metrics": {
            "like_count": 4,
            "reply_count": 3,
            "retweet_count": 2,
            "quote_count": 1,
            "impression_count": 100,
        },
    }
    return {**tweet, **more}


def user(id_: str = "7", username: str = "somebody", followers: int = 12) -> dict[str, Any]:
    return {"id": id_, "username": username, "name": username.title(), "public_metrics": {"followers_count": followers}}


class FakeX(LocalServer):
    """An X that holds what a test puts there.

    Attributes:
        posts: what there is, in any order; anything that is no post comes last.
        now: posts and `since_id`s older than 7 days before it are not known.
    """

    keys = ("HUBBUB_X__BEARER_TOKEN",)

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__()
        self.posts: list[Any] = []
        self.users: list[Any] = [user()]
        self.now = now

    def environment(self) -> dict[str, str]:
        return {"HUBBUB_X__BEARER_TOKEN": "the-x-token", "HUBBUB_X__BASE_URL": self.url}

    def add(self, texts: Iterable[str]) -> None:
        self.posts += [post(n, text=text) for n, text in enumerate(texts, start=len(self.posts) + 1)]

    def sample(self) -> dict[str, Any]:
        return {"tweet": post(1, text="Acme 1"), "author": user()}

    def answer(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != "Bearer the-x-token":
            return Answer(401, {"title": "Unauthorized", "status": 401})
        if request.path == "/2/usage/tweets":
            usage = {"cap_reset_day": 10, "project_cap": "2000000", "project_id": "1369", "project_usage": "43435"}
            return Answer(body={"data": usage})
        if request.path != "/2/tweets/search/recent":
            return Answer(404, {"title": "Not Found", "status": 404})
        query, size = request.params.get("query", ""), int(request.params.get("max_results", 10))
        if not 0 < len(query) <= 512:
            return _invalid("query", f"Rule length must be up to 512, not {len(query)}")
        if not 10 <= size <= 100:
            return _invalid("max_results", "must be between 10 and 100")
        found = [p for p in self.posts if self._remembered(p) and _matches(p, query)]
        found.sort(key=_number, reverse=True)
        if "since_id" in request.params:
            since = int(request.params["since_id"])
            if any(_number(p) == since and not self._remembered(p) for p in self.posts):
                return _invalid("since_id", "'since_id' must be a tweet id created after [7 days ago]")
            found = [p for p in found if _number(p) > since or not _number(p)]
        if "start_time" in request.params:
            begin = datetime.fromisoformat(request.params["start_time"])
            if not self.now - timedelta(days=7) <= begin <= self.now - timedelta(seconds=10):
                return _invalid("start_time", "'start_time' must be on or after [7 days ago]")
            found = [p for p in found if not _number(p) or datetime.fromisoformat(p["created_at"]) >= begin]
        start = int(request.params.get("next_token", "t0")[1:])
        page = found[start : start + size]
        ids = [str(_number(p)) for p in page if _number(p)]
        meta: dict[str, Any] = {"result_count": len(page)}
        if ids:
            meta |= {"newest_id": ids[0], "oldest_id": ids[-1]}
        if start + size < len(found):
            meta["next_token"] = f"t{start + size}"
        body: dict[str, Any] = {"meta": meta}
        if page:
            body |= {"data": page, "includes": {"users": self.users}}
        return Answer(body=body)

    def _remembered(self, thing: Any) -> bool:
        said = thing.get("created_at") if isinstance(thing, dict) else None
        try:
            return datetime.fromisoformat(str(said)) >= self.now - timedelta(days=7)
        except ValueError:
            return True


def _matches(thing: Any, query: str) -> bool:
    """Whether a post has one of the terms of `(a OR "b" OR from:c) -is:retweet`; what has no text always does."""
    text = thing.get("text") if isinstance(thing, dict) else None
    terms = re.fullmatch(r"\((.*)\) -is:retweet", query)
    if not isinstance(text, str) or terms is None:
        return terms is not None
    return any(term.strip('"').lower() in text.lower() for term in terms[1].split(" OR "))


def _number(thing: Any) -> int:
    id_ = thing.get("id") if isinstance(thing, dict) else None
    return int(id_) if isinstance(id_, str) and id_.isdecimal() else 0


def _invalid(parameter: str, message: str) -> Answer:
    error = {"parameters": {parameter: []}, "message": message}
    return Answer(400, {"errors": [error], "title": "Invalid Request", "status": 400})
