"""One large number: how large a part is of the whole."""

from dataclasses import dataclass

from hubbub.dashboards._kit import answers, lens
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import Frame, NumberCard
from hubbub.dashboards._kit.kql import kql
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json, Query


@dataclass(frozen=True, kw_only=True)
class Shared(Answer):
    """The whole is `total`.

    Attributes:
        part: how many of them.
    """

    part: int


@dataclass(frozen=True, kw_only=True)
class Share(Panel[Shared]):
    """How many of the mentions are a part of them, in percent.

    Attributes:
        part: the query that finds the part.
        of: what the mentions are called here, for a sentence: `customers who were answered`.
    """

    width, height = 16, 7

    part: Query
    of: str

    def asked(self, period: Period) -> Json:
        return {"aggs": {"part": {"filter": self.part}}}

    def read(self, reply: Json, period: Period) -> Shared:
        return Shared(total=answers.total(reply), part=reply["aggregations"]["part"]["doc_count"])

    def kibana(self) -> lens.Lens:
        return lens.metric(lens.share(self.title, kql(self.part)), "share")

    def card(self, answer: Shared, frame: Frame) -> NumberCard:
        value = f"{answer.part / answer.total:.1%}" if answer.total else "\u2013"
        return NumberCard(value=value, says=f"{answer.part:,} of {answer.total:,} {self.of}")
