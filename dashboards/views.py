"""Turns a panel and its answer into what the page shows of it: words, numbers, drawings."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import singledispatch
from typing import Any
from urllib.parse import urlsplit

from hubbub.core.text import link, masked
from hubbub.dashboards.answers import Answer, Row
from hubbub.dashboards.charts import FEW, counted, draw, signed
from hubbub.dashboards.panel import FIELD_NAMES, Net, NetOverTime, Number, OverTime, Panel, Posts, Ranking

_LONGEST_TEXT = 420


@dataclass(frozen=True)
class Post:
    """Attributes:
    link: None where the post has no address that a reader may be sent to.
    host: where the link leads.
    """

    when: datetime
    platform: str
    channel: str
    author: str
    brand: str
    language: str
    title: str
    text: str
    cut: bool
    confidence: float | None
    uncertain: bool
    link: str | None
    host: str


@dataclass(frozen=True)
class Page:
    """How the page is to show its panels.

    Attributes:
        width, narrow: of its charts, in pixels.
        zone: the name of the zone that its times are in.
        unmasked: people's e-mail addresses and numbers are shown.
    """

    width: int
    narrow: int
    zone: str
    unmasked: bool


@dataclass(frozen=True)
class View:
    """Attributes:
    form: the block of the template that shows it.
    value: the one large number.
    says: what stands out, in a sentence; the chart's alt text.
    drawings: the chart, wide and narrow.
    head, rows: the numbers behind it.
    counts: mentions by sentiment, for the legend.
    open: the numbers stand open, where a chart of so few bars leaves room for them.
    """

    name: str
    panel: Panel
    answer: Answer
    form: str
    value: str = ""
    says: str = ""
    drawings: dict[str, str] = field(default_factory=dict)
    head: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    counts: dict[str, int] = field(default_factory=dict)
    open: bool = False
    posts: list[Post] = field(default_factory=list)


@singledispatch
def view(panel: Panel, name: str, answer: Answer, page: Page) -> View:
    """What the page shows of the panel."""
    raise NotImplementedError(f"no form on the page for {type(panel).__name__}")


@view.register
def _(panel: Number, name: str, answer: Answer, page: Page) -> View:
    return View(name, panel, answer, "number", value=f"{answer.total:,}", says=panel.reading)


@view.register
def _(panel: Net, name: str, answer: Answer, page: Page) -> View:
    [row] = answer.rows
    positive, negative = row.counts["positive"], row.counts["negative"]
    says = f"{positive:,} positive less {negative:,} negative, of {counted(answer.total)}"
    return View(name, panel, answer, "number", value=signed(row.net), says=says, counts=dict(row.counts))


@view.register
def _(panel: OverTime, name: str, answer: Answer, page: Page) -> View:
    drawn = _drawings(panel, answer, page)
    if "sentiment" not in panel.question["aggs"]["time"].get("aggs", {}):
        top = max(answer.rows, key=lambda row: row.total)
        says = f"{counted(answer.total)}; most in {top.label} ({top.total:,})."
        if top.total == answer.total:
            says = f"{counted(answer.total)}, all in {top.label}."
        rows = [(row.label, f"{row.total:,}") for row in answer.rows]
        head = (f"Time ({page.zone})", "Mentions")
        return View(name, panel, answer, "chart", says=says, drawings=drawn, head=head, rows=rows)
    top = max(answer.rows, key=lambda row: row.counts["negative"])
    says = f"{counted(answer.total)}; most negative ones in {top.label}: {top.counts['negative']:,} of {top.total:,}."
    if not top.counts["negative"]:
        says = f"{counted(answer.total)}; none of them is negative."
    split_head, table = _split_table(f"Time ({page.zone})", answer.rows)
    counts = _summed(answer.rows)
    return View(name, panel, answer, "chart", says=says, drawings=drawn, head=split_head, rows=table, counts=counts)


@view.register
def _(panel: NetOverTime, name: str, answer: Answer, page: Page) -> View:
    drawn = _drawings(panel, answer, page)
    steady = [row for row in answer.rows if row.total >= FEW]
    says = f"{counted(answer.total)}; points on fewer than {FEW} are hollow."
    if steady:
        low = min(steady, key=lambda row: row.net or 0)
        says = f"Lowest in {low.label}: {signed(low.net)} of {counted(low.total)}. Hollow: fewer than {FEW} mentions."
    rows = [(row.label, signed(row.net), f"{row.total:,}") for row in answer.rows]
    head = (f"Time ({page.zone})", "Net sentiment", "Mentions")
    return View(name, panel, answer, "chart", says=says, drawings=drawn, head=head, rows=rows)


@view.register
def _(panel: Ranking, name: str, answer: Answer, page: Page) -> View:
    tidy = Answer(answer.total, [Row(readable(row.label), row.total, row.counts) for row in answer.rows])
    field = panel.question["aggs"]["values"]["terms"]["field"]
    head, rows = _split_table(FIELD_NAMES.get(field, "Value"), tidy.rows)
    says = "None of the mentions has a value here."
    if tidy.rows:
        top = tidy.rows[0]
        says = f"{top.label} leads with {top.total:,} of {counted(answer.total)}."
        if len(tidy.rows) == 1 and top.total == answer.total:
            says = f"{counted(answer.total)}; {top.label} is the only value."
    if answer.left_out:
        says += f" {counted(answer.left_out)} of further values are not drawn."
    drawn = _drawings(panel, tidy, page) if tidy.rows else {}
    counts, few = _summed(tidy.rows), len(tidy.rows) < 3
    return View(name, panel, answer, "chart", says=says, drawings=drawn, head=head, rows=rows, counts=counts, open=few)


@view.register
def _(panel: Posts, name: str, answer: Answer, page: Page) -> View:
    posts = [_post(hit["_source"], page) for hit in answer.hits]
    says = (
        f"{len(posts):,} of {answer.total:,}, newest first"
        if len(posts) < answer.total
        else f"{len(posts):,}, newest first"
    )
    return View(name, panel, answer, "posts", says=says, posts=posts)


def readable(text: Any) -> str:
    """The text without control characters and halves of characters, which no page can show."""
    return "".join(char for char in str(text or "") if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


def safe_link(url: str | None) -> tuple[str | None, str]:
    """The address and its host where a reader may be sent there; else (None, "")."""
    try:
        parts = urlsplit(url or "")
        address, host = link(parts.geturl()), parts.hostname
    except ValueError:
        return None, ""
    return (address, host) if address and host else (None, "")


def _post(source: dict[str, Any], page: Page) -> Post:
    said = readable if page.unmasked else _masked
    text = said(source.get("message"))
    address, host = safe_link(source.get("url", {}).get("full"))
    sentiment = source.get("sentiment", {})
    return Post(
        when=datetime.fromisoformat(source["@timestamp"]),
        platform=readable(source.get("source")),
        channel=said(source.get("channel")),
        author=said(source.get("user", {}).get("name")),
        brand=readable(", ".join(source.get("brand", []))),
        language=readable(source.get("language")),
        title=said(source.get("title")),
        text=text[:_LONGEST_TEXT],
        cut=len(text) > _LONGEST_TEXT,
        confidence=sentiment.get("confidence"),
        uncertain=sentiment.get("uncertain", False),
        link=address,
        host=host,
    )


def _masked(text: Any) -> str:
    return masked(readable(text))


def _drawings(panel: Panel, answer: Answer, page: Page) -> dict[str, str]:
    sizes = {"narrow": page.narrow} if page.width <= page.narrow else {"wide": page.width, "narrow": page.narrow}
    drawn = {size: draw(panel, answer, pixels) for size, pixels in sizes.items()}
    return {size: svg for size, svg in drawn.items() if svg}


def _split_table(first: str, rows: list[Row]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    head = (first, "Negative", "Neutral", "Positive", "All")
    return head, [(row.label, *(f"{count:,}" for count in row.counts.values()), f"{row.total:,}") for row in rows]


def _summed(rows: list[Row]) -> dict[str, int]:
    return {label: sum(row.counts[label] for row in rows) for label in ("negative", "neutral", "positive")}
