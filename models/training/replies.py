"""What `needs_reply` is learned from: texts that somebody should have answered, and texts that nobody had to."""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from hubbub.core.errors import Misconfigured

OWN = Path(__file__).parent
Row = dict[str, Any]
Rule = Callable[[Row], bool | None]
"""Whether such a row needs a reply; None where that cannot be told."""

_ASKS = re.compile(
    r"\?|^\W*(?:who|what|which|where|when|why|how|is|are|do|does|did|can|could|will|would|has|have)\b|\banyone\b"
    r"|ไหม|มั้ย|มั๊ย|ไม๊|หรือเปล่า|รึเปล่า|ป่าว|ยังไง|อย่างไร|เท่าไ|กี่|สอบถาม|ทำไม|เมื่อไ|ที่ไหน|ตรงไหน|รบกวน|ขอสูตร|ช่วยที|หน่อย(?:ค|จ|ได้)"
    r"|\b(?:hỏi|hoi|bao nhiêu|bao nhieu|bao lâu|bao lau|thế nào|the nao|làm sao|lam sao|ở đâu|o dau|khi nào|tư vấn|chỉ tui|nhờ)\b"
    r"|\b(?:không|khong|ko|hông|hong|chưa|chua|sao|nào|nao)\s*(?:ạ|ta|vậy|vay|mn|mọi người|moi nguoi|shop|ad|bác|nhỉ|nhi|thế)?\W*$",
    re.IGNORECASE,
)
_OFFERS = re.compile(r"https?|\bhttp\b|www\.|📢|🎉|\bpromo|โปรโมชั่น|ลดราคา|ขอเชิญ|กิจกรรม|ประกาศ|\[ขาย\]|khuyến mãi|giảm giá|danh sách", re.IGNORECASE)
_THANKS = re.compile(r"\bthank|\bthanks|\bthx\b|\bty\b|appreciate|\bcheers\b|ขอบคุณ|ขอบใจ|cảm ơn|cám ơn|cam on", re.IGNORECASE)


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


def asks(text: str) -> bool:
    """Whether a text without a label looks like a question or a request, and not like an advert."""
    return bool(_ASKS.search(text)) and not _OFFERS.search(text)


def _by_label(**needs: bool) -> Rule:
    return lambda row: needs.get(row["label"])


def _quiet(row: Row) -> bool | None:
    """Of sets whose neutral posts hold questions, and whose negative ones are mostly chatter."""
    return None if row["label"] == "negative" or _ASKS.search(row["text"]) else False


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
    Source("sentiment/train/semeval_en", _by_label(neutral=False, positive=False), 2500),
    Source("sentiment/train/apple_en", _by_label(negative=True, neutral=False, positive=False), 300, 0.5),
    Source("sentiment/train/sxsw_brands_en", _by_label(neutral=False, positive=False), 300),
    Source("sentiment/train/brands_th", _by_label(negative=True), 200),
    Source("sentiment/train/wisesight_th", _quiet, 1800),
    Source("sentiment/train/vlsp2016_vi", _quiet, 500),
    Source("sentiment/train/visfd_vi", _WITH_MIXED, 400, 0.5),
    Source("sentiment/train/aivivn_vi", _LIKED_OR_NOT, 350, 0.5),
    Source("sentiment/train/traveloka_vi", _LIKED_OR_NOT, 150, 0.5),
    Source("sentiment/train/vlsp2018_vi", _LIKED_OR_NOT, 150, 0.5),
    Source("sentiment/train/vsfc_vi", _LIKED_OR_NOT, 100, 0.3),
    Source("themes/banking77_en", _always, 500, 0.5),
    Source("themes/nlupp_en", _turn, 300, 0.5),
    Source("themes/truevoice_th", _always, 900, 0.7),
    Source("themes/airline_reasons", _always, 600),
    Source("themes/complaints_en", _complaint, 1200),
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
            yield Example(row["text"], row["needs_reply"], 2.0, file.name.split(".")[0], row["text"])
    for file in sorted((OWN / "care" / "train").glob("*.jsonl")):
        for row in _rows(file):
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
                yield Example(text, judged, 2.0, name, text)
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
        elif not opens and _THANKS.search(text) and row["id"] not in answered:
            yield Example(text, False, 1.0, "care_thanks", thread)
        elif not opens and row["id"] in answered and not _THANKS.search(text):
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
