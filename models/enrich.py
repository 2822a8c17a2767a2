"""The enriching step: every mention read once, for its language and its sentiment."""

from collections.abc import Sequence
from functools import cache
from threading import Lock

from hubbub.core.insight import Insight
from hubbub.core.mention import Mention
from hubbub.models.readers.language import detect
from hubbub.models.sentiment import Judge, load_judge

_loading = Lock()


class Enrichment:
    """A `Reader` (see `core/ports.py`). Several threads may use it, one after the other."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._reading = Lock()

    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        words = [mention.words for mention in mentions]
        languages = [detect(text) for text in words]
        with self._reading:  # a tokenizer may refuse two at once, and one reading takes every core anyway
            verdicts = self._judge.judge(words, languages)
        return [
            Insight(language=language, verdict=verdict) for language, verdict in zip(languages, verdicts, strict=True)
        ]


def load_reader(model: str) -> Enrichment:
    """The reader with the judge of that name (see `load_judge`), loaded once a process, by whichever thread asks first.

    Raises:
        Misconfigured: as `load_judge` says.
    """
    with _loading:
        return _load(model)


@cache
def _load(model: str) -> Enrichment:
    return Enrichment(load_judge(model))
