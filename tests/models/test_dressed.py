"""The dress test of a judge."""

from collections.abc import Sequence

import pytest

from hubbub.core.verdict import Label, Verdict
from hubbub.models.training.dressed import TRIALS, Outcome, dress_table, dressed, try_dresses
from hubbub.models.training.labelled import Labelled

POSTS = [
    Labelled("giảng viên rất tốt", Label.positive, "vi", "vsfc_vi"),
    Labelled("quá tệ", Label.negative, "vi", "vsfc_vi"),
]
BY_NAME = {(trial.dataset, trial.name): trial for trial in TRIALS}


class Accented:
    """Calls a text positive that has the letter `ố`, every other negative."""

    name = "accented"

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        labels = [Label.positive if "ố" in text else Label.negative for text in texts]
        return [Verdict(label=label, confidence=1, score=0, uncertain=False, model=self.name) for label in labels]


def test_outcomes():
    outcomes = {o.trial.name: o for o in try_dresses(Accented(), POSTS)}
    assert set(outcomes) == {trial.name for trial in TRIALS if trial.dataset == "vsfc_vi"}
    bare = outcomes["without accents"]
    assert (bare.posts, bare.plain, bare.accuracy, bare.kept) == (2, 1.0, 0.5, 0.5)
    assert not bare.reached
    assert outcomes["teencode"].reached


def test_a_dressed_set_is_the_same_in_every_run():
    texts = [f"không được gì {n}" for n in range(40)]
    for trial in TRIALS:
        assert dressed(trial, texts) == dressed(trial, texts)
    assert len(set(dressed(BY_NAME["vsfc_vi", "teencode"], ["không được gì"] * 40))) > 5


@pytest.mark.parametrize(
    ("trial", "plain", "accuracy", "kept", "reached"),
    [
        (("vsfc_vi", "without accents"), 0.93, 0.87, 0.8, True),
        (("vsfc_vi", "without accents"), 0.93, 0.86, 0.99, False),
        (("tweeteval_en", "capitals"), 0.72, 0.70, 0.5, True),
        (("tweeteval_en", "capitals"), 0.72, 0.68, 0.99, False),
        (("wisesight_th", "handles"), 0.75, 0.60, 0.97, True),
        (("vsfc_vi", "decomposed"), 0.93, 0.93, 0.999, False),
    ],
)
def test_what_is_wanted(trial: tuple[str, str], plain: float, accuracy: float, kept: float, reached: bool):
    outcome = Outcome(BY_NAME[trial], 100, plain, accuracy, kept)
    assert outcome.reached is reached
    assert dress_table("model", [outcome]).row_count == 1
    assert outcome.as_json()["reached"] is reached
