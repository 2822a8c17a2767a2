"""Conversations out of posts, in whatever order they come."""

from hypothesis import given
from hypothesis import strategies as st

from hubbub.conversations.joining import join
from tests.conversations.made import said


def groups(*posts):
    return {name: [post.id for post in each] for name, each in join(posts).items()}


def test_posts_of_one_conversation_id_are_one_conversation():
    root, first = said("1", "ann", 0, within="1"), said("2", "lumo", 5, within="1", to="9")
    assert groups(first, root) == {"x:1": ["x:1", "x:2"]}


def test_replies_to_what_was_never_seen_are_one_conversation():
    assert groups(said("3", "bob", 5, to="1"), said("2", "ann", 0, to="1")) == {"x:1": ["x:2", "x:3"]}


def test_a_chain_of_parents_is_one_conversation():
    chain = [said(str(n), "ann", n, to=str(n - 1)) for n in range(1, 9)]
    assert groups(*chain[::-1]) == {"x:0": [f"x:{n}" for n in range(1, 9)]}


def test_a_post_alone_is_a_conversation():
    assert groups(said("1", "ann", 0), said("2", "ann", 1)) == {"x:1": ["x:1"], "x:2": ["x:2"]}


def test_platforms_are_apart():
    posts = said("2", "ann", 0, within="1"), said("2", "ann", 0, within="1", source="reddit")
    assert groups(*posts) == {"x:1": ["x:2"], "reddit:1": ["reddit:2"]}


def test_posts_that_answer_each_other_are_one_conversation():
    assert groups(said("1", "ann", 0, to="2"), said("2", "bob", 1, to="1")) == {"x:1": ["x:1", "x:2"]}


IDS = st.sampled_from("abcdefgh")
POSTS = st.lists(st.tuples(IDS, st.none() | IDS, st.none() | st.sampled_from("rst"), st.integers(0, 5)), max_size=12)


@given(POSTS, st.randoms())
def test_order_and_duplicates_change_nothing(made, chance):
    once = {name: said(name, "ann", minute, to=to, within=within) for name, to, within, minute in made}
    posts = list(once.values())
    again = [*posts, *posts[: len(posts) // 2]]
    chance.shuffle(again)
    assert groups(*again) == groups(*posts)
    assert sorted(name for each in groups(*posts).values() for name in each) == sorted(f"x:{name}" for name in once)
