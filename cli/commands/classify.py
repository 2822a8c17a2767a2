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
from hubbub.core.insight import Insight
from hubbub.core.settings import load_settings
from hubbub.core.urgency import Weights, parts, urgency

BATCH = 512
PATIENCE = 0.02  # seconds that a record waits for company
_OF_A_TEXT = ("severity", "sentiment", "leaving")  # parts of the urgency that a text alone tells of
Record = dict[str, Any]


@click.command("classify")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default=Path("-"), metavar="[FILE|-]")
@click.option("--insights", is_flag=True, help="Add what else is read: needs a reply, how urgent, signals.")
@click.option("--why", "reasons", is_flag=True, help="Add the words that decided, at most 5 a text. Slower.")
def command(file: Path, insights: bool, reasons: bool) -> int:
    """Judge texts: JSON lines with `text`, or plain lines, of FILE or standard input.

    Writes the same records in the same order as JSON lines with `sentiment` added, as they come. With --why it holds
    `why`: words of the text, each with what the label's log-odds would lose without it (0.7 halves the odds). With
    --insights each has `insight` too: `needs_reply`, `urgency` with its parts, and `signals` with their words, by the
    text alone.
    """
    from hubbub.models.enrich import Enrichment
    from hubbub.models.load import heads_of, load_judge
    from hubbub.models.why import why

    broken, model = 0, load_settings().sentiment.model
    with _open(file) as lines:
        judge = load_judge(model)
        reader = Enrichment(judge, heads_of(model))
        for batch in _as_they_come(_records(lines)):
            texts = [record["text"] if isinstance(record.get("text"), str) else "" for record in batch]
            found = reader.read_texts(texts, None if insights else ("language", "verdict"))
            for record, text, insight in zip(batch, texts, found, strict=True):
                if isinstance(record.get("text"), str):
                    record["sentiment"] = insight.verdict.model_dump(mode="json")
                    if reasons:
                        given = why(judge, text, insight.language, insight.verdict)
                        record["sentiment"]["why"] = [asdict(reason) for reason in given]
                    if insights:
                        record["insight"] = _told(insight)
                else:
                    broken += 1
                    record["sentiment"] = None
                    if insights:
                        record["insight"] = None
                    record.setdefault("error", "no text")
                print(show.json_text(record), flush=reasons)
            sys.stdout.flush()
    if broken:
        show.complain(f"{broken:,} records without a text; their sentiment is null")
    return int(broken > 0)


def _told(insight: Insight) -> Record:
    """What is read besides the sentiment, for a post of somebody unknown who writes for the first time."""
    names = [signal.name for signal in insight.signals]
    found = {name: part for name, part in parts(names, insight.verdict.score).items() if name in _OF_A_TEXT}
    return {
        "needs_reply": insight.needs_reply,
        "urgency": urgency(found, Weights()),
        "urgency_parts": found,
        "signals": [signal.model_dump(mode="json") for signal in insight.signals],
    }


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
