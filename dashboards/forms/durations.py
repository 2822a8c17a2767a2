"""How long something took, by the values of a field: median and 90th percentile."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from hubbub.dashboards._kit import answers, drawing, lens
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.bars import Bar, lying
from hubbub.dashboards._kit.cards import ChartCard, Frame
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import FIELD_NAMES, counted, readable, timespan

PERCENTS = (50.0, 90.0)
_STEPS = [minutes * 60 for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 30 * 1440)]
"""Seconds between two lines of the grid, of which four are as high as the highest bar."""


@dataclass(frozen=True)
class Took:
    """How long it took for the mentions with one value of the field.

    Attributes:
        total: mentions.
        median, p90: in seconds; between the two nearest where it lies between them.
    """

    label: str
    total: int
    median: float
    p90: float


@dataclass(frozen=True, kw_only=True)
class Timed(Answer):
    """A line a value of the field, in the order in which they are drawn.

    Attributes:
        all: of all mentions; None where there are none.
    """

    took: Sequence[Took]
    all: Took | None


@dataclass(frozen=True, kw_only=True)
class Durations(Panel[Timed]):
    """How many seconds a field holds, by the values of another one.

    Attributes:
        field: by whose values they are told apart.
        took: the field of seconds; the panel's query finds mentions that have it.
        most: so many values are shown at most.
        numbered: the values are whole numbers, 0 to `most` - 1, each with a place of its own.
    """

    width, height = 16, 13

    field: str
    took: str
    most: int = 10
    numbered: bool = False

    def asked(self, period: Period) -> Json:
        took = {"took": {"percentiles": {"field": self.took, "percents": list(PERCENTS)}}}
        return {"aggs": {**took, "values": {"terms": {"field": self.field, "size": self.most}, "aggs": took}}}

    def read(self, reply: Json, period: Period) -> Timed:
        total, found = answers.total(reply), reply["aggregations"]
        took = [_took(str(each["key"]), each["doc_count"], each) for each in found["values"]["buckets"]]
        took.sort(key=lambda each: int(each.label) if self.numbered else -each.median)
        return Timed(total=total, took=took, all=_took("all", total, found) if total else None)

    def kibana(self) -> lens.Lens:
        if self.numbered:
            return lens.xy("bar", lens.numbers(self.field, self.most), lens.durations(self.took))
        return lens.xy("bar_horizontal", lens.values(self.field, self.most), lens.durations(self.took))

    def card(self, answer: Timed, frame: Frame) -> ChartCard:
        draw = self.draw_upright if self.numbered else self.draw
        return ChartCard(
            says=_says(answer),
            drawings={size: draw(answer.took, width) for size, width in frame.sizes.items()} if answer.took else {},
            head=(FIELD_NAMES.get(self.field, "Value"), "Median", "90 % within", "Mentions"),
            rows=[
                (readable(each.label), timespan(each.median), timespan(each.p90), f"{each.total:,}")
                for each in answer.took
            ],
            open=0 < len(answer.took) < 3,
        )

    def draw(self, took: Sequence[Took], width: int) -> str:
        """The medians as lying bars, the longest first; SVG, about `width` pixels wide."""
        bars = [Bar(readable(each.label), each.median, timespan(each.median)) for each in took]
        return lying(alt.InlineData(values=[_segment(each) for each in took]), bars, width, beside=0.6)

    def draw_upright(self, took: Sequence[Took], width: int) -> str:
        """The medians as upright bars, in the order of the numbers; SVG, about `width` pixels wide."""
        places = [str(number) for number in range(self.most)]
        step = next((step for step in _STEPS if 4 * step >= max(each.median for each in took)), _STEPS[-1])
        unit, size = ("min", 60) if step < 1800 else ("h", 3600)
        top = max(4 * step, max(each.median for each in took))
        axis = alt.Axis(
            title=None,
            values=[step * number for number in range(int(top // step) + 1)],
            labelExpr=f"format(datum.value / {size}, '~r') + ' {unit}'",
        )
        chart = (
            alt.Chart(alt.InlineData(values=[_segment(each) for each in took]), config=drawing.CONFIG)
            .mark_bar(width={"band": 0.8}, color="var(--all)")
            .encode(
                x=alt.X(
                    "name:N",
                    scale=alt.Scale(domain=places),
                    axis=alt.Axis(title=None, values=places[::3], labelAngle=0),
                ),
                y=alt.Y("high:Q", scale=alt.Scale(domain=[0, top]), axis=axis),
                description="says:N",
            )
            .properties(width=width, height=190)
        )
        return drawing.svg(chart.to_dict())


def _took(label: str, total: int, part: Json) -> Took:
    values = part["took"]["values"]
    return Took(label, total, *(float(values[str(percent)]) for percent in PERCENTS))


def _segment(took: Took) -> Json:
    says = f"{took.label}: median {timespan(took.median)}, 90 % within {timespan(took.p90)}, {counted(took.total)}"
    return {"name": readable(took.label), "label": "all", "low": 0, "high": took.median, "says": says}


def _says(answer: Timed) -> str:
    if answer.all is None:
        return "Nothing in this period has a time."
    return (
        f"Half within {timespan(answer.all.median)}, nine in ten within {timespan(answer.all.p90)}, "
        f"of {counted(answer.total)}."
    )
