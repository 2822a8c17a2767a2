"""Listings that know no other end than the time of a post: they are asked for until one is older than the last run."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hubbub.collectors._kit import fields
from hubbub.collectors._kit.listed import Listed, Listing, Opt, Step
from hubbub.collectors._kit.times import Times
from hubbub.core.errors import Skippable


class ListedByTime(Listed[Opt, float]):
    """A listing's place is the time of its newest post, in seconds since 1970.

    `Page.missed` is told with a listing's last page. Where the listing ended at the source's limit before it came to
    the last run's place, it is an estimate by the pace of what was fetched (on the first run: None).

    Attributes:
        first: how far the first run goes back.
        overlap: fetched again each time, since posts appear late and out of order.
        full: posts from which on a listing that ends has ended by a limit of the source's; None: it has no limit.
    """

    places = "newest"
    first: ClassVar[timedelta] = timedelta(days=7)
    overlap: ClassVar[timedelta] = timedelta(minutes=15)
    full: ClassVar[int | None] = None

    @abstractmethod
    def posted(self, post: Any) -> Any:
        """The time of a post as the source writes it; None where it has none. Whatever a post is, no error."""

    def place(self, known: Any) -> float | None:
        return fields.number(known)

    def steps(self, listing: Listing, place: float | None, since: datetime | None) -> Iterator[Step[float]]:
        now = self._clock().timestamp()
        mark = place if since is None else since.timestamp()
        floor = now - self.first.total_seconds() if mark is None else mark - self.overlap.total_seconds()
        newest, oldest, fetched = mark, now, 0
        for answer in self.answers(listing):
            posts = [(post, self._seconds(post)) for post in answer.posts]
            times = [time for _, time in posts if time is not None and time <= now + 60]
            newest = max([*times, *([] if newest is None else [newest])], default=None)
            fetched += len(posts)
            oldest = times[-1] if times else oldest
            fresh = [post for post, time in posts if time is None or time >= floor]
            if answer.following and oldest >= floor:
                yield Step(fresh, last=False)
                continue
            limited = oldest >= floor and self.full is not None and fetched >= self.full
            yield Step(fresh, last=True, place=newest, missed=_missed(fetched, now, oldest, mark) if limited else 0)
            return

    def _seconds(self, post: Any) -> float | None:
        try:
            return Times().moment(self.posted(post)).timestamp()
        except Skippable:
            return None


def _missed(fetched: int, now: float, oldest: float, mark: float | None) -> int | None:
    """How many posts lie between the oldest of a listing and the last run's mark, by the pace of those fetched."""
    if mark is None:
        return None
    return 0 if oldest <= mark else max(1, round(fetched * (oldest - mark) / max(1.0, now - oldest)))
