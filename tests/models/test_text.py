"""What the model sees of a text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.models.text import clean


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("@shop see https://a.example/b?c=d NOW", "@user see http NOW"),
        ("WORST APP EVER @Support", "worst app ever @user"),
        ("The iPhone in the USA", "The iPhone in the USA"),
        ("QUÁ TỆ", "quá tệ"),
        ("ชอบมาก ดีที่สุด iPhone 15 ครับ", "ชอบมากดีที่สุด iPhone 15 ครับ"),
        ("sooooo  goooood !!!!!!", "sooo goood !!!"),
        ("มากกกกกก 555555", "มากกก 555"),
        ("&lt;3 \\u0041b\x00\u200b", "<3 Ab"),
        ("\ud800", ""),
    ],
)
def test_what_is_folded(text: str, seen: str):
    assert clean(text) == seen


@given(st.text(st.characters(exclude_categories=())))
def test_letters_and_accents_apart_or_together_are_the_same(text: str):
    assert clean(unicodedata.normalize("NFD", text)) == clean(unicodedata.normalize("NFC", text))
