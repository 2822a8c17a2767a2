"""Writes the dashboard as one HTML file that needs nothing else: no server, no network, no script."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jinja2
from markupsafe import Markup

from hubbub.core.errors import Misconfigured
from hubbub.core.records import Run
from hubbub.dashboards.answers import Period, Search, ask, whole
from hubbub.dashboards.coverage import look
from hubbub.dashboards.panel import COLOURS, panels
from hubbub.dashboards.views import View, readable, view

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
) -> None:
    """Asks every panel's question and writes the answers to `path`, whole or not at all.

    Args:
        search: an index's `search`.
        now: aware; the end of the period.
        days: how far back the period goes; None means the whole time that holds mentions.
        runs: what is known of the runs that filled the index.

    Raises:
        Misconfigured: the file cannot be written.
        Retryable, Fatal: the index does not answer.
    """
    recent = Period(now.astimezone(UTC) - timedelta(days=days or 14), now.astimezone(UTC))
    period = recent if days is not None else whole(search) or recent
    views = [_view(name, search, period) for name in panels()]
    page = _template().render(
        title=title,
        now=now.astimezone(UTC),
        period=period,
        everything=days is None,
        days=days,
        views=views,
        total=max(each.answer.total for each in views),
        coverage=look(search, period, runs),
        marks=_MARKS,
        style=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
    )
    _write(path, page)


def _view(name: str, search: Search, period: Period) -> View:
    panel = panels()[name]
    width = round(panel.grid.w / 48 * _PAGE) - 62
    return view(panel, name, ask(panel, search, period), width=width, narrow=_NARROW)


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"minute": _minute, "drawing": Markup, "readable": readable, "ago": _ago}
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


def _ago(when: datetime, now: datetime) -> str:
    """How long ago, in the largest fitting unit: `3 hours ago`."""
    seconds = (now - when).total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(seconds // size)
        if number:
            return f"{number:,} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
