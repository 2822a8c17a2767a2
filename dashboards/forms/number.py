"""One large number: how many mentions there are."""

from hubbub.dashboards._kit import answers, lens
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import Frame, NumberCard
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json


class Number(Panel[Answer]):
    """How many mentions the query finds."""

    width, height = 16, 7

    def read(self, reply: Json, period: Period) -> Answer:
        return Answer(answers.total(reply))

    def kibana(self) -> lens.Lens:
        return lens.metric({"count": lens.count("Mentions", as_null=False)}, "count")

    def card(self, answer: Answer, frame: Frame) -> NumberCard:
        return NumberCard(value=f"{answer.total:,}", says=self.reading)
