"""What a page shows of a panel: one of three cards, each with a template of its name in `report/cards/`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from hubbub.dashboards._kit.answers import Row


@dataclass(frozen=True)
class Frame:
    """How the page is to show a card.

    Attributes:
        width, narrow: of its chart, in pixels, on a wide and on a narrow screen.
        zone: the name of the zone that times are in.
        unmasked: people's e-mail addresses and numbers are shown.
    """

    width: int
    narrow: int
    zone: str
    unmasked: bool

    @property
    def sizes(self) -> dict[str, int]:
        """The widths that a chart is drawn in, in pixels, by the name that the page's styles know them by."""
        return {"narrow": self.narrow} if self.width <= self.narrow else {"wide": self.width, "narrow": self.narrow}


@dataclass(frozen=True)
class NumberCard:
    """One large number.

    Attributes:
        says: a sentence on it.
        of_all: its mentions as a share of all that the page counts are told beside it.
        counts: mentions by sentiment, for a bar beneath it.
    """

    template: ClassVar[str] = "number"

    value: str
    says: str
    of_all: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ChartCard:
    """A chart and the numbers behind it.

    Attributes:
        says: what stands out, in a sentence; the chart's alt text.
        drawings: the chart as SVG, by the name of its size.
        head, rows: the numbers, as a table.
        counts: mentions by sentiment, for the legend.
        open: the numbers stand open, where a chart of so few bars leaves room for them.
    """

    template: ClassVar[str] = "chart"

    says: str
    drawings: Mapping[str, str]
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    counts: Mapping[str, int] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True)
class Answered:
    """Whether and when a customer was answered.

    Attributes:
        says: `waits, due in 12 min`, `answered after 3 h`.
        contacts: posts that the customer has written.
        waits: nobody has answered yet.
        overdue: and somebody should have.
    """

    says: str
    contacts: int
    waits: bool = False
    overdue: bool = False


@dataclass(frozen=True)
class Post:
    """A post as it is listed.

    Attributes:
        cut: its text goes on.
        confidence: of the judgement, 0..1.
        label: the judgement.
        answer: None where nobody waits for one and none came.
        link: None where the post has no address that a reader may be sent to.
        host: where the link leads.
    """

    when: datetime
    platform: str
    channel: str
    author: str
    brand: str
    language: str
    title: str
    text: str
    cut: bool
    confidence: float | None
    uncertain: bool
    label: str
    answer: Answered | None
    link: str | None
    host: str


@dataclass(frozen=True)
class PostsCard:
    """A list of posts.

    Attributes:
        says: how many there are.
        nothing: what stands there when there are none.
    """

    template: ClassVar[str] = "posts"

    says: str
    posts: Sequence[Post]
    nothing: str


Card = NumberCard | ChartCard | PostsCard


def numbers(first: str, rows: Sequence[Row], *, split: bool) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table behind a chart of mentions; `first` is what the rows are of."""
    if not split:
        return (first, "Mentions"), [(row.label, f"{row.total:,}") for row in rows]
    head = (first, "Negative", "Neutral", "Positive", "All")
    return head, [(row.label, *(f"{count:,}" for count in row.counts.values()), f"{row.total:,}") for row in rows]


def summed(rows: Sequence[Row]) -> dict[str, int]:
    """Mentions by sentiment over all rows."""
    return {label: sum(row.counts[label] for row in rows) for label in ("negative", "neutral", "positive")}
