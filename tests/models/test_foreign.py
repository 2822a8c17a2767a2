"""Any sequence classifier that transformers loads, with its labels read as ours."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label
from hubbub.models.foreign import meanings
from hubbub.models.judge import Judge
from hubbub.models.load import load_judge
from tests.models import tiny

NEG, NEU, POS = Label


@pytest.fixture(scope="module")
def stars(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    folder = tmp_path_factory.mktemp("stars")
    return load_judge(str(tiny.write_classifier(folder, ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"])))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["LABEL_0", "LABEL_1", "LABEL_2"], [NEG, NEU, POS]),
        (["NEG", "NEU", "POS"], [NEG, NEU, POS]),
        (["POS", "NEG", "NEU"], [POS, NEG, NEU]),
        (["Negative", "Neutral", "Positive"], [NEG, NEU, POS]),
        (["NEGATIVE", "POSITIVE"], [NEG, POS]),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [NEG, NEG, NEU, POS, POS]),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"], [NEG, NEG, NEU, POS, POS]),
        (["très_négatif", "négatif", "neutre", "positif"], None),
        (["négatif", "neutre", "positif"], [NEG, NEU, POS]),
        (["Tiêu cực", "Trung tính", "Tích cực"], [NEG, NEU, POS]),
        (["pos", "neu", "neg", "q"], [POS, NEU, NEG, NEU]),
        (["LABEL_0", "LABEL_1"], None),
        (["anger", "joy", "sadness"], None),
        (["positive", "neutral"], None),
        (["negative", "neutral", "positive", "LABEL_3"], None),
    ],
)
def test_labels(names: list[str], expected: list[Label] | None):
    if expected:
        assert meanings("some/model", names) == expected
    else:
        with pytest.raises(Misconfigured, match=f"some/model: its labels are not sentiments.*{names[0]}, {names[1]}"):
            meanings("some/model", names)


def test_a_classifier_from_a_folder_judges(stars: Judge):
    texts = ["I love it", "", "😡", "\ud800\x00", "word " * 20_000]
    verdicts = stars.judge(texts, ["en", "und", "und", "und", "fi"])
    assert len(verdicts) == len(texts)
    assert verdicts[1].uncertain
    assert all(verdict.model == stars.name for verdict in verdicts)
    assert stars.judge(texts[::-1]) == verdicts[::-1]
    assert stars.judge([]) == []


def test_two_labels_leave_nothing_neutral(tmp_path: Path):
    judge = load_judge(str(tiny.write_classifier(tmp_path, ["NEGATIVE", "POSITIVE"])))
    for verdict in judge.judge(["I love it", "it opens at nine"]):
        assert verdict.label is not Label.neutral
        assert abs(verdict.score) == pytest.approx(2 * verdict.confidence - 1, abs=2e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=5))
def test_whatever_was_written(stars: Judge, texts: list[str]):
    assert len(stars.judge(texts)) == len(texts)


def test_labels_that_are_not_sentiments_are_listed(tmp_path: Path):
    tiny.write_classifier(tmp_path, ["anger", "joy"])
    with pytest.raises(Misconfigured, match="anger, joy"):
        load_judge(str(tmp_path))


def test_what_is_not_a_model_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in ("nobody/no-such-model", str(tmp_path), str(tmp_path / "nowhere"), "not a model's name"):
        with pytest.raises(Misconfigured) as refusal:
            load_judge(name)
        assert str(refusal.value).startswith(f"model {name}: no sequence classifier")
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_damaged_folders_are_refused_in_one_line(tmp_path: Path, name: str):
    folder = tiny.write_classifier(tmp_path / "model", ["NEG", "NEU", "POS"])
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(Misconfigured, match="no sequence classifier") as refusal:
        load_judge(str(folder))
    assert "\n" not in str(refusal.value)
