"""Figures that can be worked out by hand."""

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from hubbub.cli.commands.evaluate import command
from hubbub.core.verdict import Label, Verdict
from hubbub.models.training.evaluate import (
    as_json,
    by_dataset,
    calibration_error,
    comparison,
    confusion_table,
    coverage_table,
    dataset_figures,
    evaluate,
)
from hubbub.models.training.labelled import Labelled


class Echo:
    """Reads label and confidence off the text: `negative 0.8`."""

    name = "echo"

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        said = [text.split() for text in texts]
        return [
            Verdict(label=Label(a), confidence=float(b), score=0, uncertain=float(b) < 0.5, model=self.name)
            for a, b in said
        ]


POSTS = [
    Labelled("negative 0.9", Label.negative, "en"),
    Labelled("negative 0.9", Label.negative, "en"),
    Labelled("positive 0.7", Label.negative, "en"),
    Labelled("positive 0.7", Label.positive, "en"),
    Labelled("neutral 0.4", Label.neutral, "th"),
    Labelled("negative 0.6", Label.positive, "th"),
]


def test_scores():
    scores = evaluate(Echo(), POSTS).languages
    assert list(scores) == ["en", "th", "all"]
    english, thai, everything = scores.values()
    assert english.n == 4
    assert english.confusion == [[2, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert english.accuracy == 0.75
    assert english.macro_recall == pytest.approx((2 / 3 + 1) / 2)
    assert english.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert english.ece == pytest.approx((2 * abs(0.9 - 1) + 2 * abs(0.7 - 0.5)) / 4)
    assert thai.macro_recall == 0.5
    assert (thai.coverage, thai.accuracy_covered) == (0.5, 0.0)
    assert (english.coverage, english.accuracy_covered) == (1.0, 0.75)
    assert everything.n == 6
    assert everything.accuracy == pytest.approx(4 / 6)


def test_renderings_hold_every_model_and_language():
    name = "hubbub-sentiment@899a8e254937"
    results = {"a": evaluate(Echo(), POSTS), name: evaluate(Echo(), POSTS)}
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(comparison(results))
    console.print(confusion_table("a", results["a"].languages))
    text = console.export_text()
    assert text.count(name) == len(results[name].languages)  # never cut, or one could not tell the models apart
    assert text.count("0.833") == 4  # the English macro recall of either, and their accuracy on all posts
    assert text.count("negative") == 1 + 3  # a column's name and a row a language
    assert as_json(results)[name]["th"]["confusion"] == [[0, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_scores_by_dataset():
    posts = [post._replace(dataset="semeval_en" if post.language == "en" else "aivivn_vi") for post in POSTS]
    scores = evaluate(Echo(), posts).datasets
    tweets, shops = scores["semeval_en"], scores["aivivn_vi"]
    assert (tweets.recall_negative, tweets.recall_positive, tweets.called_neutral) == (pytest.approx(2 / 3), 1.0, 0.0)
    assert tweets.weighted_f1 == pytest.approx((3 * 0.8 + 2 / 3) / 4)
    assert (shops.recall_negative, shops.recall_positive, shops.called_neutral) == (None, 0.0, 0.5)
    assert dataset_figures("semeval_en", tweets)[1] == "0.733"
    assert dataset_figures("aivivn_vi", shops)[:5] == ["0.500", "", "", "", ""]  # it tells no neutral posts apart
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(by_dataset("echo", scores))
    console.print(coverage_table("echo", evaluate(Echo(), posts)))
    text = console.export_text()
    assert text.count("semeval_en") == 2
    assert re.search(r"^th +2 +0\.500 +0\.000 +0\.500", text, re.MULTILINE)


def test_the_command_measures_by_dataset_and_in_dresses(trained: Path, tmp_path: Path):
    data = tmp_path / "vsfc_vi.jsonl"
    data.write_text((trained.parent / "data" / "val" / "own_vi.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    arguments = [str(data), "--model", str(trained / "weights"), "--dressed"]
    found = json.loads(CliRunner().invoke(command, [*arguments, "--json"]).stdout)
    (model,) = found.values()
    assert model["datasets"]["vsfc_vi"]["n"] == model["vi"]["n"] == model["all"]["n"] == 12
    dresses = {dress["dress"]: dress for dress in model["dresses"]}
    assert dresses["decomposed"]["kept"] == 1.0
    assert dresses["decomposed"]["plain"] == dresses["decomposed"]["accuracy"] > 0.9


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_calibration_error_is_a_share(answers: list[tuple[float, bool]]):
    confidence, right = (np.array(column) for column in zip(*answers, strict=True))
    assert 0 <= calibration_error(confidence, right) <= 1
