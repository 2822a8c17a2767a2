"""A line along time: net sentiment in each stretch of it."""

import altair as alt

from hubbub.dashboards._kit import answers, drawing, lens, stretches
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.cards import ChartCard, Frame
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import counted, signed

FEW = 5
"""A point on fewer mentions than this is drawn hollow."""
MOST = 20
"""Points that can still be told apart."""
_AROUND_ZERO = "datum.value == 0 ? '0' : replace(datum.label, '-', '\u2212')"


class NetOverTime(Panel[Answer]):
    """Net sentiment along time; a stretch without mentions has no point."""

    width, height = 16, 13

    def asked(self, period: Period) -> Json:
        return {"aggs": stretches.asked(period, MOST, split=True)}

    def read(self, reply: Json, period: Period) -> Answer:
        return Answer(answers.total(reply), rows=stretches.read(reply, period, MOST))

    def kibana(self) -> lens.Lens:
        extent = {"mode": "custom", "lowerBound": -1, "upperBound": 1}
        return lens.xy("line", lens.time(), lens.net("Net sentiment"), drawn=["net"], extent=extent)

    def card(self, answer: Answer, frame: Frame) -> ChartCard:
        return ChartCard(
            says=_lowest(answer),
            drawings={size: self.draw(answer, width) for size, width in frame.sizes.items()},
            head=(f"Time ({frame.zone})", "Net sentiment", "Mentions"),
            rows=[(row.label, signed(row.net), f"{row.total:,}") for row in answer.rows],
        )

    def draw(self, answer: Answer, width: int) -> str:
        """The chart as SVG, about `width` pixels wide."""
        rows = [
            {
                "middle": drawing.on_the_clock(row.start + (row.end - row.start) / 2),
                "net": row.net,
                "few": row.total < FEW,
                "says": f"{row.label}: {signed(row.net)}, {counted(row.total)}",
            }
            for row in answer.rows
            if row.start and row.end
        ]
        x = alt.X("middle:T", scale=drawing.time_scale(answer.rows), axis=drawing.time_axis(answer.rows))
        axis = alt.Axis(title=None, format="+.0%", values=[-1, -0.5, 0, 0.5, 1], labelExpr=_AROUND_ZERO)
        y = alt.Y("net:Q", scale=alt.Scale(domain=[-1.1, 1.1]), axis=axis)
        base = alt.Chart(alt.InlineData(values=rows), width=width, height=215)
        nought = alt.Chart(alt.InlineData(values=[{"net": 0}]))
        zero = nought.mark_rule(color="var(--muted)", strokeWidth=1).encode(y=y)
        line = base.mark_line(color="var(--all)", strokeWidth=2, invalid="break-paths-show-path-domains")
        points = base.mark_point(filled=False, size=42, strokeWidth=2, color="var(--all)", opacity=1).encode(
            x=x,
            y=y,
            fill=alt.condition("datum.few", alt.value("var(--card)"), alt.value("var(--all)")),
            description="says:N",
        )
        present = points.transform_filter("isValid(datum.net)")
        return drawing.svg(alt.layer(zero, line.encode(x=x, y=y), present, config=drawing.CONFIG).to_dict())


def _lowest(answer: Answer) -> str:
    steady = [row for row in answer.rows if row.total >= FEW]
    if not steady:
        return f"{counted(answer.total)}; points on fewer than {FEW} are hollow."
    low = min(steady, key=lambda row: row.net or 0)
    return f"Lowest in {low.label}: {signed(low.net)} of {counted(low.total)}. Hollow: fewer than {FEW} mentions."
