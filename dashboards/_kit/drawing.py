"""Draws charts as SVG that takes its colours from the page, so that one drawing serves light and dark.

Altair says what is drawn and vl-convert draws it, without a browser or a network. Every mark keeps its words as a
`<title>`, which browsers show when one points at it; for those who cannot see it, the page has the numbers in a table.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import altair as alt
import vl_convert

from hubbub.core.moments import iso
from hubbub.dashboards._kit.answers import Row
from hubbub.dashboards._kit.sentiment import COLOURS
from hubbub.dashboards._kit.words import counted

ROOMY = 8
"""Of fewer stretches than this none is drawn wider than if there were so many."""

SCALE = alt.Scale(domain=[*COLOURS, "all"], range=[*(f"var(--{label})" for label in COLOURS), "var(--all)"])
CONFIG: dict[str, Any] = {
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
_SVG = "http://www.w3.org/2000/svg"


def stacked(rows: Sequence[Row], *, split: bool) -> alt.InlineData:
    """One record a segment, each from where the one below it ends."""
    records = []
    for row in rows:
        low = 0
        for label, count in row.counts.items() if split else [("all", row.total)]:
            record: dict[str, Any] = {"name": row.label, "label": label, "low": low, "high": low + count}
            of = f"{count:,} {label} of " if split else ""
            record["says"] = f"{row.label}: {of}{counted(row.total)}"
            if row.start and row.end:
                shown_to = row.end - (row.end - row.start) * 0.14
                record |= {"start": on_the_clock(row.start), "end": on_the_clock(shown_to)}
            records.append(record)
            low += count
    return alt.InlineData(values=records)


def on_the_clock(when: datetime) -> str:
    """What the zone's clocks show, for a scale that knows no zones."""
    return iso(when.replace(tzinfo=UTC))


def count_axis(rows: Sequence[Row]) -> alt.Axis:
    """Ticks at whole numbers."""
    most = max(row.total for row in rows)
    ticks: dict[str, Any] = {"values": list(range(most + 1))} if most < 4 else {"tickCount": 4}
    return alt.Axis(title=None, format="~s", **ticks)


def time_scale(rows: Sequence[Row]) -> alt.Scale:
    """From the first stretch to the last, with room around a few of them."""
    start, end, width = _bounds(rows)
    room = max(0, ROOMY - len(rows)) / 2 * width
    return alt.Scale(type="utc", domain=[on_the_clock(start - room), on_the_clock(end + room)], nice=False)


def time_axis(rows: Sequence[Row]) -> alt.Axis:
    """Ticks at round times; of a few stretches each has its own beneath its middle."""
    start, end, width = _bounds(rows)
    told: dict[str, Any] = {"tickCount": 6}
    form = "%-d %b" if (end - start).days <= 300 else "%b %Y"
    when = "datum.value"
    if len(rows) < ROOMY:
        told = {"values": [on_the_clock(start + (number + 0.5) * width) for number in range(len(rows))]}
        when = f"datum.value - {width / timedelta(milliseconds=2):.0f}"
    by_hours = f"utchours({when}) == 0 ? utcFormat({when}, '%-d %b') : utcFormat({when}, '%H:%M')"
    hourly = end - start <= timedelta(days=2) and width < timedelta(days=1)
    words = by_hours if hourly else f"utcFormat({when}, '{form}')"
    return alt.Axis(labelExpr=words, grid=False, labelOverlap="greedy", labelSeparation=10, title=None, **told)


def svg(specification: dict[str, Any]) -> str:
    """The SVG element of a Vega-Lite specification."""
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


def _bounds(rows: Sequence[Row]) -> tuple[datetime, datetime, timedelta]:
    """Where the first stretch begins, where the last one ends, and how long each is."""
    [start, *_], [*_, end] = [row.start for row in rows if row.start], [row.end for row in rows if row.end]
    return start, end, (end - start) / len(rows)
