"""Writes a board as one HTML file that needs nothing else: no server, no network, no script."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from hubbub.core.errors import Misconfigured
from hubbub.core.records import Run
from hubbub.dashboards._kit.answers import Answer
from hubbub.dashboards._kit.board import COLUMNS, Board, Placed
from hubbub.dashboards._kit.cards import Card, Frame
from hubbub.dashboards._kit.period import Period, whole
from hubbub.dashboards._kit.questions import Search
from hubbub.dashboards._kit.sentiment import COLOURS
from hubbub.dashboards._kit.words import readable
from hubbub.dashboards.report.coverage import look

_UTC = ZoneInfo("UTC")
_HERE = Path(__file__).parent
_PAGE = 1152  # pixels
_BESIDE = 62  # pixels of a card that are not its chart's
_NARROW = 322  # pixels
_MARKS = {"negative": "\u25bc", "neutral": "\u25cf", "positive": "\u25b2"}


def write_report(
    search: Search,
    path: Path,
    board: Board,
    *,
    now: datetime,
    days: int | None = 14,
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
    cards = [_card(placed, search, period, zone.key, unmasked) for placed in board.placed()]
    coverage = look(search, period, runs)
    page = _template(period.clock).render(
        title=board.title,
        now=now.astimezone(UTC),
        period=period,
        zone=zone.key,
        offset=_offset(period.clock),
        unmasked=unmasked,
        everything=days is None,
        days=days,
        cards=cards,
        total=coverage.customers,
        coverage=coverage,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),
    )
    _write(path, page)


def _card(placed: Placed, search: Search, period: Period, zone: str, unmasked: bool) -> tuple[Placed, Answer, Card]:
    frame = Frame(round(placed.width / COLUMNS * _PAGE) - _BESIDE, _NARROW, zone, unmasked)
    answer = placed.panel.ask(search, period)
    return placed, answer, placed.panel.card(answer, frame)


def _template(clock: timezone) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"drawing": Markup, "readable": readable, "ago": _ago}
    environment.filters["minute"] = lambda when: _minute(when.astimezone(clock))
    environment.globals |= {"labels": tuple(COLOURS), "marks": _MARKS}
    return environment.get_template("page.html.j2")


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
    """The time as people write it: `22 Nov 2026, 11:40`."""
    return f"{when.day} {when:%b %Y, %H:%M}"


def _offset(clock: timezone) -> str:
    """The zone by its offset: `UTC+7`, `UTC-3:30`."""
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
