"""How a language is written in posts, learned from posts."""

import numpy as np
import pytest

from hubbub.core.verdict import Label
from hubbub.models.readers.language import POSTS, identifier
from hubbub.models.training.fit_language import column, posts_as_typed
from hubbub.models.training.labelled import Labelled


def test_a_column_says_how_often_each_feature_occurs():
    often = column(["khong duoc roi"] * 3)
    assert len(often) == len(identifier().nb_ptc)
    assert np.exp(often).sum() == pytest.approx(1)
    assert (often > often.min()).sum() > 5
    assert len(set(column(["", "12 !"]))) == 1


def test_vietnamese_is_learned_without_accents_and_hinglish_without_english_words():
    texts = {"vi": "không được", "en": "so good today", "hi": "bahut good hai", "th": "ดีมาก"}
    posts = [Labelled(text, Label.neutral, language, language) for language, text in texts.items() for _ in range(5)]
    learned = posts_as_typed(posts)
    assert set(learned) == {"vi", "en", "hi"}
    assert all(text.isascii() for text in learned["vi"])
    assert set(learned["hi"]) == {"bahut hai"}


def test_what_ships_is_small_and_known():
    assert POSTS.stat().st_size < 150_000
    assert set(np.load(POSTS)["languages"].tolist()) == {"de", "en", "es", "fr", "hi", "id", "it", "pt", "vi"}
