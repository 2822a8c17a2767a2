"""The enriching step: every mention read once, by one reader after the other."""

from collections.abc import Collection, Sequence
from pathlib import Path

from hubbub.core.insight import Insight
from hubbub.core.mention import Mention
from hubbub.models.judge import Judge
from hubbub.models.readers import language, needs_reply, sentiment
from hubbub.models.readers.signals import reader as signals
from hubbub.models.reading import Read, Reading

READERS: dict[str, Read] = {
    "language": language.read,
    "verdict": sentiment.read,
    "needs_reply": needs_reply.read,
    "signals": signals.read,
}
"""By field of `Insight`, what reads it. Each sees what those above it found."""


class Enrichment:
    """A `Reader` (see `core/ports.py`). Several threads may use it."""

    def __init__(self, judge: Judge, heads: Path) -> None:
        """Reads with a judge and the heads in a folder, which were fitted on its embeddings."""
        self._judge = judge
        self._heads = heads

    def read(self, mentions: Sequence[Mention]) -> list[Insight]:
        return self.read_texts([mention.words for mention in mentions])

    def read_texts(self, texts: Sequence[str], fields: Collection[str] | None = None) -> list[Insight]:
        """One insight a text, in their order.

        Args:
            fields: only these are read; `language` and `verdict` are among them.
        """
        reading = Reading(texts, self._judge, self._heads)
        for field, read in READERS.items():
            if fields is None or field in fields:
                reading.found[field] = read(reading)
        rows = zip(*reading.found.values(), strict=True)
        return [Insight(**dict(zip(reading.found, row, strict=True))) for row in rows]
