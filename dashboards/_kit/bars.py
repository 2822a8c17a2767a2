"""Horizontal bars: a name to the left of each, and in words at its end what it comes to."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from hubbub.dashboards._kit import drawing

LONGEST_NAME = 18  # small letters
ROOM_FOR_NAMES = 124  # pixels; fixed, since the reader's fonts are not known here


@dataclass(frozen=True)
class Bar:
    """One bar as a whole, whatever it is stacked of.

    Attributes:
        end: where it ends.
        words: what stands there.
    """

    name: str
    end: float
    words: str


def lying(segments: alt.InlineData, bars: Sequence[Bar], width: int, *, beside: float = 0.18) -> str:
    """The bars as SVG, about `width` pixels wide; there must be one.

    Args:
        segments: what they are stacked of, as `drawing.stacked` makes them.
        beside: room for the words beside the longest bar, as a share of it.
    """
    order = [bar.name for bar in bars]
    longest = max(bar.end for bar in bars) or 1
    lengths = alt.Scale(domain=[0, (1 + beside) * longest], nice=False, range=[0, width - ROOM_FOR_NAMES])
    drawn = (
        alt.Chart(segments)
        .mark_rect(height={"band": 0.6})
        .encode(
            y=alt.Y("name:N", sort=order, axis=None),
            x=alt.X("low:Q", axis=None, scale=lengths),
            x2="high:Q",
            color=alt.Color("label:N", scale=drawing.SCALE, legend=None),
            description="says:N",
        )
    )
    said = [{"name": bar.name, "short": short(bar.name), "end": bar.end, "words": bar.words} for bar in bars]
    base = alt.Chart(alt.InlineData(values=said)).encode(y=alt.Y("name:N", sort=order))
    names = base.mark_text(align="right", dx=-6, color="var(--text)").encode(x=alt.datum(0), text="short:N")
    ends = base.mark_text(align="left", dx=6, color="var(--muted)").encode(x="end:Q", text="words:N")
    height = max(28 * len(bars), min(190, 44 * len(bars)))
    fixed = {"autosize": "none", "padding": {"left": ROOM_FOR_NAMES, "top": 0, "right": 0, "bottom": 0}}
    chart = alt.layer(drawn, names, ends, config=drawing.CONFIG, width=width, height=height, **fixed)
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
