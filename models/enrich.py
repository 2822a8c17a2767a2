"""The enriching step: every mention read once, by one reader after the other."""

from collections.abc import Sequence

from hubbub.core.insight import Insight
from hubbub.core.mention import Mention
from hubbub.models.judge import Judge
from hubbub.models.readers import language, sentiment
from hubbub.models.reading import Read, Reading

READERS: dict[str, Read] = {"language": language.read, "verdict": sentiment.read}
"""By field of `Insight`, what reads it. Each sees what those above it found."""


class Enrichment:
    """A `Reader` (see `core/ports.py`). Several threads may use it."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        reading = Reading([mention.words for mention in mentions], self._judge)
        for field, read in READERS.items():
            reading.found[field] = read(reading)
        rows = zip(*reading.found.values(), strict=True)
        return [Insight(**dict(zip(reading.found, row, strict=True))) for row in rows]
