"""Horizontal bars, longest first: the values of a field that most mentions have."""

from dataclasses import dataclass, replace

from hubbub.dashboards._kit import answers, drawing, lens, sentiment
from hubbub.dashboards._kit.answers import Answer, Row
from hubbub.dashboards._kit.bars import Bar, lying
from hubbub.dashboards._kit.cards import ChartCard, Frame, numbers, summed
from hubbub.dashboards._kit.panel import Panel
from hubbub.dashboards._kit.period import Period
from hubbub.dashboards._kit.questions import Json
from hubbub.dashboards._kit.words import FIELD_NAMES, counted, readable


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
        ends = [Bar(row.label, row.total, f"{row.total:,}") for row in answer.rows]
        return lying(drawing.stacked(answer.rows, split=self.split), ends, width)


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
