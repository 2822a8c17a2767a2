"""What a training run shows the network."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.verdict import Label
from hubbub.models.training.labelled import Labelled
from hubbub.models.training.lesson import UNLABELLED, order, repeats, target, weights

posts = st.lists(
    st.builds(Labelled, st.just("a text"), st.sampled_from(Label), st.sampled_from(["en", "th", "vi"])), min_size=1
)


@given(posts, st.floats(0, 1))
def test_a_language_counts_as_many_posts_as_it_has(given_posts: list[Labelled], balance: float):
    counts = weights(given_posts, {"en": balance, "vi": 1.0})
    for language, size in Counter(post.language for post in given_posts).items():
        mine = [count for count, post in zip(counts, given_posts, strict=True) if post.language == language]
        assert sum(mine) == pytest.approx(size, rel=1e-4)
    assert all(c == pytest.approx(1) for c, post in zip(counts, given_posts, strict=True) if post.language == "th")


@given(posts)
def test_in_a_balanced_language_every_class_counts_the_same(given_posts: list[Labelled]):
    counts = weights(given_posts, {"en": 1.0, "th": 1.0, "vi": 1.0})
    sums: Counter[tuple[str, Label]] = Counter()
    for post, count in zip(given_posts, counts, strict=True):
        sums[post.language, post.label] += float(count)
    for language in {post.language for post in given_posts}:
        of = [total for (where, _), total in sums.items() if where == language]
        assert max(of) == pytest.approx(min(of), rel=1e-4)


@given(st.lists(st.integers(2, 80), min_size=1, max_size=300), st.sampled_from([0.4, 1, 2.5]), st.integers(1, 9))
def test_each_row_comes_as_often_as_there_are_passes(lengths: list[int], passes: float, batch: int):
    rows = list(range(len(lengths)))
    drawn = order(rows, lengths, passes, batch, seed=7)
    assert len(drawn) == pytest.approx(passes * len(rows), abs=1)
    assert all(int(passes) <= drawn.count(row) <= int(passes) + 1 for row in rows)
    assert drawn == order(rows, lengths, passes, batch, seed=7)


def test_batches_hold_texts_of_similar_length():
    lengths = np.random.default_rng(1).integers(2, 80, size=6_431).tolist()
    drawn = order(range(6_431), lengths, 2.5, 64, seed=7)
    batches = [[lengths[row] for row in drawn[at : at + 64]] for at in range(0, 3 * 3_200, 64)]
    assert max(max(batch) - min(batch) for batch in batches) <= 4


def test_small_languages_come_twice_and_some_labels_are_not_learned():
    mixed = [Labelled("a", Label.positive, "en")] * 3 + [Labelled("b", Label.negative, "hi")]
    assert repeats(mixed, few=3) == [0, 1, 2, 3, 3]
    assert [target(post, ["hi"]) for post in mixed] == [2, 2, 2, UNLABELLED]
