"""The enriching step: every mention read once, for its language and its sentiment."""

from collections.abc import Sequence

from hubbub.core.insight import Insight
from hubbub.core.mention import Mention
from hubbub.models.language import detect
from hubbub.models.sentiment import Judge


class Enrichment:
    """A `Reader` (see `core/ports.py`)."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        words = [mention.words for mention in mentions]
        languages = [detect(text) for text in words]
        verdicts = self._judge.judge(words, languages)
        return [
            Insight(language=language, verdict=verdict) for language, verdict in zip(languages, verdicts, strict=True)
        ]
