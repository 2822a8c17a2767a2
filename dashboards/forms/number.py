"""One large number: how many mentions there are."""

from dataclasses import dataclass

from hubbub.dashboards._kit import answers, lens
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import Frame, NumberCard
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json


@dataclass(frozen=True, kw_only=True)
class Number(Panel[Answer]):
    """How many mentions the query finds.

    Attributes:
        of_all: tells beside it how large a share that is of all mentions by customers.
    """

    width, height = 16, 7

    of_all: bool = False

    def read(self, reply: Json, period: Period) -> Answer:
        return Answer(answers.total(reply))

    def kibana(self) -> lens.Lens:
        return lens.metric({"count": lens.count("Mentions", as_null=False)}, "count")

    def card(self, answer: Answer, frame: Frame) -> NumberCard:
        return NumberCard(value=f"{answer.total:,}", says=self.reading, of_all=self.of_all)
