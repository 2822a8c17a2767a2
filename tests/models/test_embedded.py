"""The embedded judge: what everybody who installs Hubbub judges with."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label, Verdict
from hubbub.models import load
from hubbub.models.embedded import EmbeddedJudge, Settings
from hubbub.models.judge import Judge
from hubbub.models.load import WEIGHTS, load_judge
from hubbub.models.readers.language import detect
from tests.models import tiny

NEGATIVE = [
    "Worst customer service I have ever had, three weeks and still no refund.",
    "The app crashes every single time. Absolutely useless.",
    "So angry right now, they cancelled my order without telling me",
    "I hate how slow this delivery is, never again",
    "บริการแย่มาก รอมาสามชั่วโมงแล้วยังไม่มีใครมา",
    "แอปห่วยมาก เด้งออกตลอด ใช้งานไม่ได้เลย",
    "พนักงานพูดจาไม่ดี ไม่ประทับใจเลย จะไม่กลับมาอีก",
    "ของไม่อร่อย แพงด้วย เสียดายเงิน",
    "Dịch vụ quá tệ, chờ cả tuần mà chưa được hoàn tiền.",
    "Nhân viên rất thô lỗ, tôi rất thất vọng",
    "giảng viên dạy khó hiểu , buồn ngủ .",
    "Ứng dụng lỗi liên tục, không dùng được, quá chán",
]
POSITIVE = [
    "I love this so much, best coffee in town!",
    "Thank you for the quick help, your team is amazing",
    "Really happy with my new phone, great battery and a beautiful screen",
    "What a wonderful day, the staff were so kind to us",
    "อร่อยมาก ชอบสุดๆ จะกลับมากินอีกแน่นอน",
    "พนักงานบริการดีมาก น่ารักทุกคนเลย ประทับใจ",
    "รักเลย สวยมากกก คุ้มค่ามาก",
    "ขอบคุณมากนะคะ ส่งไวมาก ของดีมาก",
    "giảng viên nhiệt tình , vui vẻ , dạy rất dễ hiểu .",
    "Quán này ngon tuyệt vời, nhân viên rất dễ thương",
    "Tôi rất hài lòng với dịch vụ, giao hàng nhanh, cảm ơn shop",
    "Sản phẩm rất tốt, mình rất thích",
]
ODD = [
    "",
    "   \n\t ",
    "😡😡😡",
    "🙂",
    "\x00\x00",
    "\ud800 broken \udfff",
    "http://t.co/abc",
    "@somebody",
    "\u200b",
    "a" * 100_000,
]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


@pytest.fixture(scope="module")
def tiny_judge(trained: Path) -> Judge:
    return load_judge(str(trained / "weights"))


def test_the_shipped_model_tells_praise_from_anger(judge: Judge):
    texts = NEGATIVE + POSITIVE
    labels = [verdict.label for verdict in judge.judge(texts, [detect(text) for text in texts])]
    right = [label is Label.negative for label in labels[: len(NEGATIVE)]]
    right += [label is Label.positive for label in labels[len(NEGATIVE) :]]
    assert sum(right) >= 20, [text for text, ok in zip(texts, right, strict=True) if not ok]


def test_verdicts_say_who_judged(judge: Judge):
    verdict = judge.judge(["I love it"])[0]
    assert verdict.model == judge.name
    assert judge.name.startswith("hubbub-sentiment@")


def test_the_shipped_folder_is_small_and_describes_itself(judge: Judge):
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= 48_000_000
    assert judge.name.split("@")[1] in (WEIGHTS / "README.md").read_text(encoding="utf-8")


def test_any_text_gets_an_answer_in_its_place(judge: Judge):
    texts = [*ODD, "I love it", *ODD, "I love it"]
    verdicts = judge.judge(texts)
    assert len(verdicts) == len(texts)
    assert verdicts[len(ODD)] == verdicts[-1]
    assert verdicts[-1].label is Label.positive


def test_a_verdict_is_the_same_in_any_company():
    judge = EmbeddedJudge(WEIGHTS)
    texts = NEGATIVE + POSITIVE + [*ODD, " ".join(NEGATIVE)]
    for together, text in zip(judge.judge(texts), texts, strict=True):
        alone = judge.judge([text])[0]
        assert together.label is alone.label
        assert together.confidence == pytest.approx(alone.confidence, abs=1.5e-4)
        assert together.score == pytest.approx(alone.score, abs=1.5e-4)


def test_in_haste_clear_words_are_enough(trained: Path, monkeypatch: pytest.MonkeyPatch):
    hasty, thorough = EmbeddedJudge(trained / "weights", fast=True), EmbeddedJudge(trained / "weights")
    posts = tiny.POSTS
    texts, languages = [text for text, _, _ in posts], [language for _, _, language in posts]
    asked: list[int] = []
    network = hasty._network
    monkeypatch.setattr(hasty, "_network", lambda ids, mask: asked.append(len(ids)) or network(ids, mask))
    fast, full = hasty.judge(texts, languages), thorough.judge(texts, languages)
    assert sum(asked) < len(texts)
    assert sum(a.label is b.label for a, b in zip(fast, full, strict=True)) >= 0.9 * len(texts)
    assert {verdict.model for verdict in fast} == {hasty.name} != {thorough.name}


def test_in_haste_each_language_has_its_own_threshold(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = shutil.copytree(trained / "weights", tmp_path / "weights")
    settings = Settings.load(folder)
    replace(settings, words_enough=dict.fromkeys(settings.words_enough, 2.0) | {"th": 0.0}).write(folder)
    hasty, thorough = EmbeddedJudge(folder, fast=True), EmbeddedJudge(folder)
    asked: list[int] = []
    network = hasty._network
    monkeypatch.setattr(hasty, "_network", lambda ids, mask: asked.append(len(ids)) or network(ids, mask))
    text, languages = "the app opens at nine", ["en", "vi", "fi", "und", "th"]
    for language in languages:
        (fast,), (full,) = hasty.judge([text], [language]), thorough.judge([text], [language])
        assert fast.label is full.label is Label.neutral
        assert fast.uncertain == full.uncertain == (language in ("fi", "und"))
    assert sum(asked) == len(languages) - 1
    assert hasty.judge([]) == []


def test_the_shipped_model_in_haste(judge: Judge):
    hasty = load_judge("fast")
    assert hasty.name == judge.name.replace("@", "-fast@")
    pairs = zip(hasty.judge(NEGATIVE + POSITIVE), judge.judge(NEGATIVE + POSITIVE), strict=True)
    assert sum(a.label is b.label for a, b in pairs) >= 20


def test_one_pass_gives_the_embedding_too(judge: Judge):
    assert isinstance(judge, EmbeddedJudge)
    texts = [*NEGATIVE, "The app crashes all the time, it is useless."]
    found, embeddings = judge.read(texts)
    assert found == judge.judge(texts)
    assert embeddings.shape == (len(texts), 384)
    assert (embeddings[:-1] @ embeddings[-1]).argmax() == 1
    assert load_judge("fast").read(texts)[1] is None


def test_nothing_to_read_is_uncertain(tiny_judge: Judge):
    for verdict in tiny_judge.judge(["", " \n", "\x00", "\u200b\u200b"]):
        assert verdict.uncertain
        assert verdict.label is Label.neutral
        assert verdict.score == 0


def test_languages_it_was_not_tested_on_are_uncertain(tiny_judge: Judge):
    text = "I love this coffee, it is wonderful"
    english, finnish, unknown = tiny_judge.judge([text] * 3, ["en", "fi", "und"])
    assert not english.uncertain
    assert finnish.uncertain and unknown.uncertain
    assert english.label is finnish.label is Label.positive


def test_no_texts_no_verdicts(tiny_judge: Judge):
    assert tiny_judge.judge([]) == []
    assert tiny_judge.judge([], []) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=12))
def test_whatever_was_written(tiny_judge: Judge, texts: list[str]):
    verdicts = tiny_judge.judge(texts, [detect(text) for text in texts])
    assert len(verdicts) == len(texts)
    assert all(isinstance(verdict, Verdict) for verdict in verdicts)
    assert len({(text, verdict) for text, verdict in zip(texts, verdicts, strict=True)}) == len(set(texts))


def test_each_language_has_its_own_threshold(trained: Path, tmp_path: Path):
    folder = shutil.copytree(trained / "weights", tmp_path / "weights")
    thresholds = dict.fromkeys(Settings.load(folder).thresholds, 0.0) | {"th": 1.1}
    replace(Settings.load(folder), thresholds=thresholds).write(folder)
    judge = EmbeddedJudge(folder)
    text = "I love this coffee, it is wonderful"
    assert [verdict.uncertain for verdict in judge.judge([text] * 4, ["en", "th", "vi", "fi"])] == [
        False,
        True,
        False,
        True,
    ]
    assert not judge.judge([text])[0].uncertain


def test_scores_follow_from_the_probabilities(tiny_judge: Judge, trained: Path):
    threshold = Settings.load(trained / "weights").thresholds["all"]
    for verdict in tiny_judge.judge(NEGATIVE + POSITIVE):
        assert 0.333 <= verdict.confidence <= 1
        assert verdict.uncertain == (verdict.confidence < threshold)
        assert (verdict.score > 0) >= (verdict.label is Label.positive)
        assert (verdict.score < 0) >= (verdict.label is Label.negative)


def test_missing_weights_say_how_to_train_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(load, "WEIGHTS", tmp_path)
    with pytest.raises(Misconfigured, match="hubbub train DATA --base"):
        load_judge()


@pytest.mark.parametrize("name", ["model.onnx", "words.onnx", "tokenizer.json", "config.json"])
def test_damaged_weights_are_refused(trained: Path, tmp_path: Path, name: str):
    folder = shutil.copytree(trained / "weights", tmp_path / "weights")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(Misconfigured, match="restore or train them again"):
        load_judge(str(folder))


def test_settings_of_another_version_are_refused(trained: Path, tmp_path: Path):
    folder = shutil.copytree(trained / "weights", tmp_path / "weights")
    (folder / "config.json").write_text('{"name": "a", "temperature": 1.0}')
    with pytest.raises(Misconfigured, match="another version of Hubbub"):
        load_judge(str(folder))


def test_the_embedded_way_imports_nothing_of_training():
    program = """
import sys
from hubbub.models.enrich import Enrichment
from hubbub.models.load import load_judge
assert load_judge().judge(["I love it"], ["en"])[0].label == "positive"
heavy = {"torch", "transformers", "onnx", "scipy", "sklearn", "accelerate", "hubbub.models.training"}
print(*sorted(heavy & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "\n"
