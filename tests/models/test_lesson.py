"""What a training run shows the network."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label
from hubbub.models.training.labelled import Labelled
from hubbub.models.training.lesson import by_length, classes, drawn, to_learn, weights
from hubbub.models.training.recipe import Share

NEG, NEU, POS = Label

posts = st.lists(
    st.builds(
        Labelled,
        st.just("a text"),
        st.sampled_from(Label),
        st.sampled_from(["en", "th", "vi"]),
        st.sampled_from(["one", "two"]),
    ),
    min_size=1,
)


def dice(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(posts, st.floats(0, 1))
def test_a_language_counts_as_many_posts_as_it_has(given_posts: list[Labelled], balance: float):
    rows = np.arange(len(given_posts))
    counts = weights(given_posts, rows, {"en": balance, "vi": 1.0})
    for language, size in Counter(post.language for post in given_posts).items():
        mine = [count for count, post in zip(counts, given_posts, strict=True) if post.language == language]
        assert sum(mine) == pytest.approx(size, rel=1e-4)
    assert all(c == pytest.approx(1) for c, post in zip(counts, given_posts, strict=True) if post.language == "th")


@given(posts, st.integers(1, 3))
def test_in_a_balanced_language_every_class_counts_the_same(given_posts: list[Labelled], times: int):
    rows = drawn(given_posts, {"one": Share(times=times)}, 1, dice())
    counts = weights(given_posts, rows, {"en": 1.0, "th": 1.0, "vi": 1.0})
    sums: Counter[tuple[str, Label]] = Counter()
    for row in rows:
        sums[given_posts[row].language, given_posts[row].label] += float(counts[row])
    for language in {post.language for post in given_posts}:
        of = [total for (where, _), total in sums.items() if where == language]
        assert max(of) == pytest.approx(min(of), rel=1e-4)


@given(posts, st.sampled_from([0.4, 1, 2.5]))
def test_a_dataset_that_is_not_named_comes_whole_in_every_pass(given_posts: list[Labelled], passes: float):
    rows = drawn(given_posts, {}, passes, dice()).tolist()
    assert len(rows) == pytest.approx(passes * len(given_posts), abs=1)
    assert all(int(passes) <= rows.count(row) <= int(passes) + 1 for row in range(len(given_posts)))
    assert rows == drawn(given_posts, {}, passes, dice()).tolist()


def test_a_pass_takes_its_share_of_a_dataset_and_draws_it_anew():
    many = [Labelled("a", label, "en", "large") for label in (NEG, NEU, NEU, NEU, POS) for _ in range(40)]
    few = [Labelled("b", POS, "en", "small")] * 3
    mixture = {"large": Share(most=50, neutral=20), "small": Share(times=2)}
    rows = drawn([*many, *few], mixture, 2, dice())
    first, second = rows[:56], rows[56:]
    for a_pass in (first, second):
        of = [[*many, *few][row] for row in a_pass]
        assert Counter(post.dataset for post in of) == {"large": 50, "small": 6}
        assert sum(post.label is NEU for post in of) <= 20
    assert set(first.tolist()) != set(second.tolist())
    assert len(set(drawn([*many, *few], mixture, 40, dice()).tolist())) == 203  # in time all are seen


def test_neutral_is_not_learned_where_a_dataset_does_not_know_it():
    shop = [Labelled("a", label, "vi", "aivivn_vi") for label in Label]
    forum = [Labelled("a", label, "vi", "vlsp2016_vi") for label in Label]
    assert to_learn([*shop, *forum]) == [shop[0], shop[2], *forum]
    assert classes(shop[0]) == [True, False, True]
    assert classes(forum[0]) == [True, True, True]


@pytest.mark.parametrize("name", ["airline_en", "airline_tweets", "umsab_hi"])
def test_what_is_kept_to_measure_with_is_never_learned(name: str):
    with pytest.raises(Misconfigured, match=f"{name}: never learned from"):
        to_learn([Labelled("a", POS, "en", "semeval_en"), Labelled("a", POS, "en", name)])


@given(st.lists(st.integers(2, 80), max_size=300), st.integers(1, 9))
def test_each_text_comes_once_in_its_order(lengths: list[int], batch: int):
    order = by_length(lengths, batch, dice())
    assert sorted(order) == list(range(len(lengths)))
    assert order == by_length(lengths, batch, dice())


def test_batches_hold_texts_of_similar_length():
    lengths = dice(1).integers(2, 80, size=16_000).tolist()
    order = by_length(lengths, 64, dice())
    batches = [[lengths[row] for row in order[at : at + 64]] for at in range(0, len(order), 64)]
    assert max(max(batch) - min(batch) for batch in batches) <= 4
    assert [max(batch) for batch in batches] != sorted(max(batch) for batch in batches)
