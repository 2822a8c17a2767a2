"""The command `hubbub classify`."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, BinaryIO

import click

from hubbub.cli import show
from hubbub.core.errors import Misconfigured
from hubbub.core.settings import load_settings

BATCH = 512
PATIENCE = 0.02  # seconds that a record waits for company
Record = dict[str, Any]


@click.command("classify")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default=Path("-"), metavar="[FILE|-]")
@click.option("--why", "reasons", is_flag=True, help="Add the words that decided, at most 5 a text. Slower.")
def command(file: Path, reasons: bool) -> int:
    """Judge texts: JSON lines with `text`, or plain lines, of FILE or standard input.

    Writes the same records in the same order as JSON lines with `sentiment` added, as they come. With --why it holds
    `why`: words of the text, each with what the label's log-odds would lose without it (0.7 halves the odds).
    """
    from hubbub.models.load import load_judge
    from hubbub.models.readers.language import detect
    from hubbub.models.why import why

    broken = 0
    with _open(file) as lines:
        judge = load_judge(load_settings().sentiment.model)
        for batch in _as_they_come(_records(lines)):
            texts = [record["text"] if isinstance(record.get("text"), str) else "" for record in batch]
            languages = [detect(text) for text in texts]
            verdicts = judge.judge(texts, languages)
            for record, text, language, verdict in zip(batch, texts, languages, verdicts, strict=True):
                if isinstance(record.get("text"), str):
                    record["sentiment"] = verdict.model_dump(mode="json")
                    if reasons:
                        record["sentiment"]["why"] = [asdict(reason) for reason in why(judge, text, language, verdict)]
                else:
                    broken += 1
                    record["sentiment"] = None
                    record.setdefault("error", "no text")
                print(show.json_text(record), flush=reasons)
            sys.stdout.flush()
    if broken:
        show.complain(f"{broken:,} records without a text; their sentiment is null")
    return int(broken > 0)


def _open(file: Path) -> Any:
    if str(file) == "-":
        if sys.stdin is None:
            raise Misconfigured("standard input is closed; name a file")
        return nullcontext(sys.stdin.buffer)
    try:
        return file.open("rb")
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read ({error.strerror})") from None


def _records(lines: BinaryIO) -> Iterator[Record]:
    """JSON objects or plain lines, as the first line that is not empty tells."""
    as_json: bool | None = None
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").rstrip("\r\n").removeprefix("\ufeff")
        if as_json is None and text.strip():
            as_json = _object(text) is not None
        if not as_json:
            yield {"text": text}
        elif text.strip():
            record = _object(text)
            yield {"error": f"line {number} is not a JSON object"} if record is None else record


def _object(text: str) -> Record | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _as_they_come(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Batches of what has arrived: one record from a slow source, many from a quick one."""
    queue: Queue[Record | Exception | None] = Queue(maxsize=2 * BATCH)

    def read() -> None:
        end: Exception | None = None
        try:
            for record in records:
                queue.put(record)
        except OSError as error:
            end = error
        queue.put(end)

    Thread(target=read, daemon=True).start()
    while True:
        batch: list[Record] = []
        item = queue.get()
        while isinstance(item, dict):
            batch.append(item)
            if len(batch) == BATCH:
                break
            try:
                item = queue.get(timeout=PATIENCE)
            except Empty:
                break
        if batch:
            yield batch
        if isinstance(item, OSError):
            raise Misconfigured(f"the input cannot be read ({item.strerror})") from None
        if item is None:
            return
