"""`hubbub train` from labelled lines to a folder that serves."""

import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainingArguments

from hubbub.cli.commands.train import command
from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label
from hubbub.models.engine import Engine, OnnxGraph
from hubbub.models.judge import LABELS
from hubbub.models.load import load_judge
from hubbub.models.training import course as courses
from hubbub.models.training import packages
from hubbub.models.training.base import load_base, padding
from hubbub.models.training.course import Lesson, TwoAnswers, by_layer, collate, cross_entropy, last_whole
from hubbub.models.training.evaluate import evaluate
from hubbub.models.training.labelled import load_labelled
from hubbub.models.training.recipe import Recipe
from hubbub.models.training.train import fit, train
from tests.models import tiny

RUN = """
import sys
from pathlib import Path
import torch
from hubbub.models.training.recipe import Recipe
from hubbub.models.training.train import fit, train
from tests.models import tiny
torch.set_num_threads(1)
train([Path(sys.argv[1])], sys.argv[2], Path(sys.argv[3]), Recipe(**tiny.SHORT), progress=False)
"""


def test_what_was_learned_serves(trained: Path):
    weights = trained / "weights"
    assert sorted(file.name for file in weights.iterdir()) == [
        "README.md",
        "config.json",
        "curves.svg",
        "model.onnx",
        "needs_reply.npz",  # fitted after the training
        "tokenizer.json",
        "words.onnx",
    ]
    posts = load_labelled([trained.parent / "data" / "val"])
    scores = evaluate(load_judge(str(weights)), posts).languages
    assert set(scores) == {"en", "th", "vi", "all"}
    assert scores["all"].n == len(posts) == 36
    assert scores["all"].macro_recall > 0.9


def test_int8_agrees_with_fp32(trained: Path):
    texts = [post.text for post in load_labelled([trained.parent / "data" / "val"])]
    small, full = (load_judge(str(trained / name)).judge(texts) for name in ("weights", "fp32"))
    assert sum(a.label == b.label for a, b in zip(small, full, strict=True)) >= len(texts) - 1
    assert sum(abs(a.score - b.score) for a, b in zip(small, full, strict=True)) / len(texts) < 0.1


def test_the_card_says_what_the_run_did(trained: Path):
    config = json.loads((trained / "weights" / "config.json").read_text())
    card = (trained / "weights" / "README.md").read_text()
    assert f"# hubbub-sentiment {config['version']}" in card
    assert "Base: A tiny encoder with random weights." in card
    assert "| train/own_th | 24 | 24 |" in card
    assert "courses 1, passes 24, learning_rate 0.004, batch 12" in card
    for language in ("en", "th", "vi"):
        assert f"| {language} | 12 |" in card
    assert str(trained.parent) not in card


def test_another_base_data_or_recipe_needs_another_folder(trained: Path, tmp_path: Path):
    data, base = trained.parent / "data", trained.parent / "base"
    other_base = shutil.copytree(base, tmp_path / "base")
    other_data = shutil.copytree(data, tmp_path / "data")
    with next((other_data / "train").iterdir()).open("a", encoding="utf-8") as lines:
        lines.write('{"text": "one more", "label": "neutral", "lang": "en"}\n')
    recipe = Recipe(**tiny.RECIPE)
    for what in ((other_data, base, recipe), (data, other_base, recipe), (data, base, replace(recipe, passes=13))):
        with pytest.raises(Misconfigured, match="holds a run with other data, base or recipe"):
            train([what[0]], str(what[1]), trained, what[2], progress=False)


def test_training_goes_on_from_the_weights_of_an_earlier_run(trained: Path, tmp_path: Path):
    """What was learned is still known after a run that learns next to nothing; begun with the encoder, it is not."""
    data, base, start = trained.parent / "data", trained.parent / "base", trained / "weights"
    still = Recipe(**tiny.RECIPE | {"passes": 1, "learning_rate": 1e-9})
    for name, begun in (("on", start), ("anew", None)):
        train([data], str(base), tmp_path / name, still, start=begun, progress=False)
    on, anew = (_right(tmp_path / name / "weights", data / "val") for name in ("on", "anew"))
    assert on > 0.9 > anew
    card = (tmp_path / "on" / "weights" / "README.md").read_text()
    assert f"went on from the weights {_version(trained)}" in card
    assert "--start START" in card


def test_weights_to_go_on_from_are_whole_and_of_the_same_encoder(trained: Path, tmp_path: Path):
    data, base, start = trained.parent / "data", trained.parent / "base", trained / "weights"
    damaged = shutil.copytree(start, tmp_path / "damaged")
    (damaged / "words.onnx").write_bytes(b"")
    with pytest.raises(Misconfigured, match="weights are damaged"):
        train([data], str(base), tmp_path / "out", start=damaged, progress=False)
    with pytest.raises(Misconfigured, match="weights cannot be read"):
        train([data], str(base), tmp_path / "out", start=tmp_path / "none", progress=False)
    wider = tiny.write_base(tmp_path / "wider", hidden_size=48)
    with pytest.raises(Misconfigured, match="comes from another encoder than --base"):
        train([data], str(wider), tmp_path / "out", start=start, progress=False)
    assert not (tmp_path / "out").exists()


def test_a_killed_run_goes_on_to_the_same_weights(trained: Path, tmp_path: Path):
    """Killed in its first course, in its second, while it writes the weights, and then left alone."""
    data, base, out = trained.parent / "data", trained.parent / "base", tmp_path / "out"
    unbroken = tmp_path / "unbroken"
    train([data], str(base), unbroken, Recipe(**tiny.SHORT), progress=False)
    command = [sys.executable, "-c", RUN, str(data), str(base), str(out)]
    for sign in ("course-0/*/trainer_state.json", "course-1/*/trainer_state.json", "export/weights/*.onnx"):
        _kill_when(command, lambda sign=sign: any(out.glob(sign)))
        assert not (out / "weights").exists()
    subprocess.run(command, check=True, capture_output=True)
    assert _version(out) == _version(unbroken)
    assert not (out / "export").exists()


def test_the_weights_are_the_mean_of_all_courses(trained: Path, tmp_path: Path):
    posts = load_labelled([trained.parent / "data" / "train"])
    model, tokenizer = load_base(str(trained.parent / "base"), [post.text for post in posts], 200)
    model, *_ = fit(model, model, tokenizer, posts, posts, tmp_path, Recipe(**tiny.SHORT), progress=False, say=print)
    ends = [load_file(last_whole(tmp_path / course) / "model.safetensors") for course in ("course-0", "course-1")]
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, (ends[0][name] + ends[1][name]) / 2)
    assert not torch.equal(ends[0]["sentiment.weight"], ends[1]["sentiment.weight"])


def test_a_checkpoint_that_was_cut_off_is_not_used(trained: Path, tmp_path: Path):
    whole = next((trained / "course-0").glob("checkpoint-*"))
    cut = tmp_path / "checkpoint-9999"
    shutil.copytree(whole, tmp_path / whole.name)
    shutil.copytree(whole, cut)
    state = (cut / "trainer_state.json").read_text()
    (cut / "trainer_state.json").write_text(state[: len(state) // 2])
    assert last_whole(tmp_path) == tmp_path / whole.name


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(packages, "find_spec", lambda name: None if name == "sklearn" else find_spec(name))
    with pytest.raises(Misconfigured, match=r"training needs sklearn: pip install \"hubbub\[train\]\""):
        command.main([str(tmp_path), "--base", "base", "--out", str(tmp_path / "out")], standalone_mode=False)


def test_missing_data_and_base_are_named(trained: Path, tmp_path: Path):
    with pytest.raises(Misconfigured, match="train: no such file or folder"):
        train([tmp_path], str(trained.parent / "base"), tmp_path / "out")
    with pytest.raises(Misconfigured, match=f"--base {tmp_path}: not an encoder that transformers can load"):
        train([trained.parent / "data"], str(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_data_without_a_label_are_refused_before_anything_is_learned(trained: Path, tmp_path: Path):
    data = shutil.copytree(trained.parent / "data", tmp_path / "data")
    for file in (data / "train").iterdir():
        lines = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join(line for line in lines if "neutral" not in line), encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"needs posts of all three labels in train/, and some in val/"):
        train([data], str(trained.parent / "base"), tmp_path / "out", Recipe(**tiny.RECIPE))


def test_only_open_leaves_out_what_has_no_open_licence(trained: Path, tmp_path: Path):
    data, base = shutil.copytree(trained.parent / "data", tmp_path / "data"), trained.parent / "base"
    for part in ("train", "val"):
        (data / part / "own_th.jsonl").rename(data / part / "wisesight_th.jsonl")
    weights = train([data], str(base), tmp_path / "out", Recipe(**tiny.SHORT), only_open=True, progress=False)
    card = (weights / "README.md").read_text()
    assert "| train/wisesight_th | 24 | 24 | CC0 1.0 |" in card
    assert "| th | 12 |" in card
    assert "own_" not in card
    assert "| wisesight_th | without spaces |" in card
    with pytest.raises(Misconfigured, match="needs posts of all three labels"):
        train([trained.parent / "data"], str(base), tmp_path / "none", Recipe(**tiny.SHORT), only_open=True)


def test_how_long_it_takes_is_said_soon(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(courses, "RATES", (0, 0.01))
    said: list[str] = []
    data, base = trained.parent / "data", trained.parent / "base"
    train([data], str(base), tmp_path / "out", Recipe(**tiny.SHORT), progress=False, say=said.append)
    assert len(said) == 4
    assert all(
        re.fullmatch(r"course-[01]: [\d.]+ posts/s, \d+ minutes to go, \d+ minutes in all", line) for line in said
    )


def test_a_class_that_a_dataset_does_not_know_is_neither_learned_nor_unlearned():
    logits = torch.tensor([[1.0, 3.0, 0.5]], requires_grad=True)
    told = torch.tensor([[True, False, True]])
    loss = cross_entropy(logits, torch.tensor([0]), told, 0.1)
    two = torch.nn.functional.cross_entropy(logits[:, [0, 2]], torch.tensor([0]), label_smoothing=0.1)
    torch.testing.assert_close(loss.mean(), two)
    loss.sum().backward()
    assert logits.grad[0, 1] == 0
    every = cross_entropy(logits, torch.tensor([0]), torch.ones(1, 3, dtype=torch.bool), 0.1)
    torch.testing.assert_close(
        every.mean(), torch.nn.functional.cross_entropy(logits, torch.tensor([0]), label_smoothing=0.1)
    )


def test_the_deeper_a_layer_the_lower_its_rate_and_frozen_embeddings_have_none(trained: Path):
    model, _ = load_base(str(trained.parent / "base"), ["a text"], 200)
    recipe = Recipe(layer_decay=0.5, learning_rate=1.0)
    rates = {id(p): group["lr"] for group in by_layer(model, recipe) for p in group["params"]}
    assert len(rates) == len(list(model.parameters()))
    encoder = model.encoder
    assert rates[id(model.sentiment.weight)] == 1.0
    assert rates[id(encoder.encoder.layer[1].output.dense.weight)] == 0.5
    assert rates[id(encoder.encoder.layer[0].output.dense.bias)] == 0.25
    assert rates[id(encoder.get_input_embeddings().weight)] == 0.125
    encoder.get_input_embeddings().requires_grad_(False)
    assert id(encoder.get_input_embeddings().weight) not in {
        id(p) for group in by_layer(model, recipe) for p in group["params"]
    }


def test_only_anchors_are_held_near_the_base(trained: Path, tmp_path: Path):
    posts = load_labelled([trained.parent / "data" / "train"])
    model, tokenizer = load_base(str(trained.parent / "base"), [post.text for post in posts], 200)
    recipe = Recipe(**tiny.SHORT | {"courses": 1, "anchors": 5})
    fit(model, model, tokenizer, posts, posts, tmp_path, recipe, progress=False, say=print)
    assert np.load(tmp_path / "base_train.npy").shape == (5, 32)
    lesson = Lesson(posts, np.zeros((len(posts), 32), np.float16), tokenizer, recipe, 7)
    batch = collate([lesson[at] for at in range(3)], padding(tokenizer))
    trainer = TwoAnswers(recipe, model=model, args=TrainingArguments(str(tmp_path / "t"), use_cpu=True, report_to=[]))
    model.eval()
    logits = model(batch["input_ids"], batch["attention_mask"])[0]
    alone = cross_entropy(logits, batch["labels"], batch["classes"], recipe.label_smoothing) * batch["weights"]
    torch.testing.assert_close(trainer.compute_loss(model, batch), alone.mean())


def test_frozen_embeddings_stay_as_they_are(trained: Path, tmp_path: Path):
    posts = load_labelled([trained.parent / "data" / "train"])
    model, tokenizer = load_base(str(trained.parent / "base"), [post.text for post in posts], 200)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    recipe = Recipe(**tiny.SHORT | {"courses": 1}, frozen=True)
    after = fit(model, model, tokenizer, posts, posts, tmp_path, recipe, progress=False, say=print)[0].state_dict()
    words = "encoder.embeddings.word_embeddings.weight"
    torch.testing.assert_close(after[words], before[words], rtol=0, atol=0)
    assert not torch.equal(after["sentiment.weight"], before["sentiment.weight"])


def test_bad_lines_are_named(tmp_path: Path):
    file = tmp_path / "own.jsonl"
    file.write_text('{"text": "fine", "label": "positive"}\n{"text": "fine", "label": "great"}\n')
    with pytest.raises(Misconfigured, match=r"own\.jsonl:2: not a labelled post"):
        load_labelled([file])
    file.with_suffix(".jsonl.gz").write_bytes(b"not gzip")
    with pytest.raises(Misconfigured, match=r"own\.jsonl\.gz: cannot be read"):
        load_labelled([file.with_suffix(".jsonl.gz")])
    file.write_text('{"text": "fine", "label": "positive"}\n')
    assert load_labelled([file]) == [("fine", Label.positive, "und", "own")]


def _kill_when(command: list[str], condition) -> None:
    """Starts a training run and kills it with SIGKILL as soon as the condition holds."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 300
        while not condition():
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.01)
        process.kill()


def _right(weights: Path, val: Path) -> float:
    """The share that the network judges right without the words."""
    posts = load_labelled([val])
    logits, _ = Engine(weights / "tokenizer.json", 64).ask([p.text for p in posts], OnnxGraph(weights / "model.onnx"))
    return float(np.mean([LABELS[at] == post.label for at, post in zip(logits.argmax(axis=1), posts, strict=True)]))


def _version(out: Path) -> str:
    return json.loads((out / "weights" / "config.json").read_text())["version"]
