"""What is fitted on the validation posts."""

import numpy as np
import pytest

from hubbub.core.verdict import Label
from hubbub.models.embedded import softmax
from hubbub.models.judge import LABELS
from hubbub.models.training.calibrate import HASTE, calibrate, fit_enough, fit_share, fit_temperature
from hubbub.models.training.labelled import Labelled

LOGITS, OTHERS = np.random.default_rng(5).normal(size=(2, 20_000, 3))


def drawn(logits: np.ndarray) -> np.ndarray:
    """Labels as often as the logits say."""
    return (softmax(logits).cumsum(axis=1) < np.random.default_rng(6).random((len(logits), 1))).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_a_known_temperature_is_found_again(temperature: float):
    assert fit_temperature(LOGITS, drawn(LOGITS / temperature)) == pytest.approx(temperature, rel=0.05)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.4])
def test_a_known_share_is_found_again(share: float):
    assert fit_share(LOGITS, OTHERS, drawn(LOGITS + share * OTHERS)) == pytest.approx(share, abs=0.051)


def test_words_are_enough_while_they_cost_little():
    truth = drawn(3 * LOGITS)
    right = np.eye(3)[truth] * 4
    words = np.where(np.arange(len(truth))[:, None] % 2, right, OTHERS)
    enough = fit_enough(softmax(words), truth, truth)
    clear = softmax(words).max(axis=1) >= enough
    assert 0.5 <= clear.mean() < 0.6
    assert (words[clear].argmax(axis=1) != truth[clear]).sum() <= 1.5 * HASTE * len(truth)
    assert fit_enough(softmax(LOGITS), (truth + 1) % 3, truth) < 0.35  # worse than guessing costs nothing


def test_a_language_near_guessing_is_not_trusted():
    languages = np.array(["en", "fi"])[np.arange(len(LOGITS)) % 2]
    truth = np.where(languages == "en", drawn(4 * LOGITS), drawn(OTHERS))
    val = [Labelled("a", LABELS[label], str(language)) for label, language in zip(truth, languages, strict=True)]
    settings = calibrate("name", "version", val, 4 * LOGITS, 0 * LOGITS)
    assert settings.languages == ["en"]
    assert set(settings.temperatures) == {"all", "en", "fi"}
    assert settings.temperatures["fi"] > 5 > settings.temperatures["en"]
    assert settings.labels == [label.value for label in Label]
