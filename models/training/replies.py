"""What `needs_reply` is learned from: texts that somebody should have answered, and texts that nobody had to."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from hubbub.core.errors import Misconfigured
from hubbub.models.hints import ASKS, THANKS, asks

OWN = Path(__file__).parent
OWN_MOST = 800  # care posts of a language
Row = dict[str, Any]
Rule = Callable[[Row], bool | None]
"""Whether such a row needs a reply; None where that cannot be told."""


class Example(NamedTuple):
    """A text, whether it needs a reply, and how much it counts; `group` is never torn apart by cross-validation."""

    text: str
    needs_reply: bool
    counts: float
    dataset: str
    group: str


@dataclass(frozen=True)
class Source:
    """A file of DATA, and what is learned from it.

    Attributes:
        most: examples of either kind that are taken.
        counts: of each.
    """

    path: str
    rule: Rule
    most: int
    counts: float = 1.0


def _by_label(**needs: bool) -> Rule:
    return lambda row: needs.get(row["label"])


def _quiet(row: Row) -> bool | None:
    """Of sets whose neutral posts hold questions, and whose negative ones are mostly chatter."""
    return None if row["label"] == "negative" or ASKS.search(row["text"]) else False


def _complaint(row: Row) -> bool | None:
    if row["domain"] == "random_tweet":
        return False
    return True if row["themes"] or asks(row["text"]) else None


def _turn(row: Row) -> bool | None:
    return True if len(row["themes"]) > 1 and len(row["text"].split()) > 4 else None


def _always(row: Row) -> bool:
    return True


_LIKED_OR_NOT = _by_label(negative=True, positive=False)
_WITH_MIXED = _by_label(negative=True, neutral=True, positive=False)

SOURCES = (
    Source("sentiment/train/semeval_en", _by_label(neutral=False, positive=False), 1200),
    Source("sentiment/train/apple_en", _by_label(negative=True, neutral=False, positive=False), 150, 0.5),
    Source("sentiment/train/sxsw_brands_en", _by_label(neutral=False, positive=False), 150),
    Source("sentiment/train/brands_th", _by_label(negative=True), 200),
    Source("sentiment/train/wisesight_th", _quiet, 1200),
    Source("sentiment/train/vlsp2016_vi", _quiet, 350),
    Source("sentiment/train/visfd_vi", _WITH_MIXED, 400),
    Source("sentiment/train/aivivn_vi", _LIKED_OR_NOT, 200),
    Source("sentiment/train/traveloka_vi", _LIKED_OR_NOT, 80, 0.5),
    Source("sentiment/train/vlsp2018_vi", _LIKED_OR_NOT, 80, 0.5),
    Source("sentiment/train/vsfc_vi", _LIKED_OR_NOT, 60, 0.3),
    Source("themes/banking77_en", _always, 200, 0.5),
    Source("themes/nlupp_en", _turn, 120, 0.5),
    Source("themes/truevoice_th", _always, 300, 0.7),
    Source("themes/airline_reasons", _always, 350),
    Source("themes/complaints_en", _complaint, 500),
)


def examples(data: Sequence[Path]) -> list[Example]:
    """What is learned: the project's own posts, and those of each folder of DATA that are there, by files of the names
    in `SOURCES` and `care/`.

    Raises:
        Misconfigured: a folder is not there, or a file in it cannot be read.
    """
    for folder in data:
        if not folder.is_dir():
            raise Misconfigured(f"{folder}: no such folder")
    labels = _labels()
    found = [*_own(), *(example for folder in data for example in (*_care(folder), *_of(folder, labels)))]
    return list({example.text: example for example in reversed(found)}.values())[::-1]


def digest(text: str) -> str:
    """By which a text is known where it is not printed."""
    return sha256(text.encode()).hexdigest()


def _labels() -> dict[str, bool]:
    """Labels of posts that are not printed here: {SHA-256 of the text: needs a reply}."""
    rows = (line.split("\t") for line in (OWN / "replies" / "labels.tsv").read_text(encoding="utf-8").splitlines()[1:])
    return {row[0]: row[-1] == "yes" for row in rows}


def _own() -> Iterator[Example]:
    for file in sorted((OWN / "replies").glob("*.jsonl")):
        for row in _rows(file):
            yield Example(row["text"], row["needs_reply"], 3.0, file.name.split(".")[0], row["text"])
    for file in sorted((OWN / "care" / "train").glob("*.jsonl")):
        for row in _rows(file)[:OWN_MOST]:
            needs = row["label"] == "negative" or (row["label"] == "neutral" and asks(row["text"]))
            yield Example(row["text"], needs, 1.0, file.name.split(".")[0], row["text"])


def _of(folder: Path, labels: dict[str, bool]) -> Iterator[Example]:
    dice = Random(7)
    for source in SOURCES:
        rows = _rows(folder / f"{source.path}.jsonl.gz")
        name = source.path.rpartition("/")[2]
        by_rule: dict[bool, list[str]] = {True: [], False: []}
        for text, row in {row["text"]: row for row in rows}.items():
            judged = labels.get(digest(text))
            if judged is not None:
                yield Example(text, judged, 3.0, name, text)
            elif (needs := source.rule(row)) is not None:
                by_rule[needs].append(text)
        for needs, texts in by_rule.items():
            some = dice.sample(texts, min(source.most, len(texts)))
            yield from (Example(text, needs, source.counts, name, text) for text in some)


def _care(folder: Path) -> Iterator[Example]:
    """Of conversations: what a team answered, what it left after thanks, and what it said itself."""
    rows = _rows(folder / "care" / "conversations.ndjson.gz")
    answered = {row["in_reply_to"] for row in rows if row["is_agent"]}
    for row in rows:
        text, thread, opens = row["text"], row["conversation_id"], row["in_reply_to"] is None
        if row["is_agent"]:
            yield Example(text, False, 0.5, "care_brand", thread)
        elif opens and row["id"] in answered:
            yield Example(text, True, 2.0, "care_opening", thread)
        elif not opens and THANKS.search(text) and row["id"] not in answered:
            yield Example(text, False, 1.0, "care_thanks", thread)
        elif not opens and row["id"] in answered and not THANKS.search(text):
            yield Example(text, True, 0.4, "care_later", thread)


def _rows(file: Path) -> list[Row]:
    """Of a file of JSON lines, plain or gzipped; none where there is no such file."""
    if not file.is_file():
        return []
    try:
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except (OSError, EOFError, ValueError) as error:
        raise Misconfigured(f"{file}: cannot be read ({error})") from None
