"""Tries a source on its first records, as far as the watch list: nothing is stored, nothing is judged."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from hubbub.core.errors import Skippable
from hubbub.core.matching.matcher import Matcher
from hubbub.core.mention import Mention
from hubbub.core.ports import Collector, Query, Raw
from hubbub.flows.collect import stranger

FIRST = 500  # records of a source that are tried


@dataclass(frozen=True)
class Row:
    """What became of a record.

    Attributes:
        mention: None where it is none; `reason` then says why.
        brands: those that it is about, each once.
    """

    mention: Mention | None = None
    brands: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Sample:
    """The first rows of a source, and what became of them.

    Attributes:
        rows: the first records; those that could not even be read as such come behind the others of their page.
        strangers: names of brands that the source gives and the watch list does not have, and how many posts have them.
    """

    rows: Sequence[Row]
    strangers: Counter[str]

    @property
    def failed(self) -> list[str]:
        """The reasons of the records that are no mention."""
        return [row.reason for row in self.rows if row.mention is None]

    @property
    def matched(self) -> int:
        return sum(bool(row.brands) for row in self.rows)


def sample(collector: Collector, query: Query, matcher: Matcher, limit: int = FIRST) -> Sample:
    """The source's first records, at most `limit`; no more is read than the pages that hold them.

    Raises:
        HubbubError: as `Collector.fetch` does.
    """
    rows: list[Row] = []
    strangers: Counter[str] = Counter()
    for page in collector.fetch(query, None):
        rows += [_row(collector, raw, matcher) for raw in islice(page.records, limit - len(rows))]
        rows += [Row(reason=letter.reason) for letter in islice(page.dead, limit - len(rows))]
        if len(rows) == limit:
            break
    for row in rows:
        name = stranger(row.mention, matcher) if row.mention else None
        if name is not None:
            strangers[name] += 1
    return Sample(rows, strangers)


def _row(collector: Collector, raw: Raw, matcher: Matcher) -> Row:
    try:
        mention = collector.normalise(raw)
    except Skippable as error:
        return Row(reason=str(error))
    if mention.deleted:
        return Row(mention)
    mention, matches = matcher.attribute(mention)
    return Row(mention, tuple(dict.fromkeys(match.brand for match in matches)))
