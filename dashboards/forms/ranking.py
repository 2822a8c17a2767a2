"""Horizontal bars, longest first: the values of a field that most mentions have."""

import unicodedata
from dataclasses import dataclass, replace

import altair as alt

from hubbub.dashboards._kit import answers, drawing, lens, sentiment
from hubbub.dashboards._kit.answers import Answer, Row
from hubbub.dashboards._kit.cards import ChartCard, Frame, numbers, summed
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import FIELD_NAMES, counted, readable

LONGEST_NAME = 18  # small letters
ROOM_FOR_NAMES = 124  # pixels; fixed, since the reader's fonts are not known here


@dataclass(frozen=True, kw_only=True)
class Ranked(Answer):
    """A row a value, the most frequent first.

    Attributes:
        left_out: mentions of values that did not make it into the ranking.
    """

    left_out: int


@dataclass(frozen=True, kw_only=True)
class Ranking(Panel[Ranked]):
    """The values of a field by how many mentions have them.

    Attributes:
        field: a keyword field of the index; a mention with two values of it counts for both.
        most: so many values are shown at most.
        split: each bar is stacked by sentiment.
    """

    width, height = 16, 13

    field: str
    most: int = 10
    split: bool = False

    def asked(self, period: Period) -> Json:
        values = {"terms": {"field": self.field, "size": self.most}}
        return {"aggs": {"values": {**values, "aggs": sentiment.SPLIT} if self.split else values}}

    def read(self, reply: Json, period: Period) -> Ranked:
        values = reply["aggregations"]["values"]
        rows = [Row(str(each["key"]), each["doc_count"], sentiment.counts(each)) for each in values["buckets"]]
        return Ranked(total=answers.total(reply), rows=rows, left_out=values["sum_other_doc_count"])

    def kibana(self) -> lens.Lens:
        axis = lens.values(self.field, self.most)
        return lens.xy("bar_horizontal_stacked", axis, lens.counts(split=self.split))

    def card(self, answer: Ranked, frame: Frame) -> ChartCard:
        shown = replace(answer, rows=[replace(row, label=readable(row.label)) for row in answer.rows])
        head, rows = numbers(FIELD_NAMES.get(self.field, "Value"), shown.rows, split=self.split)
        return ChartCard(
            says=_leader(shown),
            drawings={size: self.draw(shown, width) for size, width in frame.sizes.items()} if shown.rows else {},
            head=head,
            rows=rows,
            counts=summed(shown.rows) if self.split else {},
            open=len(shown.rows) < 3,
        )

    def draw(self, answer: Answer, width: int) -> str:
        """The chart as SVG, about `width` pixels wide; there must be a row."""
        rows = answer.rows
        order = [row.label for row in rows]
        lengths = alt.Scale(domain=[0, 1.18 * rows[0].total], nice=False, range=[0, width - ROOM_FOR_NAMES])
        bars = (
            alt.Chart(drawing.stacked(rows, split=self.split))
            .mark_rect(height={"band": 0.6})
            .encode(
                y=alt.Y("name:N", sort=order, axis=None),
                x=alt.X("low:Q", axis=None, scale=lengths),
                x2="high:Q",
                color=alt.Color("label:N", scale=drawing.SCALE, legend=None),
                description="says:N",
            )
        )
        said = [
            {"name": row.label, "short": short(row.label), "total": row.total, "words": f"{row.total:,}"}
            for row in rows
        ]
        base = alt.Chart(alt.InlineData(values=said)).encode(y=alt.Y("name:N", sort=order))
        names = base.mark_text(align="right", dx=-6, color="var(--text)").encode(x=alt.datum(0), text="short:N")
        ends = base.mark_text(align="left", dx=6, color="var(--muted)").encode(x="total:Q", text="words:N")
        height = max(28 * len(rows), min(190, 44 * len(rows)))
        fixed = {"autosize": "none", "padding": {"left": ROOM_FOR_NAMES, "top": 0, "right": 0, "bottom": 0}}
        chart = alt.layer(bars, names, ends, config=drawing.CONFIG, width=width, height=height, **fixed)
        return drawing.svg(chart.to_dict())


def short(name: str) -> str:
    """As much of the name as has room beside its bar."""
    widths = [_letters_wide(char) for char in name]
    if sum(widths) <= LONGEST_NAME:
        return name
    fitting = (length for length in range(len(name), 0, -1) if sum(widths[:length]) < LONGEST_NAME)
    return f"{name[: next(fitting)].rstrip()}\u2026"


def _letters_wide(char: str) -> float:
    """How many small letters the character is wide, about; marks stand above or below others."""
    if unicodedata.category(char) in ("Mn", "Cf"):
        return 0
    return 1.9 if unicodedata.east_asian_width(char) in "WF" or char in "MW@" else 1.4 if char.isupper() else 1


def _leader(answer: Ranked) -> str:
    says = "None of the mentions has a value here."
    if answer.rows:
        top = answer.rows[0]
        says = f"{top.label} leads with {top.total:,} of {counted(answer.total)}."
        if len(answer.rows) == 1 and top.total == answer.total:
            says = f"{counted(answer.total)}; {top.label} is the only value."
    if answer.left_out:
        says += f" {counted(answer.left_out)} of further values are not drawn."
    return says
