"""What storing, amending and deleting cost in the embedded index: `python benchmarks/index.py [MENTIONS]`.

Prints documents a second, and the time of storing with secure deletion to that without, timed in turns in one run.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched, Insight
from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Author, Mention
from hubbub.core.ports import Batch
from hubbub.core.records import RecordKind, Run
from hubbub.core.verdict import Label, Verdict
from hubbub.index.embedded.file import FILE
from hubbub.index.embedded.index import EmbeddedIndex

TOGETHER = 500
AMENDED = 2000
TURNS = 3
RUNS = 100_000
START = datetime(2026, 9, 1, tzinfo=UTC)
TEXTS = (
    "the parcel is late again and nobody at support answers my third ticket about number {}",
    "ứng dụng lỗi đăng nhập từ hôm qua, tổng đài không ai nghe máy, đơn hàng {}",
    "แอปล่มอีกแล้ว รอคิวนานมาก พนักงานไม่สนใจลูกค้าเลย หมายเลข {}",
    "great service, the new plan costs less and works everywhere, thanks to agent {}",
)


def mentions(count: int) -> Iterator[list[Enriched]]:
    """Made mentions of 90 days in batches: half English, a quarter Vietnamese, a quarter Thai."""
    for start in range(0, count, TOGETHER):
        yield [_mention(number, count) for number in range(start, min(start + TOGETHER, count))]


def _mention(number: int, count: int) -> Enriched:
    text, posted = TEXTS[number % len(TEXTS)].format(number), START + timedelta(days=90) * (number / count)
    return Enriched(
        mention=Mention(
            source=("x", "reddit", "forum", "reviews")[number % 4],
            native_id=str(number),
            posted_at=posted,
            observed_at=posted + timedelta(minutes=5),
            text=text,
            author=Author(id=f"u{number}", name=f"writer{number}"),
            raw={"id": number, "text": text},
        ),
        matches=(Match(brand=f"Brand {number % 3}", term="support", kind=MatchKind.alias),),
        insight=Insight(
            language=("en", "vi", "th", "en")[number % 4],
            verdict=Verdict(label=list(Label)[number % 3], confidence=0.9, score=0.1, uncertain=False, model="made"),
        ),
    )


@contextmanager
def opened(*, secure: bool = True) -> Iterator[EmbeddedIndex]:
    with TemporaryDirectory() as folder:
        index = EmbeddedIndex(Path(folder))
        index.prepare()
        if not secure:
            index.close()
            with sqlite.connect(Path(folder) / FILE) as connection:
                connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 0)")
            with index._file.reading() as connection:
                connection.execute("PRAGMA secure_delete = OFF")
        yield index
        index.close()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def store(index: EmbeddedIndex, batches: list[list[Enriched]]) -> None:
    for batch in batches:
        index.store(Batch("made", batch))


def amend(index: EmbeddedIndex, count: int) -> None:
    ids = [enriched.mention.id for batch in mentions(count) for enriched in batch]
    facts = Facts(answered_at=START, answered_by="x:1", response_seconds=60)
    for start in range(0, count, AMENDED):
        index.amend(ids[start : start + AMENDED], facts)


def main(count: int) -> None:
    batches = list(mentions(count))
    plain, secure = [], []
    for _ in range(TURNS):
        for secured, times in ((False, plain), (True, secure)):
            with opened(secure=secured) as index:
                times.append(seconds(lambda index=index: store(index, batches)))
    print(f"storing {count:,} mentions: {count / min(secure):,.0f} a second")
    print(f"its time to that without secure deletion: {min(secure) / min(plain):.2f}")
    with opened() as index:
        store(index, batches)
        edited = [[_edited(enriched) for enriched in batch] for batch in batches]
        print(f"storing them edited: {count / seconds(lambda: store(index, edited)):,.0f} a second")
        print(f"amending: {count / min(seconds(lambda: amend(index, count)) for _ in range(TURNS)):,.0f} a second")
        gone = [enriched.mention for enriched in batches[0]]
        print(f"deleting {len(gone)} at once: {seconds(lambda: index.store(Batch('made', gone=gone))):.2f} s")
        for number in range(RUNS):
            run = Run(entry="made", started=START + timedelta(minutes=number))
            index.state.put(RecordKind.run, str(number), run.model_dump(mode="json"))
        print(
            f"of {RUNS:,} kept runs, counting: {seconds(lambda: index.state.count(RecordKind.run)) * 1000:.1f} ms",
            end="",
        )
        print(f", listing the last 100: {seconds(lambda: index.state.list(RecordKind.run, limit=100)) * 1000:.1f} ms")


def _edited(enriched: Enriched) -> Enriched:
    mention = enriched.mention.model_copy(
        update={
            "text": f"{enriched.mention.text} (edited)",
            "observed_at": enriched.mention.observed_at + timedelta(hours=1),
        }
    )
    return enriched.model_copy(update={"mention": mention})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
