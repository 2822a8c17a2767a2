"""The port of a judge, and what all judges share: the order of the labels, and how probabilities become verdicts."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hubbub.core.verdict import Label, Verdict

Floats = NDArray[np.float32]

LABELS = list(Label)
THRESHOLD = 0.5  # below it the label is more probably wrong than right
DIGITS = 4  # behind the point: a text in other company differs in the seventh, and is nearly always the same document
NOTHING_SAID = np.full(len(LABELS), 1 / len(LABELS), dtype=np.float32)


class Judge(Protocol):
    """Judges texts positive, neutral or negative."""

    @property
    def name(self) -> str:
        """Name and version, as every verdict carries it."""
        ...

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        """Returns one verdict a text, in their order. Any string gets one; one that holds nothing to read is uncertain.

        Args:
            languages: ISO 639-1 or `und`, one a text. A model that was tested by language is uncertain in all others;
                without this argument no verdict is uncertain for its language.
        """
        ...

    def read(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> tuple[list[Verdict], Floats | None]:
        """Returns the same verdicts and, from a judge that makes them in the same pass, the embeddings of the texts:
        (texts, width), of length 1. The cosine of two says how near two texts are in meaning, whatever their languages.
        """
        ...

    def glance(self, texts: Sequence[str], languages: Sequence[str]) -> Floats | None:
        """Returns what the words of the texts say, (texts, 3) in the order of `Label`, from a judge that can tell it
        in a moment without judging; else None."""
        ...


def verdicts(
    model: str, cleaned: Sequence[str], chances: NDArray[np.floating[Any]], thresholds: Sequence[float]
) -> list[Verdict]:
    """Turns probabilities (texts, 3), in the order of `Label`, into verdicts; no text is neutral and uncertain.

    Args:
        thresholds: one a text, the confidence below which it is uncertain.
    """
    answers = []
    for text, row, threshold in zip(cleaned, chances, thresholds, strict=True):
        p = row if text else NOTHING_SAID
        label = LABELS[int(p.argmax())] if text else Label.neutral
        confidence = round(min(1.0, float(p.max())), DIGITS)
        score = float(p[LABELS.index(Label.positive)] - p[LABELS.index(Label.negative)])
        score = round(score, DIGITS) + 0.0  # never -0.0
        uncertain = not text or confidence < threshold
        answers.append(Verdict(label=label, confidence=confidence, score=score, uncertain=uncertain, model=model))
    return answers
