"""What turns logits into verdicts, fitted on the validation posts: the share of the words, the temperatures, how clear
words must be to be enough, the languages to trust, and how sure a verdict there must be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import f1_score, recall_score

from hubbub.models.embedded import ALL, MAX_TOKENS, Settings
from hubbub.models.judge import DIGITS, LABELS, THRESHOLD
from hubbub.models.training.labelled import Labelled

PASSED = 0.5  # macro recall that a language must reach; guessing gives a third
RIGHT = 0.85  # accuracy of the confident part
COVERED = 0.3  # share of the posts that are confident at the least, however right they are
HASTE = 0.01  # of macro recall and macro F1, what the fast judge may lose in each language

Floats = NDArray[np.floating[Any]]
Truth = NDArray[np.int_]  # (posts,): index of each post's label


def calibrate(name: str, version: str, val: Sequence[Labelled], logits: Floats, words: Floats) -> Settings:
    """Fits all settings.

    Args:
        logits, words: what network and words say of `val`, (posts, labels) each.
    """
    truth = np.array([LABELS.index(post.label) for post in val])
    languages = np.array([post.language for post in val])
    parts = {ALL: np.full(len(val), True)} | {one: languages == one for one in sorted(set(languages.tolist()))}
    share = fit_share(logits, words, truth)
    both = logits + share * words
    labels = both.argmax(axis=1)
    temperatures = _rounded({language: fit_temperature(both[of], truth[of]) for language, of in parts.items()})
    words_temperatures = {language: fit_temperature(words[of], truth[of]) for language, of in parts.items()}
    enough = {
        language: fit_enough(softmax(words[of] / words_temperatures[language], axis=1), labels[of], truth[of])
        for language, of in parts.items()
    }
    thresholds = {
        language: fit_threshold(softmax(both[of] / temperatures[language], axis=1).max(axis=1), labels[of] == truth[of])
        for language, of in parts.items()
    }
    return Settings(
        name=name,
        version=version,
        labels=[label.value for label in LABELS],
        max_tokens=MAX_TOKENS,
        temperatures=temperatures,
        share=share,
        thresholds=thresholds,
        words_temperatures=_rounded(words_temperatures),
        words_enough=_rounded(enough),
        languages=[
            language
            for language, of in parts.items()
            if language not in (ALL, "und") and _macro(truth[of], labels[of])[0] >= PASSED
        ],
    )


def fit_share(logits: Floats, words: Floats, truth: Truth) -> float:
    """Returns how many times to add `words` to `logits`, to the twentieth, for the least loss after calibration."""

    def loss(share: float) -> float:
        both = logits + share * words
        return entropy(both / fit_temperature(both, truth), truth)

    return min((step / 20 for step in range(41)), key=loss)


def fit_temperature(logits: Floats, truth: Truth) -> float:
    """Returns what to divide logits (posts, labels) by for the least negative log-likelihood of `truth`, between 1/10
    and 10: Guo et al. 2017, https://arxiv.org/abs/1706.04599."""
    bounds = (-np.log(10), np.log(10))
    found = minimize_scalar(lambda log: entropy(logits / np.exp(log), truth), bounds=bounds, method="bounded")
    return float(np.exp(found.x))


def fit_threshold(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Returns the confidence from which verdicts count: the lowest at which those that reach it are right for `RIGHT`,
    but none at which a label is more probably wrong than right; where that would leave fewer than `COVERED` of the
    posts, the highest that leaves so many.

    The accuracy is counted from the surest post down, posts of one confidence together, and the last place where it
    holds is taken: it wavers, most among the first few posts, and those are the share that is left anyway.

    Args:
        confidence, right: of each verdict, (posts,).
    """
    said, place = np.unique(-confidence.round(DIGITS), return_inverse=True)
    covered, hits = (np.bincount(place, counts).cumsum() for counts in (np.ones(len(right)), right))
    holds = np.flatnonzero((hits >= RIGHT * covered) & (-said >= THRESHOLD))
    enough = int(np.argmax(covered >= COVERED * len(right)))
    return round(float(-said[max([enough, *holds[-1:]])]), DIGITS)


def fit_enough(words: Floats, full: Truth, truth: Truth) -> float:
    """Returns the least confidence of the words with which they may answer alone: going down from the clearest posts,
    the last at which macro recall and macro F1 are within `HASTE` of those of the full answers.

    Args:
        words: probabilities by the words, (posts, labels).
        full: labels by network and words, (posts,).
    """
    confidence, labels = words.max(axis=1), words.argmax(axis=1)
    there, enough = _macro(truth, full), 1.0
    for least in np.quantile(confidence, np.linspace(0.99, 0, 100)):
        given = np.where(confidence >= least, labels, full)
        if (there - _macro(truth, given)).max() > HASTE:
            break
        enough = float(least)
    return enough


def _macro(truth: Truth, given: Truth) -> NDArray[np.float64]:
    """Macro recall and macro F1, over the labels that the posts have."""
    there = np.unique(truth)
    return np.array([figure(truth, given, labels=there, average="macro") for figure in (recall_score, f1_score)])


def _rounded(by_language: dict[str, float]) -> dict[str, float]:
    return {language: round(value, 4) for language, value in by_language.items()}


def entropy(logits: Floats, truth: Truth) -> float:
    """The mean negative log-likelihood of `truth` by logits (posts, labels)."""
    return float(-log_softmax(logits, axis=1)[np.arange(len(truth)), truth].mean())
