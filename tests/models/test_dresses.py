"""The same post as people write it."""

import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.models.text import clean
from hubbub.models.training import dresses
from hubbub.models.training.dresses import DRESSES, PLAIN, dress

EVERY = {(language, name): one for language, by_name in DRESSES.items() for name, one in by_name.items()}


@pytest.mark.parametrize(
    ("one", "text", "worn"),
    [
        (dresses.without_accents, "Không được rồi, Đà Nẵng", "Khong duoc roi, Da Nang"),
        (dresses.without_accents, "le café où", "le cafe ou"),
        (dresses.without_accents, "ชอบมาก शुक्रिया", "ชอบมาก शुक्रिया"),
        (dresses.capitals, "quá tệ", "QUÁ TỆ"),
        (dresses.lower_case, "So Bad", "so bad"),
        (dresses.without_tone_marks, "ร้านนี้แย่มาก", "รานนีแยมาก"),
        (dresses.without_spaces, "ชอบมาก ดีที่สุด iPhone 15", "ชอบมากดีที่สุด iPhone 15"),
    ],
)
def test_what_a_dress_does(one: dresses.Dress, text: str, worn: str):
    assert one(text, Random(1)) == worn


def test_teencode_shortens_words_and_no_parts_of_words():
    worn = {dresses.teencode("không được gì, khôngai", Random(seed)) for seed in range(999)}
    assert "ko dc j, khôngai" in worn
    assert all(text.endswith("khôngai") for text in worn)


def test_half_of_the_accents_go():
    text = "ế" * 1_000
    worn = dresses.half_without_accents(text, Random(1))
    assert len(worn) == len(text)
    assert worn.count("e") == pytest.approx(500, abs=60)


def test_letters_are_swapped_in_a_few_places():
    text = "abcdefghij " * 500
    worn = dresses.swapped_letters(text, Random(1))
    assert sorted(worn) == sorted(text)
    swaps = sum(a != b for a, b in zip(text, worn, strict=True)) / 2
    assert swaps == pytest.approx(dresses.SLIPS * 4_500, rel=0.25)


def test_additions_leave_the_post_whole():
    for seed in range(30):
        worn = dresses.with_links_and_tags("it is down", Random(seed))
        assert "it is down" in worn and worn != "it is down"
        assert dresses.with_stretched_end("มาก!", Random(seed)).startswith("มากกก")
        assert dresses.with_laughter("มาก", Random(seed)).startswith("มาก 555")
    assert dresses.with_stretched_end("!!", Random(1)) == "!!"


def test_decomposed_letters_are_the_same_to_the_model():
    text = "Dịch vụ tuyệt vời"
    worn = dresses.decomposed(text, Random(1))
    assert worn != text == unicodedata.normalize("NFC", worn)
    assert clean(worn) == clean(text)


def test_most_posts_are_learned_in_a_dress_and_many_as_they_are():
    dice = Random(3)
    worn = [dress("Không được Gì, tuyệt vời", "vi", dice) for _ in range(2_000)]
    assert worn.count("Không được Gì, tuyệt vời") / 2_000 == pytest.approx(PLAIN, abs=0.05)
    assert len(set(worn)) > 20
    dice = Random(3)
    assert [dress("Không được Gì, tuyệt vời", "vi", dice) for _ in range(2_000)] == worn


@pytest.mark.parametrize("name", EVERY, ids="-".join)
@given(text=st.text(st.characters(exclude_categories=())), seed=st.integers(0, 99))
def test_any_text_can_be_dressed_and_always_the_same(name: tuple[str, str], text: str, seed: int):
    one = EVERY[name]
    assert one(text, Random(seed)) == one(text, Random(seed))


@given(st.text(st.characters(exclude_categories=())), st.sampled_from(["vi", "en", "th", "hi", "fr", "und"]))
def test_a_post_of_any_language_can_be_dressed(text: str, language: str):
    assert isinstance(dress(text, language, Random(5)), str)
