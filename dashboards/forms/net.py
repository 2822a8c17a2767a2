"""One large number: net sentiment."""

from hubbub.dashboards._kit import answers, lens, sentiment
from hubbub.dashboards._kit.answers import Answer, Row
from hubbub.dashboards._kit.cards import Frame, NumberCard
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import counted, signed


class Net(Panel[Answer]):
    """Share of positive minus share of negative mentions, -1..1, as one number."""

    width, height = 16, 7

    def asked(self, period: Period) -> Json:
        return {"aggs": sentiment.SPLIT}

    def read(self, reply: Json, period: Period) -> Answer:
        total = answers.total(reply)
        return Answer(total, rows=[Row("all", total, sentiment.counts(reply["aggregations"]))])

    def kibana(self) -> lens.Lens:
        return lens.metric(lens.net(self.title), "net")

    def card(self, answer: Answer, frame: Frame) -> NumberCard:
        [row] = answer.rows
        positive, negative = row.counts["positive"], row.counts["negative"]
        says = f"{positive:,} positive less {negative:,} negative, of {counted(answer.total)}"
        return NumberCard(value=signed(row.net), says=says, counts=row.counts)
