"""What is fitted on the validation posts."""

import numpy as np
import pytest

from hubbub.core.verdict import Label
from hubbub.models.embedded import softmax
from hubbub.models.judge import LABELS
from hubbub.models.training.calibrate import (
    COVERED,
    HASTE,
    RIGHT,
    calibrate,
    fit_enough,
    fit_share,
    fit_temperature,
    fit_threshold,
)
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


def judged(n: int, lowest: float) -> tuple[np.ndarray, np.ndarray]:
    """Confidences from `lowest` to 1, and verdicts that are right as often as these say."""
    confidence = np.random.default_rng(7).uniform(lowest, 1, n).round(4)
    return confidence, np.random.default_rng(8).random(n) < confidence


def test_the_confident_part_is_as_right_as_it_should_be_and_as_large_as_it_can_be():
    confidence, right = judged(20_000, 0.5)
    threshold = fit_threshold(confidence, right)
    sure = confidence >= threshold
    assert threshold == pytest.approx(0.7, abs=0.02)  # from there on they are right for 85 % in the mean
    assert right[sure].mean() >= RIGHT
    assert right[confidence >= threshold - 0.03].mean() < RIGHT


def test_some_are_confident_however_wrong_they_are():
    confidence, right = judged(1000, 0.34)
    threshold = fit_threshold(confidence, right & (np.arange(1000) % 3 > 0))
    assert (confidence >= threshold).mean() == COVERED
    assert fit_threshold(np.full(9, 0.4), np.arange(9) % 2 > 0) == 0.4  # all alike: none is surer than another


def test_a_few_wrong_ones_at_the_top_change_nothing():
    confidence, right = judged(2000, 0.5)
    threshold = fit_threshold(confidence, right)
    right[np.argsort(-confidence)[:5]] = False
    assert fit_threshold(confidence, right) == pytest.approx(threshold, abs=0.05)


def test_a_label_that_is_more_probably_wrong_than_right_is_not_confident():
    confidence = np.linspace(0.34, 1, 100)
    assert 0.5 <= fit_threshold(confidence, np.full(100, True)) < 0.51


def test_a_language_near_guessing_is_not_trusted():
    languages = np.array(["en", "fi"])[np.arange(len(LOGITS)) % 2]
    truth = np.where(languages == "en", drawn(4 * LOGITS), drawn(OTHERS))
    val = [Labelled("a", LABELS[label], str(language)) for label, language in zip(truth, languages, strict=True)]
    settings = calibrate("name", "version", val, 4 * LOGITS, 0 * LOGITS)
    assert settings.languages == ["en"]
    assert set(settings.temperatures) == {"all", "en", "fi"}
    assert settings.temperatures["fi"] > 5 > settings.temperatures["en"]
    assert set(settings.thresholds) == {"all", "en", "fi"}
    assert settings.labels == [label.value for label in Label]
