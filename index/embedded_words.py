"""The full text of mentions (FTS5, https://www.sqlite.org/fts5.html): written, and deleted for good.

FTS5's `secure-delete` takes a word out of the leaves of its tree, but the word may go on standing between two leaves,
as their separator in `words_idx`. There the next word that is left takes its place: a separator has to be greater than
everything on the leaf before it and at most the first word of its own, which the next word is.
"""

from pysqlite3 import dbapi2 as sqlite

from hubbub.core.ports import Json
from hubbub.index.segment import has_thai, thai_words, words

_FORM = b"0"  # before every term of the tree


def write(connection: sqlite.Connection, n: int, document: Json) -> None:
    """Makes the mention in place `n` found by the words of its document."""
    texts = (document.get("message"), document.get("title"))
    plain = (" ".join(words(text)) if text is not None else None for text in texts)
    thai = (" ".join(thai_words(text)) if text and has_thai(text) else None for text in texts)
    connection.execute(
        "INSERT OR REPLACE INTO words (rowid, message, title, message_th, title_th) VALUES (?, ?, ?, ?, ?)",
        (n, *plain, *thai),
    )


def delete(connection: sqlite.Connection, n: int) -> set[str]:
    """Deletes the words of the mention in place `n`, and returns them."""
    row = connection.execute("SELECT * FROM words WHERE rowid = ?", (n,)).fetchone() or ()
    connection.execute("DELETE FROM words WHERE rowid = ?", (n,))
    return {word for text in row if text for word in text.split(" ")}


def overwrite_separators(connection: sqlite.Connection, deleted: set[str]) -> None:
    """Takes deleted words, where no mention has them any more, out of the tree's separators."""
    terms = {_FORM + word.encode(): word for word in deleted}
    for (term,) in connection.execute("SELECT DISTINCT term FROM words_idx").fetchall():
        if term in terms:
            connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab (main, words, row)")
            _replace(connection, term, terms[term])


def _replace(connection: sqlite.Connection, term: bytes, word: str) -> None:
    if connection.execute("SELECT 1 FROM temp.word WHERE term = ?", (word,)).fetchone():
        return
    following = connection.execute("SELECT MIN(term) FROM temp.word WHERE term > ?", (word,)).fetchone()[0]
    try:
        if following is not None:
            connection.execute("UPDATE words_idx SET term = ? WHERE term = ?", (_FORM + following.encode(), term))
            return
    except sqlite.IntegrityError:  # it separates the leaf behind, too
        pass
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')")
