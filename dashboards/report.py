"""Writes the dashboard as one HTML file that needs nothing else: no server, no network, no script."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from hubbub.core.errors import Misconfigured
from hubbub.core.records import Run
from hubbub.core.text import masked
from hubbub.dashboards.answers import Period, Search, ask, whole
from hubbub.dashboards.coverage import look
from hubbub.dashboards.panel import COLOURS, panels
from hubbub.dashboards.views import Page, View, readable, view

_UTC = ZoneInfo("UTC")
_HERE = Path(__file__).parent
_PAGE = 1152
_NARROW = 322
_MARKS = {"negative": "\u25bc", "neutral": "\u25cf", "positive": "\u25b2"}


def write_report(
    search: Search,
    path: Path,
    *,
    now: datetime,
    days: int | None = 14,
    title: str = "Social care overview",
    runs: Sequence[Run] = (),
    zone: ZoneInfo = _UTC,
    unmasked: bool = False,
) -> None:
    """Asks every panel's question and writes the answers to `path`, whole or not at all.

    Args:
        search: an index's `search`.
        now: aware; the end of the period.
        days: how far back the period goes; None means the whole time that holds mentions.
        runs: what is known of the runs that filled the index.
        zone: its times are shown, and its days and weeks begin, by the offset from UTC that this has at the end.
        unmasked: people's e-mail addresses and numbers are shown as they wrote them.

    Raises:
        Misconfigured: the file cannot be written.
        Retryable, Fatal: the index does not answer.
    """
    recent = Period(now.astimezone(UTC) - timedelta(days=days or 14), now.astimezone(UTC))
    everything = whole(search) or recent
    period = replace(recent if days is not None else everything, zone=zone).since_first(everything.start)
    views = [_view(name, search, period, zone.key, unmasked) for name in panels()]
    page = _template(period.clock, unmasked).render(
        title=title,
        now=now.astimezone(UTC),
        period=period,
        zone=zone.key,
        offset=_offset(period.clock),
        unmasked=unmasked,
        everything=days is None,
        days=days,
        views=views,
        total=max(each.answer.total for each in views),
        coverage=look(search, period, runs),
        marks=_MARKS,
        style=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
    )
    _write(path, page)


def _view(name: str, search: Search, period: Period, zone: str, unmasked: bool) -> View:
    panel = panels()[name]
    width = round(panel.grid.w / 48 * _PAGE) - 62
    return view(panel, name, ask(panel, search, period), Page(width, _NARROW, zone, unmasked))


def _template(clock: timezone, unmasked: bool) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"drawing": Markup, "readable": readable, "ago": _ago}
    environment.filters["minute"] = lambda when: _minute(when.astimezone(clock))
    environment.filters["said"] = readable if unmasked else lambda text: masked(readable(text))
    environment.globals |= {"labels": tuple(COLOURS)}
    return environment.get_template("report.html.j2")


def _write(path: Path, page: str) -> None:
    path = path.resolve()  # a link stays, and what it points to is written
    if path.exists() and not path.is_file():
        raise Misconfigured(f"{path}: not a file; name one to write the page to")
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(page, encoding="utf-8", errors="replace")
        part.replace(path)
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be written ({error.strerror})") from None


def _minute(when: datetime) -> str:
    return f"{when.day} {when:%b %Y, %H:%M}"


def _offset(clock: timezone) -> str:
    """`UTC+7`, `UTC-3:30`"""
    minutes = clock.utcoffset(None) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}".replace("-", "\u2212")


def _ago(when: datetime, now: datetime) -> str:
    """How long ago, in the largest fitting unit: `3 hours ago`."""
    seconds = (now - when).total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(seconds // size)
        if number:
            return f"{number:,} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
