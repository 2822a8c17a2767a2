"""Whether a text is positive, neutral or negative, as the judge in use says."""

from threading import Lock

from hubbub.core.verdict import Verdict
from hubbub.models.reading import Reading

_judging = Lock()


def read(reading: Reading) -> list[Verdict]:
    """Returns the verdicts, and leaves the embeddings of the same pass on the reading."""
    with _judging:  # a tokenizer may refuse two at once, and one reading takes every core anyway
        verdicts, reading.embeddings = reading.judge.read(reading.texts, reading.found["language"])
    return verdicts
