"""The full text of mentions (FTS5, https://www.sqlite.org/fts5.html): written, and deleted for good.

FTS5's `secure-delete` takes a word out of the leaves of its tree, but the word, or as much of its beginning as tells it
from the word before, may go on standing between two leaves, as their separator in `words_idx`. There the next word that
is left takes its place: a separator has to be greater than everything on the leaf before it and at most the first word
of its own, which the next word is.
"""

from bisect import bisect_left
from collections.abc import Iterable

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.ports import Json
from hubbub.index.embedded.segment import has_thai, thai_words, words

_FORM = b"0"  # before every term of the tree


def write(connection: sqlite.Connection, n: int, document: Json, *, new: bool) -> set[str]:
    """Makes the mention in place `n` found by the words of its document. Returns the words that it had before and has
    no more; a `new` one had none."""
    texts = _texts(document)
    before = None if new else connection.execute("SELECT * FROM words WHERE rowid = ?", (n,)).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO words (rowid, message, title, message_th, title_th) VALUES (?, ?, ?, ?, ?)",
        (n, *texts),
    )
    return _split(before) - _split(texts) if before else set()


def delete(connection: sqlite.Connection, n: int) -> set[str]:
    """Deletes the words of the mention in place `n`, and returns them."""
    row = connection.execute("SELECT * FROM words WHERE rowid = ?", (n,)).fetchone() or ()
    connection.execute("DELETE FROM words WHERE rowid = ?", (n,))
    return _split(row)


def _texts(document: Json) -> list[str | None]:
    """Message and title cut into words, and again what is Thai in them."""
    texts = (document.get("message"), document.get("title"))
    plain = (" ".join(words(text)) if text is not None else None for text in texts)
    thai = (" ".join(thai_words(text)) if text and has_thai(text) else None for text in texts)
    return [*plain, *thai]


def _split(texts: Iterable[str | None]) -> set[str]:
    return {word for text in texts if text for word in text.split(" ")}


def overwrite_separators(connection: sqlite.Connection, deleted: set[str]) -> None:
    """Takes deleted words, and beginnings of them, where no mention has them any more, out of the tree's separators."""
    terms = sorted(_FORM + word.encode() for word in deleted)
    for (term,) in connection.execute("SELECT DISTINCT term FROM words_idx").fetchall():
        at = bisect_left(terms, term)
        if term and at < len(terms) and terms[at].startswith(term):
            connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab (main, words, row)")
            _replace(connection, term)


def _replace(connection: sqlite.Connection, term: bytes) -> None:
    following = connection.execute(
        "SELECT CAST(term AS BLOB) FROM temp.word WHERE term >= CAST(? AS TEXT) ORDER BY term LIMIT 1",
        (term.removeprefix(_FORM),),  # it may end within a letter
    ).fetchone()
    if following is not None and following[0].startswith(term.removeprefix(_FORM)):
        return
    try:
        if following is not None:
            connection.execute("UPDATE words_idx SET term = ? WHERE term = ?", (_FORM + following[0], term))
            return
    except sqlite.IntegrityError:  # it separates the leaf behind, too
        pass
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')")
