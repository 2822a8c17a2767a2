"""Fine-tunes a multilingual encoder for three-way sentiment.

    hubbub train DATA... --base ENCODER --out FOLDER [--start WEIGHTS]

Each DATA holds `train/` and `val/` folders of labelled posts. The whole encoder learns the sentiment of each text, and
to stay near the sentence embedding that it gave before; it does so several times, and the weights that it ends with are
averaged. A linear model on words is learned beside it. FOLDER/weights is what serves, with its card. What an earlier
run wrote there can be gone on from, so that training adds up over runs that are each short.
A run that was killed goes on from its last checkpoint when it is started again.
"""

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers.trainer_utils import set_seed

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label
from hubbub.models.classifier import Classifier
from hubbub.models.embedded import MAX_TOKENS, fingerprint
from hubbub.models.judge import LABELS
from hubbub.models.training.base import base_embeddings, describe, encode, load_base, load_start, padding
from hubbub.models.training.card import Run
from hubbub.models.training.course import Lesson, Say, course
from hubbub.models.training.datasets import dataset
from hubbub.models.training.dresses import dress
from hubbub.models.training.export import export
from hubbub.models.training.fit_words import fit_words
from hubbub.models.training.labelled import Labelled, load_labelled
from hubbub.models.training.lesson import drawn, to_learn, weights
from hubbub.models.training.recipe import FULL, Recipe
from hubbub.models.training.words import Words


def train(
    data: Sequence[Path],
    base: str,
    out: Path,
    recipe: Recipe = FULL,
    only_open: bool = False,
    start: Path | None = None,
    progress: bool = True,
    say: Say = lambda line: None,
) -> Path:
    """Trains on the `train` folders of the data, measures on their `val` folders, and returns the folder `out/weights`.

    Checkpoints lie in `out/course-0` and so on: the same call goes on from the last one, with the result that it would
    have had without the interruption.

    Args:
        only_open: leave out what has no open licence, of training and validation posts alike.
        start: a folder of weights to go on from, rather than from the base encoder itself.
        say: is told how fast it goes.

    Raises:
        Misconfigured: the data or the base encoder cannot be read, the data lack a label or are not to be learned from,
            or `out` holds a run with other data, another base or another recipe.
    """
    loaded = (load_labelled([folder / part for folder in data]) for part in ("train", "val"))
    posts, val = ([post for post in part if dataset(post.dataset).open or not only_open] for part in loaded)
    posts = to_learn(posts)
    if {post.label for post in posts} != set(Label) or not val:
        raise Misconfigured(f"{' '.join(map(str, data))}: needs posts of all three labels in train/, and some in val/")
    set_seed(recipe.seed)
    model, tokenizer = load_base(base, _texts(posts, recipe), recipe.pieces)
    network = load_start(start, model, tokenizer) if start else model
    began = fingerprint(start) if start else ""
    _claim(out, {"base": base, "start": began, "recipe": asdict(recipe), "data": _digest([*posts, *val])})
    classifier, words, near = fit(model, network, tokenizer, posts, val, out, recipe, progress, say)
    a_pass = Counter(posts[row].dataset for row in drawn(posts, recipe.mixture, 1, np.random.default_rng(recipe.seed)))
    run = Run(describe(base), began, asdict(recipe), _sizes(posts), a_pass, _sizes(val))
    return export(classifier, words, tokenizer, near, posts, val, run, out)


def fit(
    base: Classifier,
    network: Classifier,
    tokenizer: Tokenizer,
    posts: Sequence[Labelled],
    val: Sequence[Labelled],
    out: Path,
    recipe: Recipe,
    progress: bool,
    say: Say,
) -> tuple[Classifier, Words, NDArray[np.float16]]:
    """Trains, from the last whole checkpoint on if there is one.

    Args:
        base: gives the embeddings that the network is to stay near.
        network: what each course begins with.

    Returns:
        network, words, and the base encoder's embeddings of the validation posts (posts, width).
    """
    pad = padding(tokenizer)
    anchors = sorted(Random(recipe.seed).sample(range(len(posts)), min(recipe.anchors, len(posts))))
    rows = encode(tokenizer, [posts[row].text for row in anchors], recipe.max_tokens)
    near = np.zeros((len(posts), base.config.hidden_size), dtype=np.float16)
    near[anchors] = base_embeddings(base, rows, pad, out / "base_train.npy", progress)
    rows_val = encode(tokenizer, [post.text for post in val], MAX_TOKENS)
    near_val = base_embeddings(base, rows_val, pad, out / "base_val.npy", progress)
    learned = []
    for number in range(recipe.courses):
        seed = recipe.seed + number
        lesson = Lesson(posts, near, tokenizer, recipe, seed)
        folder = out / f"course-{number}"
        learned.append(course(copy.deepcopy(network), lesson, tokenizer, folder, recipe, seed, progress, say))
    network.load_state_dict({name: sum(one[name] for one in learned) / len(learned) for name in learned[0]})
    return network.cpu().eval(), learn_words(tokenizer, posts, recipe), near_val


def learn_words(tokenizer: Tokenizer, posts: Sequence[Labelled], recipe: Recipe) -> Words:
    """Learns the linear model from every post, as it was written and in a dress."""
    texts = _texts(posts, recipe)
    times = len(texts) // len(posts)
    labels = np.array([LABELS.index(post.label) for post in posts] * times)
    counts = np.tile(weights(posts, np.arange(len(posts)), recipe.balance), times)
    return fit_words(tokenizer, encode(tokenizer, texts, recipe.max_tokens), labels, counts, recipe.folded_words)


def _texts(posts: Sequence[Labelled], recipe: Recipe) -> list[str]:
    """Every post as it was written and, where posts are dressed, again in a dress."""
    dice = Random(recipe.seed)
    dressed = [dress(post.text, post.language, dice) for post in posts] if recipe.dressed else []
    return [post.text for post in posts] + dressed


def _claim(out: Path, what: Mapping[str, Any]) -> None:
    """Notes what the folder's run is, or makes sure that it is this one."""
    note, text = out / "run.json", json.dumps(what, indent=1)
    if note.is_file() and note.read_text(encoding="utf-8") != text:
        raise Misconfigured(
            f"{out}: holds a run with other data, base or recipe; name another folder or delete this one"
        )
    out.mkdir(parents=True, exist_ok=True)
    draft = out / "run.json.draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(note)


def _digest(posts: Sequence[Labelled]) -> str:
    return hashlib.sha256(json.dumps(posts).encode()).hexdigest()


def _sizes(posts: Sequence[Labelled]) -> dict[str, int]:
    return dict(Counter(post.dataset for post in posts))
