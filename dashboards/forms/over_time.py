"""Bars along time: how many mentions were posted in each stretch of it."""

from dataclasses import dataclass

import altair as alt

from hubbub.dashboards._kit import answers, drawing, lens, stretches
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import ChartCard, Frame, numbers, summed
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import counted

MOST = 60
"""Bars that can still be told apart."""


@dataclass(frozen=True, kw_only=True)
class OverTime(Panel[Answer]):
    """Mentions along time.

    Attributes:
        split: each bar is stacked by sentiment.
    """

    width, height = 24, 12

    split: bool = False

    def asked(self, period: Period) -> Json:
        return {"aggs": stretches.asked(period, MOST, split=self.split)}

    def read(self, reply: Json, period: Period) -> Answer:
        return Answer(answers.total(reply), rows=stretches.read(reply, period, MOST))

    def kibana(self) -> lens.Lens:
        return lens.xy("bar_stacked", lens.time(), lens.counts(split=self.split))

    def card(self, answer: Answer, frame: Frame) -> ChartCard:
        head, rows = numbers(f"Time ({frame.zone})", answer.rows, split=self.split)
        return ChartCard(
            says=_most_negative(answer) if self.split else _most(answer),
            drawings={size: self.draw(answer, width) for size, width in frame.sizes.items()},
            head=head,
            rows=rows,
            counts=summed(answer.rows) if self.split else {},
        )

    def draw(self, answer: Answer, width: int) -> str:
        """The chart as SVG, about `width` pixels wide."""
        data = drawing.stacked(answer.rows, split=self.split)
        chart = (
            alt.Chart(data, config=drawing.CONFIG, width=width, height=190)
            .mark_rect()
            .encode(
                x=alt.X("start:T", scale=drawing.time_scale(answer.rows), axis=drawing.time_axis(answer.rows)),
                x2="end:T",
                y=alt.Y("low:Q", axis=drawing.count_axis(answer.rows)),
                y2="high:Q",
                color=alt.Color("label:N", scale=drawing.SCALE, legend=None),
                description="says:N",
            )
        )
        return drawing.svg(chart.to_dict())


def _most(answer: Answer) -> str:
    top = max(answer.rows, key=lambda row: row.total)
    if top.total == answer.total:
        return f"{counted(answer.total)}, all in {top.label}."
    return f"{counted(answer.total)}; most in {top.label} ({top.total:,})."


def _most_negative(answer: Answer) -> str:
    top = max(answer.rows, key=lambda row: row.counts["negative"])
    if not top.counts["negative"]:
        return f"{counted(answer.total)}; none of them is negative."
    return f"{counted(answer.total)}; most negative ones in {top.label}: {top.counts['negative']:,} of {top.total:,}."
