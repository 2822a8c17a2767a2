"""What turns logits into verdicts, fitted on the validation posts: the share of the words, the temperatures, and the
languages to trust."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import recall_score

from hubbub.models.labelled import Labelled
from hubbub.models.sentiment import ALL, LABELS, MAX_TOKENS, Settings

THRESHOLD = 0.5  # below it the label is more probably wrong than right
PASSED = 0.5  # macro recall that a language must reach; guessing gives a third
IN_HASTE = 0.5  # of the validation posts, the share that the fast judge judges by their words alone

Floats = NDArray[np.floating[Any]]
Truth = NDArray[np.int_]  # (posts,): index of each post's label


def calibrate(name: str, version: str, val: Sequence[Labelled], logits: Floats, words: Floats) -> Settings:
    """Fits all settings.

    Args:
        logits, words: what network and words say of `val`, (posts, labels) each.
    """
    truth = np.array([LABELS.index(post.label) for post in val])
    languages = np.array([post.language for post in val])
    posts_in = {ALL: np.full(len(val), True)} | {name: languages == name for name in sorted(set(languages.tolist()))}
    share = fit_share(logits, words, truth)
    both = logits + share * words
    words_temperature = fit_temperature(words, truth)
    clear = softmax(words / words_temperature, axis=1).max(axis=1)  # (posts,)
    recall = {
        language: recall_score(truth[of], both[of].argmax(axis=1), average="macro") for language, of in posts_in.items()
    }
    return Settings(
        name=name,
        version=version,
        labels=[label.value for label in LABELS],
        max_tokens=MAX_TOKENS,
        temperatures={language: round(fit_temperature(both[of], truth[of]), 4) for language, of in posts_in.items()},
        share=share,
        threshold=THRESHOLD,
        words_temperature=round(words_temperature, 4),
        words_enough=round(float(np.quantile(clear, 1 - IN_HASTE)), 4),
        languages=[language for language in posts_in if language != ALL and recall[language] >= PASSED],
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


def entropy(logits: Floats, truth: Truth) -> float:
    """The mean negative log-likelihood of `truth` by logits (posts, labels)."""
    return float(-log_softmax(logits, axis=1)[np.arange(len(truth)), truth].mean())
