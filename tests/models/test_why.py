"""The words that decided are words of the post, and without them the judge is less sure."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.core.verdict import Label, Verdict
from hubbub.models.judge import Judge
from hubbub.models.load import load_judge
from hubbub.models.spans import spans
from hubbub.models.why import LEAST, MOST, TRIED, Reason, chance, why
from tests.models import tiny

POSTS = [
    ("I waited three weeks for my parcel, your service is terrible and I want my money back today", "en"),
    ("The new phone is great: the screen is beautiful and I love the camera, thank you so much", "en"),
    ("สั่งกาแฟที่สาขานี้เมื่อวาน บริการแย่มาก รอนานสามชั่วโมง พนักงานไม่สนใจลูกค้าเลย", "th"),
    ("เมื่อวานไปร้านนี้กับเพื่อนที่ทำงาน อร่อยมาก ชอบสุดๆ จะกลับมากินอีกแน่นอน", "th"),
    ("Tôi đặt hàng từ tuần trước mà shop giao quá chậm, nhân viên rất thô lỗ, tôi rất thất vọng", "vi"),
    ("Quán này ở gần nhà tôi, món ăn ngon tuyệt vời, nhân viên rất dễ thương và giá cả hợp lý", "vi"),
]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


def named_by(judge: Judge, text: str, language: str) -> list[Reason]:
    """The words that decided, of a text that is judged first."""
    return why(judge, text, language, judge.judge([text], [language])[0])


def without(text: str, words: Sequence[str]) -> str:
    """The text without every word of these."""
    named = {word.casefold() for word in words}
    for start, end in reversed(list(spans(text))):
        if text[start:end].casefold() in named:
            text = text[:start] + text[end:]
    return text


@pytest.mark.parametrize("language", ["en", "th", "vi"])
def test_without_the_words_it_is_less_sure_than_without_others(judge: Judge, language: str):
    less, less_without_others = 0.0, 0.0
    for text in (text for text, written in POSTS if written == language):
        reasons = named_by(judge, text, language)
        named = [reason.word for reason in reasons]
        weights = [reason.weight for reason in reasons]
        assert 1 <= len(named) <= MOST
        assert weights == sorted(weights, reverse=True) and weights[-1] >= LEAST
        assert all(word in text for word in named)
        others = sorted({text[start:end] for start, end in spans(text)} - set(named))
        drawn = [without(text, Random(seed).sample(others, min(len(named), len(others)))) for seed in range(5)]
        whole, gone, *rest = judge.judge([text, without(text, named), *drawn], [language] * 7)
        less += chance(whole, whole.label) - chance(gone, whole.label)
        less_without_others += chance(whole, whole.label) - sum(chance(one, whole.label) for one in rest) / len(rest)
    assert less > max(0.0, less_without_others)


def test_a_word_said_twice_is_left_out_twice(trained: Path):
    judge = load_judge(str(trained / "weights"))
    reasons = named_by(judge, "AWFUL awful, this coffee is awful", "en")
    assert [reason.word for reason in reasons].count("AWFUL") == 1
    assert "awful" not in [reason.word for reason in reasons]


def test_a_model_of_another_make_is_asked_about_every_word(tmp_path: Path):
    judge = load_judge(str(tiny.write_classifier(tmp_path, ["NEG", "NEU", "POS"])))
    words = ["coffee", "app", "delivery", "phone", "love", "this", "it", "is", "the", "opens", "at", "nine", "awful"]
    assert len(words) > TRIED
    asked: list[int] = []
    whole = judge.judge
    judge.judge = lambda texts, languages=None: asked.append(len(texts)) or whole(texts, languages)
    named_by(judge, " ".join(words), "en")
    assert asked == [1, len(words)]


def test_the_words_as_people_write_them():
    text = "@acme_care's #fail: 3 weeks… don't e-mail!!! 😡😡 :( (http://t.co/a-b) “đẹp” e\u0301te\u0301"
    assert [text[a:b] for a, b in spans(text)] == [
        "@acme_care's",
        "#fail",
        "3",
        "weeks",
        "don't",
        "e-mail",
        "!!!",
        "😡😡",
        ":(",
        "http://t.co/a-b",
        "đẹp",
        "e\u0301te\u0301",
    ]
    thai = "บริการแย่มาก รอ3ชั่วโมง iPhoneพัง"
    found = [thai[a:b] for a, b in spans(thai)]
    assert "บริการ" in found and "ชั่วโมง" in found and "พัง" in found


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("ก่ำ้ิเแ😡👍🏽\u200d️e\u0301!?() .'-@#")))
def test_words_stand_in_order_and_are_cut_between_characters(text: str):
    last = 0
    for start, end in spans(text):
        assert last <= start < end <= len(text)
        assert text[start:end].strip()
        if start:
            assert text[start] not in "\u0301\u0e34\u0e48\u0e49\u200d\ufe0f" or text[start - 1].isspace()
        last = end


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_whatever_was_written(trained: Path, text: str):
    reasons = named_by(load_judge(str(trained / "weights")), text, "en")
    assert all(reason.word in text and reason.weight >= LEAST for reason in reasons)


@given(st.lists(st.floats(0.001, 1), min_size=3, max_size=3))
def test_all_three_probabilities_follow_from_a_verdict(parts: list[float]):
    negative, neutral, positive = (part / sum(parts) for part in parts)
    p = {Label.negative: negative, Label.neutral: neutral, Label.positive: positive}
    label = max(p, key=p.__getitem__)
    verdict = Verdict(label=label, confidence=p[label], score=positive - negative, uncertain=False, model="test")
    for one, probability in p.items():
        assert chance(verdict, one) == pytest.approx(probability, abs=1e-9)
