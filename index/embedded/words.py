"""The full text of mentions (FTS5, https://www.sqlite.org/fts5.html): written, and deleted for good.

The table has no copy of its own of what it was given (`content = ''`), so what is deleted has to be told as it was
written, word for word; the words lie beside each document (see `bodies`).

FTS5's `secure-delete` takes a word out of the leaves of its tree, but the word, or as much of its beginning as tells it
from the word before, may go on standing between two leaves, as their separator in `words_idx`. There the next word that
is left takes its place: a separator has to be greater than everything on the leaf before it and at most the first word
of its own, which the next word is.
"""

from bisect import bisect_left
from collections.abc import Iterable

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.ports import Json
from hubbub.index.embedded.bodies import Words, words_of
from hubbub.index.embedded.segment import both

# ASCII punctuation belongs to the words, which are cut before (see `segment`) and joined by spaces.
_PUNCTUATION = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum()).replace("'", "''")
SCHEMA = (
    "CREATE VIRTUAL TABLE words USING fts5(message, title, message_th, title_th, content = '', columnsize = 0,"
    f" tokenize = \"ascii tokenchars '{_PUNCTUATION.replace(chr(34), chr(34) * 2)}'\")",
    "INSERT INTO words (words, rank) VALUES ('secure-delete', 1)",
)
_FORM = b"0"  # before every term of the tree
_COLUMNS = "rowid, message, title, message_th, title_th"


def cut(document: Json) -> Words:
    """Message and title cut into words, and again what is Thai in them."""
    message, message_th = both(document.get("message") or "")
    title, title_th = both(document.get("title") or "")
    return " ".join(message), " ".join(title), " ".join(message_th or ()), " ".join(title_th or ())


def insert(connection: sqlite.Connection, found: Iterable[tuple[int, Words]]) -> None:
    """Makes the mentions in these places found by these words; one without any is not in the table."""
    connection.executemany(
        f"INSERT INTO words ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)", ((n, *each) for n, each in found if any(each))
    )


def delete(connection: sqlite.Connection, lost: Iterable[tuple[int, Words]]) -> None:
    """Deletes what the mentions in these places were found by, exactly as it was written."""
    connection.executemany(
        f"INSERT INTO words (words, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?)",
        ((n, *each) for n, each in lost if any(each)),
    )


def split(texts: Words) -> set[str]:
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
    _write_anew(connection)


def _write_anew(connection: sqlite.Connection) -> None:
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    rows = connection.execute("SELECT n, body FROM mention_body")
    insert(connection, ((n, words_of(body)) for n, body in rows))
