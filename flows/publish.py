"""Publishes the boards: to Kibana, or one of them as an HTML page."""

from datetime import timedelta
from pathlib import Path

from hubbub.core.errors import Misconfigured
from hubbub.core.ports import ALL
from hubbub.core.records import RecordKind, Run
from hubbub.dashboards.boards import boards
from hubbub.dashboards.boards.social_care import BOARD
from hubbub.dashboards.kibana.importing import import_dashboards
from hubbub.dashboards.kibana.saved_objects import compile_dashboards
from hubbub.dashboards.report.page import write_report
from hubbub.flows.parts import Parts


def publish(parts: Parts) -> int:
    """Imports the dashboards into Kibana, over what was imported before; returns the number of saved objects.

    Raises:
        Misconfigured: no Kibana is set.
        Retryable, Fatal: it cannot be reached, or refuses us.
    """
    kibana = parts.settings.kibana
    if not kibana.url:
        raise Misconfigured(
            "no Kibana is set: give HUBBUB_KIBANA__URL, or write a page with `hubbub publish --report FILE`"
        )
    return import_dashboards(kibana.url, kibana.api_key.get_secret_value() if kibana.api_key else None)


def write_saved_objects(path: Path) -> None:
    """Writes the dashboards as Kibana's NDJSON, for an import by hand.

    Raises:
        Misconfigured: the file cannot be written.
    """
    try:
        path.write_text(compile_dashboards(boards()), encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be written ({error.strerror})") from None


def report(parts: Parts, path: Path, days: int | None, unmasked: bool = False) -> None:
    """Writes the dashboards as one HTML file over the last `days`, or over everything there is.

    Args:
        unmasked: people's e-mail addresses and numbers are shown as they wrote them.

    Raises:
        Misconfigured: `hubbub.yaml` cannot be read, or the file cannot be written.
    """
    since = parts.clock() - timedelta(days=days) if days else None
    runs = parts.index.state.list(RecordKind.run, since=since, limit=ALL)
    write_report(
        parts.index.search,
        path,
        BOARD,
        now=parts.clock(),
        days=days,
        runs=[Run.model_validate(run.body) for run in runs],
        zone=parts.listening.timezone,
        unmasked=unmasked,
    )
