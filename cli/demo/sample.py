"""Sets the bundled sample beside the present.

Its four exports say of each record how many minutes before the end it was posted (`minutes_ago`); written out, they say
when (`created_at`, ISO 8601), as exports do. `lang`, `label` and `about` are what a person made of a record: its
language, its sentiment (mixed is a fourth one) and the brand that it is about.
"""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

SETTINGS = "hubbub.yaml"
_AGE, _TIME = "minutes_ago", "created_at"


def write_sample(folder: Path, now: datetime) -> Path:
    """Writes the sample's files into the folder, made where there is none; the last post is then minutes old.

    Returns:
        The path of its `hubbub.yaml`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shipped = files(__package__)
    for name, dated in _EXPORTS.items():
        content = shipped.joinpath(name).read_text(encoding="utf-8")
        folder.joinpath(name).write_text(dated(content, now), encoding="utf-8", newline="")
    settings = folder / SETTINGS
    settings.write_text(shipped.joinpath(SETTINGS).read_text(encoding="utf-8"), encoding="utf-8")
    return settings


def _ndjson(content: str, now: datetime) -> str:
    return "\n".join(_line(line, now) for line in content.split("\n"))


def _line(line: str, now: datetime) -> str:
    """A line that is no JSON stays as it is: the collector has to live with it too."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return line
    return json.dumps(_dated(record, now), ensure_ascii=False)


def _json(content: str, now: datetime) -> str:
    return json.dumps([_dated(record, now) for record in json.loads(content)], ensure_ascii=False, indent=1)


def _csv(content: str, now: datetime) -> str:
    rows = [_dated(row, now) for row in csv.DictReader(io.StringIO(content, newline=""))]
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _dated(record: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        (_TIME if key == _AGE else key): (_moment(value, now) if key == _AGE else value)
        for key, value in record.items()
    }


def _moment(minutes_ago: float | str, now: datetime) -> str:
    """ISO 8601 in whole seconds; what is no number of minutes stays as it is."""
    try:
        return (now - timedelta(minutes=float(minutes_ago))).isoformat(timespec="seconds")
    except ValueError:
        return str(minutes_ago)


_EXPORTS: dict[str, Callable[[str, datetime], str]] = {
    "x.ndjson": _ndjson,
    "reddit.ndjson": _ndjson,
    "reviews.csv": _csv,
    "forum.json": _json,
}
