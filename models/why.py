"""Why a judge says what it says of a text: the words without which it would be less sure.

A word is left out, and what that takes from the log-odds of the label is its weight (occlusion: Li et al. 2016,
https://arxiv.org/abs/1612.08220; log-odds, since a probability near 1 hides what a word does). Where the judge can tell
at a glance which words matter to it, only these are tried.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hubbub.core.verdict import Label, Verdict
from hubbub.models.judge import DIGITS, LABELS, Judge
from hubbub.models.spans import spans

MOST = 5
TRIED = 10  # words that the judge reads the text without, where it can tell at a glance which
LEAST = 0.1  # weight of a word that is named: without it the odds are a tenth less
READ = 4000  # characters that words are sought in: no judge reads further
KNOWN = 128  # words that are looked at


@dataclass(frozen=True)
class Reason:
    """A word that decided.

    Attributes:
        word: as it is written where it first stands in the text.
        weight: what the label's log-odds, ln(p / (1 - p)), lose if the text is read without it; 0.7 halves the odds.
    """

    word: str
    weight: float


def why(judge: Judge, text: str, language: str, verdict: Verdict) -> list[Reason]:
    """Returns the words that decided, at most five, the weightiest first; none where no word alone did.

    Args:
        language: ISO 639-1 or `und`, as the judge was told.
        verdict: what it said of the text.
    """
    text = text[:READ]
    places = _places(text)
    without = {word: _without(text, places[word]) for word in places}
    tried = _at_a_glance(judge, language, verdict.label, without)
    found = judge.judge([without[word] for word in tried], [language] * len(tried))
    whole, *rest = (_log_odds(chance(one, verdict.label)) for one in (verdict, *found))
    weights = [round(whole - part, 2) for part in rest]
    reasons = [Reason(word, weight) for word, weight in zip(tried, weights, strict=True) if weight >= LEAST]
    return sorted(reasons, key=lambda reason: -reason.weight)[:MOST]


def chance(verdict: Verdict, label: Label) -> float:
    """The probability of any label: the three follow from those of the most probable one and their difference."""
    sure, score = verdict.confidence, verdict.score
    if verdict.label is Label.neutral:
        negative, positive = (1 - sure - score) / 2, (1 - sure + score) / 2
    elif verdict.label is Label.negative:
        negative, positive = sure, sure + score
    else:
        negative, positive = sure - score, sure
    return {Label.negative: negative, Label.neutral: 1 - negative - positive, Label.positive: positive}[label]


def _log_odds(probability: float) -> float:
    """Of a probability that was rounded: as if it lay half a digit from 0 and 1."""
    kept = min(max(probability, 0.5 / 10**DIGITS), 1 - 0.5 / 10**DIGITS)
    return math.log(kept / (1 - kept))


def _places(text: str) -> dict[str, list[tuple[int, int]]]:
    """Where each word stands, by how it is written first; words that differ in case alone are the same."""
    written: dict[str, str] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    for (start, end), _ in zip(spans(text), range(KNOWN), strict=False):
        word = text[start:end]
        places.setdefault(written.setdefault(word.casefold(), word), []).append((start, end))
    return places


def _without(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(places):
        text = text[:start] + text[end:]
    return text


def _at_a_glance(judge: Judge, language: str, label: Label, without: dict[str, str]) -> list[str]:
    """The words worth trying: those without which the label would seem least probable."""
    words, at = list(without), LABELS.index(label)
    chances = judge.glance([without[word] for word in words], [language] * len(words)) if len(words) > TRIED else None
    if chances is None:
        return words
    return [words[row] for row in chances[:, at].argsort(kind="stable")[:TRIED].tolist()]
