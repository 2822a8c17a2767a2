"""Draws answers as SVG that takes its colours from the page, so that one drawing serves light and dark.

Altair says what is drawn and vl-convert draws it, without a browser or a network. Every mark keeps its words as a
`<title>`, which browsers show when one points at it; for those who cannot see it, the page has the numbers in a table.
"""

import unicodedata
from datetime import UTC, datetime, timedelta
from functools import singledispatch
from typing import Any
from xml.etree import ElementTree

import altair as alt
import vl_convert

from hubbub.core.moments import iso
from hubbub.dashboards.answers import Answer, Row
from hubbub.dashboards.panel import COLOURS, NetOverTime, OverTime, Panel, Ranking

FEW = 5
"""A point on fewer mentions than this is drawn hollow."""
ROOMY = 8
"""Of fewer stretches than this none is drawn wider than if there were so many."""
LONGEST_NAME = 18  # small letters
ROOM_FOR_NAMES = 124  # pixels; fixed, since the reader's fonts are not known here

_SVG = "http://www.w3.org/2000/svg"
_SCALE = alt.Scale(domain=[*COLOURS, "all"], range=[*(f"var(--{label})" for label in COLOURS), "var(--all)"])
_AROUND_ZERO = "datum.value == 0 ? '0' : replace(datum.label, '-', '\u2212')"
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "autosize": {"type": "fit-x", "contains": "padding"},
    "view": {"stroke": None},
    "font": "system-ui",
    "text": {"fontSize": 12},
    "axis": {
        "labelColor": "var(--muted)",
        "gridColor": "var(--line)",
        "tickColor": "var(--line)",
        "domain": False,
        "labelFontSize": 12,
        "labelPadding": 6,
        "ticks": False,
    },
}


@singledispatch
def draw(panel: Panel, answer: Answer, width: int) -> str | None:
    """An SVG element about `width` pixels wide; None for panels that are not charts."""
    return None


@draw.register
def _(panel: OverTime, answer: Answer, width: int) -> str | None:
    split = "sentiment" in panel.question["aggs"]["time"].get("aggs", {})
    base = alt.Chart(_stacked(answer.rows, split=split), config=_CONFIG, width=width, height=190)
    chart = base.mark_rect().encode(
        x=alt.X("start:T", scale=_time_scale(answer.rows), axis=_time_axis(answer.rows)),
        x2="end:T",
        y=alt.Y("low:Q", axis=_count_axis(answer.rows)),
        y2="high:Q",
        color=alt.Color("label:N", scale=_SCALE, legend=None),
        description="says:N",
    )
    return _svg(chart.to_dict())


@draw.register
def _(panel: NetOverTime, answer: Answer, width: int) -> str | None:
    rows = [
        {
            "middle": _on_the_clock(row.start + (row.end - row.start) / 2),
            "net": row.net,
            "few": row.total < FEW,
            "says": f"{row.label}: {signed(row.net)}, {counted(row.total)}",
        }
        for row in answer.rows
        if row.start and row.end
    ]
    x = alt.X("middle:T", scale=_time_scale(answer.rows), axis=_time_axis(answer.rows))
    axis = alt.Axis(title=None, format="+.0%", values=[-1, -0.5, 0, 0.5, 1], labelExpr=_AROUND_ZERO)
    y = alt.Y("net:Q", scale=alt.Scale(domain=[-1.1, 1.1]), axis=axis)
    base = alt.Chart(alt.Data(values=rows), width=width, height=215)
    zero = alt.Chart(alt.Data(values=[{"net": 0}])).mark_rule(color="var(--muted)", strokeWidth=1).encode(y=y)
    line = base.mark_line(color="var(--all)", strokeWidth=2, invalid="break-paths-show-path-domains").encode(x=x, y=y)
    points = base.mark_point(filled=False, size=42, strokeWidth=2, color="var(--all)", opacity=1).encode(
        x=x,
        y=y,
        fill=alt.condition("datum.few", alt.value("var(--card)"), alt.value("var(--all)")),
        description="says:N",
    )
    present = points.transform_filter("isValid(datum.net)")
    return _svg(alt.layer(zero, line, present, config=_CONFIG).to_dict())


@draw.register
def _(panel: Ranking, answer: Answer, width: int) -> str | None:
    rows = answer.rows
    split = "sentiment" in panel.question["aggs"]["values"].get("aggs", {})
    order = [row.label for row in rows]
    lengths = alt.Scale(domain=[0, 1.18 * rows[0].total], nice=False, range=[0, width - ROOM_FOR_NAMES])
    bars = (
        alt.Chart(_stacked(rows, split=split))
        .mark_rect(height={"band": 0.6})
        .encode(
            y=alt.Y("name:N", sort=order, axis=None),
            x=alt.X("low:Q", axis=None, scale=lengths),
            x2="high:Q",
            color=alt.Color("label:N", scale=_SCALE, legend=None),
            description="says:N",
        )
    )
    said = [
        {"name": row.label, "short": short(row.label), "total": row.total, "words": f"{row.total:,}"} for row in rows
    ]
    base = alt.Chart(alt.Data(values=said)).encode(y=alt.Y("name:N", sort=order))
    names = base.mark_text(align="right", dx=-6, color="var(--text)").encode(x=alt.datum(0), text="short:N")
    ends = base.mark_text(align="left", dx=6, color="var(--muted)").encode(x="total:Q", text="words:N")
    height = max(28 * len(rows), min(190, 44 * len(rows)))
    fixed = {"autosize": "none", "padding": {"left": ROOM_FOR_NAMES, "top": 0, "right": 0, "bottom": 0}}
    return _svg(alt.layer(bars, names, ends, config=_CONFIG, width=width, height=height, **fixed).to_dict())


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


def counted(number: int) -> str:
    return f"{number:,} mention" if number == 1 else f"{number:,} mentions"


def signed(net: float | None) -> str:
    """Net sentiment in words: `+12.5%`, with a real minus sign, or a dash where there is none."""
    return "\u2013" if net is None else f"{net:+.1%}".replace("-", "\u2212")


def _stacked(rows: list[Row], *, split: bool) -> alt.Data:
    """One record a segment, each from where the one below it ends."""
    records = []
    for row in rows:
        low = 0
        for label, count in row.counts.items() if split else [("all", row.total)]:
            record: dict[str, Any] = {"name": row.label, "label": label, "low": low, "high": low + count}
            record["says"] = f"{row.label}: {count:,} {label} of {counted(row.total)}" if split else _plain(row)
            if row.start and row.end:
                shown_to = row.end - (row.end - row.start) * 0.14
                record |= {"start": _on_the_clock(row.start), "end": _on_the_clock(shown_to)}
            records.append(record)
            low += count
    return alt.Data(values=records)


def _plain(row: Row) -> str:
    return f"{row.label}: {counted(row.total)}"


def _on_the_clock(when: datetime) -> str:
    """What the zone's clocks show, for a scale that knows no zones."""
    return iso(when.replace(tzinfo=UTC))


def _bounds(rows: list[Row]) -> tuple[datetime, datetime, timedelta]:
    """Where the first stretch begins, where the last one ends, and how long each is."""
    [start, *_], [*_, end] = [row.start for row in rows if row.start], [row.end for row in rows if row.end]
    return start, end, (end - start) / len(rows)


def _count_axis(rows: list[Row]) -> alt.Axis:
    """Ticks at whole numbers."""
    most = max(row.total for row in rows)
    ticks: dict[str, Any] = {"values": list(range(most + 1))} if most < 4 else {"tickCount": 4}
    return alt.Axis(title=None, format="~s", **ticks)


def _time_scale(rows: list[Row]) -> alt.Scale:
    """From the first stretch to the last, with room around a few of them."""
    start, end, width = _bounds(rows)
    room = max(0, ROOMY - len(rows)) / 2 * width
    return alt.Scale(type="utc", domain=[_on_the_clock(start - room), _on_the_clock(end + room)], nice=False)


def _time_axis(rows: list[Row]) -> alt.Axis:
    """Ticks at round times; of a few stretches each has its own beneath its middle."""
    start, end, width = _bounds(rows)
    told: dict[str, Any] = {"tickCount": 6}
    form = "%-d %b" if (end - start).days <= 300 else "%b %Y"
    when = "datum.value"
    if len(rows) < ROOMY:
        told = {"values": [_on_the_clock(start + (number + 0.5) * width) for number in range(len(rows))]}
        when = f"datum.value - {width / timedelta(milliseconds=2):.0f}"
    by_hours = f"utchours({when}) == 0 ? utcFormat({when}, '%-d %b') : utcFormat({when}, '%H:%M')"
    hourly = end - start <= timedelta(days=2) and width < timedelta(days=1)
    words = by_hours if hourly else f"utcFormat({when}, '{form}')"
    return alt.Axis(labelExpr=words, grid=False, labelOverlap="greedy", labelSeparation=10, title=None, **told)


def _svg(specification: dict[str, Any]) -> str:
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(specification))
    for element in root.iter():
        words, role = element.attrib.pop("aria-label", ""), element.attrib.pop("role", "")
        element.attrib.pop("aria-roledescription", None)
        if words and role == "graphics-symbol" and element.tag == f"{{{_SVG}}}path":
            ElementTree.SubElement(element, f"{{{_SVG}}}title").text = words
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")
