"""What is deleted leaves no word in the embedded index's file."""

import random
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched
from hubbub.core.records import DeadLetter
from hubbub.index.embedded.file import FILE
from hubbub.index.embedded.index import EmbeddedIndex
from tests.index.made import DAY, NOW, batch, said

POSTS = 1500


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path, clock=lambda: NOW)
    yield index
    index.close()


def content(home: Path) -> bytes:
    """The bytes of the file and its log after a checkpoint, by another connection."""
    with sqlite.connect(home / FILE) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        connection.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    return b"".join(path.read_bytes() for path in home.glob(f"{FILE}*"))


def bodies(home: Path) -> dict[int, bytes]:
    """Each post's document as it lies in the file, compressed."""
    with sqlite.connect(home / FILE) as connection:
        rows = connection.execute("SELECT id, body FROM mention_body JOIN mention USING (n)").fetchall()
    return {int(name.removeprefix("forum:")): body for name, body in rows}


def word_of(number: int) -> str:
    """A word that only one post has: near its neighbours in half of the posts, so that it separates leaves."""
    return f"zq{number:012}" if number % 2 else f"wk{sha256(str(number).encode()).hexdigest()[:12]}"


def end_of(number: int) -> str:
    """As much of a word as the full text writes where its neighbours begin as it does."""
    return word_of(number)[6 - 6 * (number % 2) :]


def author_of(number: int) -> str:
    return f"writer{sha256(str(-number).encode()).hexdigest()[:12]}"


def post(number: int, seen: int, dice: random.Random) -> Enriched:
    text = f"my parcel {word_of(number)} is late, ของฉันมาช้า {'really ' * dice.randrange(60)}"
    raw = {"text": text, "by": author_of(number)}
    return said(
        number,
        text,
        title=f"about {word_of(number)}",
        name=author_of(number),
        seen=NOW - DAY + timedelta(minutes=seen),
        raw=raw,
    )


@pytest.mark.parametrize("seed", range(2))
def test_no_word_or_author_of_a_deleted_post_is_in_the_file(index: EmbeddedIndex, tmp_path: Path, seed: int) -> None:
    """Posts come, are edited and amended, move from page to page, and one in ten is deleted."""
    dice = random.Random(seed)
    alive: set[int] = set()
    replaced: set[bytes] = set()
    for start in range(0, POSTS, 100):
        come = range(start, start + 100)
        edited = dice.sample(sorted(alive), len(alive) // 4)
        gone = dice.sample(sorted(alive), len(alive) // 30)
        before = bodies(tmp_path) if alive else {}
        replaced |= {before[number] for number in (*edited, *gone)}
        index.store(
            batch(
                *(post(number, start, dice) for number in (*come, *edited)),
                gone=[post(number, start, dice).mention for number in gone],
            )
        )
        alive = (alive | set(come)) - set(gone)
        index.amend([f"forum:{number}" for number in dice.sample(sorted(alive), 20)], Facts(spam=True, outcome="left"))
    found = content(tmp_path)
    for number in range(POSTS):
        pieces = (word_of(number), end_of(number), author_of(number))
        assert number in alive or not [piece for piece in pieces if piece.encode() in found], number
    there = bodies(tmp_path)
    assert len(there) == len(alive)
    assert not [body for body in replaced - {*there.values()} if body in found]
    for pieces in (  # what is there is mostly seen so; the rest lies across two pages
        list(there.values()),
        [author_of(number).encode() for number in alive],
        [end_of(number).encode() for number in alive if number % 2 == 0],
    ):
        assert sum(piece in found for piece in pieces) > len(pieces) / 2


def test_nor_is_a_word_that_an_edit_took_out_or_the_beginning_of_one(index: EmbeddedIndex, tmp_path: Path) -> None:
    """The words of neighbours are alike, so that they, or most of each, separate the leaves of the full text."""

    def words(number: int) -> str:
        return " ".join(f"zq{number:08}{ending}" for ending in ("", "a", "b", "c"))

    def post(number: int, text: str, seen: int) -> Enriched:
        more = "really " * (number % 40)
        return said(number, f"{text} {more}", seen=NOW - DAY + timedelta(minutes=seen))

    numbers, edited = range(POSTS), range(0, POSTS, 2)
    for start in range(0, POSTS, 100):
        index.store(batch(*(post(number, words(number), 1) for number in numbers[start : start + 100])))
    for start in range(0, len(edited), 50):
        index.store(batch(*(post(number, f"xv{number:08}end", 2) for number in edited[start : start + 50])))
    index.store(batch(gone=[post(number, "", 3).mention for number in edited]))
    found = content(tmp_path)
    assert [number for number in edited if b"zq%08d" % number in found or b"xv%08d" % number in found] == []


def test_a_dead_letter_goes_with_its_mention(index: EmbeddedIndex, tmp_path: Path) -> None:
    def letter(number: int, source: str | None = "forum") -> DeadLetter:
        raw = {"id": number, "text": f"quux{number}letter", "author": f"scribe{number}"}
        made = DeadLetter.of("posts", "normalise", "has no time", raw, NOW)
        return made.model_copy(update={"source": source, "native_id": str(number)})

    index.store(batch(dead=[letter(1), letter(2), letter(3, source=None), letter(4, source="x")]))
    index.store(batch(gone=[said(number).mention for number in (1, 3, 4)]))
    index.store(batch(dead=[letter(1)]))  # it comes again, and stays away as its mention does
    found = content(tmp_path)
    assert [b"quux%dletter" % number in found for number in (1, 2, 3, 4)] == [False, True, False, True]
    assert b"scribe1" not in found


def test_the_file_is_rewritten_where_what_is_deleted_had_no_words_or_was_a_letter_alone(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten: list[bool] = []
    monkeypatch.setattr("hubbub.index.embedded.file.File.rewrite", lambda file: rewritten.append(True))
    letter = DeadLetter.of("posts", "normalise", "has no time", {"text": "quux"}, NOW)
    letter = letter.model_copy(update={"source": "forum", "native_id": "2"})
    index.store(batch(said(1, "", name="scribe"), dead=[letter]))
    index.store(batch(gone=[said(1).mention]))
    index.store(batch(gone=[said(2).mention]))
    index.store(batch(gone=[said(3).mention]))
    assert len(rewritten) == 2
