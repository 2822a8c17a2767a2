"""The picture beside the card: what can be read off it."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from hubbub.core.verdict import Label, Verdict
from hubbub.models.training.curves import FIRST, curve, draw
from hubbub.models.training.labelled import Labelled

SVG = "{http://www.w3.org/2000/svg}"


def test_a_curve_goes_from_the_surest_posts_to_all_of_them():
    confidence = np.linspace(1, 0.4, 100)
    points = curve(confidence, confidence > 0.7)  # the surer half is right, the other wrong
    shares = [share for share, _ in points]
    assert (shares[0], shares[-1]) == (FIRST / 100, 1.0)
    assert shares == sorted(shares)
    assert all(accuracy == pytest.approx(min(1, 0.5 / share), abs=1e-9) for share, accuracy in points)
    assert curve(np.array([0.9]), np.array([False])) == [(1.0, 0.0)]


def test_each_language_has_a_panel_and_a_dot_where_it_is_ever_confident():
    posts = [Labelled("a", Label.negative, language) for language in ("en", "th", "hi") for _ in range(40)]
    answers = [
        Verdict(label=Label.negative, confidence=0.9, score=0, uncertain=post.language == "hi", model="test")
        for post in posts
    ]
    picture = ElementTree.fromstring(draw(answers, posts))
    texts = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]
    assert "en  100% confident, right for 100%" in texts
    assert "hi  never confident" in texts
    assert len(list(picture.iter(f"{SVG}circle"))) == 2
    assert "prefers-color-scheme: dark" in picture.find(f"{SVG}style").text


def test_training_leaves_it_beside_the_card(trained: Path):
    assert "(curves.svg)" in (trained / "weights" / "README.md").read_text(encoding="utf-8")
    panels = ElementTree.parse(trained / "weights" / "curves.svg").iter(f"{SVG}tspan")
    assert [panel.text for panel in panels] == ["en", "th", "vi"]
