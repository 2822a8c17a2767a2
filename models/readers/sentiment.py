"""Whether a text is positive, neutral or negative, as the judge in use says."""

from threading import Lock

from hubbub.core.verdict import Verdict
from hubbub.models.page import Page

_judging = Lock()


def read(page: Page) -> list[Verdict]:
    """Returns the verdicts, and leaves the embeddings of the same pass on the page."""
    with _judging:  # a tokenizer may refuse two at once, and one reading takes every core anyway
        verdicts, page.embeddings = page.judge.read(page.texts, page.found["language"])
    return verdicts
