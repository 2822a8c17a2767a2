"""One course of training: the encoder learns what is felt in each text, and to stay near the embedding that it gave."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import TrainerState

from hubbub.models.classifier import Classifier
from hubbub.models.judge import LABELS
from hubbub.models.training.base import Ids, encode, has_bf16, pad_rows, padding
from hubbub.models.training.dresses import dress
from hubbub.models.training.labelled import Labelled
from hubbub.models.training.lesson import by_length, classes, drawn, weights
from hubbub.models.training.recipe import Recipe

RATES = (60, 240)  # seconds after which the rate is told
PLAIN = re.compile(r"bias|LayerNorm")  # parameters without weight decay

Say = Callable[[str], None]


class Lesson(Dataset[dict[str, Any]]):
    """The posts of a course in the order in which they are learned, dressed and in pieces."""

    def __init__(
        self, posts: Sequence[Labelled], near: NDArray[np.float16], tokenizer: Tokenizer, recipe: Recipe, seed: int
    ) -> None:
        """Draws and dresses the posts.

        Args:
            near: the base encoder's embeddings of the posts as they were written, (posts, width); nought where there
                is none.
        """
        rng, dice = np.random.default_rng(seed), Random(seed)
        rows = drawn(posts, recipe.mixture, recipe.passes, rng)
        chosen = [posts[row] for row in rows]
        texts = [dress(post.text, post.language, dice) if recipe.dressed else post.text for post in chosen]
        pieces = encode(tokenizer, texts, recipe.max_tokens)
        order = by_length([len(ids) for ids in pieces], recipe.batch, rng)
        self._posts, self._near = posts, near
        self._weights = weights(posts, rows, recipe.balance)
        self._rows, self._pieces = rows[order].tolist(), [pieces[at] for at in order]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> dict[str, Any]:
        row = self._rows[at]
        post = self._posts[row]
        return {
            "ids": self._pieces[at],
            "label": LABELS.index(post.label),
            "classes": classes(post),
            "weight": self._weights[row],
            "near": self._near[row],
        }

    def tokens(self, batch: int) -> NDArray[np.int_]:
        """How many tokens lie before the end of each step, padding included: (steps,)."""
        lengths = [len(ids) for ids in self._pieces]
        parts = [lengths[start : start + batch] for start in range(0, len(lengths), batch)]
        return np.cumsum([len(part) * max(part) for part in parts])


class TwoAnswers(Trainer):
    """The trainer with the loss of both answers, in the order of the rows as they are given."""

    def __init__(self, recipe: Recipe, **named: Any) -> None:
        super().__init__(**named)
        self._recipe = recipe

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        logits, embedding = model(inputs["input_ids"], inputs["attention_mask"])
        entropy = cross_entropy(logits.float(), inputs["labels"], inputs["classes"], self._recipe.label_smoothing)
        anchored = inputs["near"].any(dim=-1)
        distance = 1 - (embedding.float() * inputs["near"]).sum(-1)
        far = (distance * anchored).sum() / anchored.sum().clamp(min=1)
        loss = (entropy * inputs["weights"]).mean() + self._recipe.closeness * far
        return (loss, (logits, embedding)) if return_outputs else loss

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            assert isinstance(self.model, Classifier)
            self.optimizer = torch.optim.AdamW(list(by_layer(self.model, self._recipe)), lr=self._recipe.learning_rate)
        return self.optimizer


class Rate(TrainerCallback):
    """Says how fast a course goes and when it will end, once soon and once when it can be believed."""

    def __init__(self, name: str, tokens: NDArray[np.int_], batch: int, say: Say) -> None:
        self._name, self._tokens, self._batch, self._say = name, tokens, batch, say
        self._times = list(RATES)
        self._begun, self._first = time.monotonic(), 0

    def on_train_begin(self, args: Any, state: TrainerState, control: Any, **_: Any) -> None:
        self._begun, self._first = time.monotonic(), state.global_step

    def on_step_end(self, args: Any, state: TrainerState, control: Any, **_: Any) -> None:
        seconds, step = time.monotonic() - self._begun, state.global_step
        if not self._times or seconds < self._times[0]:
            return
        self._times.pop(0)
        done = self._tokens[step - 1] - (self._tokens[self._first - 1] if self._first else 0)
        left = seconds * (self._tokens[-1] - self._tokens[step - 1]) / done
        posts = (step - self._first) * self._batch / seconds
        self._say(f"{self._name}: {posts:.1f} posts/s, {left / 60:.0f} minutes to go, {self._all(seconds / done)}")

    def _all(self, a_token: float) -> str:
        return f"{a_token * self._tokens[-1] / 60:.0f} minutes in all"


def course(
    model: Classifier,
    lesson: Lesson,
    tokenizer: Tokenizer,
    checkpoints: Path,
    recipe: Recipe,
    seed: int,
    progress: bool,
    say: Say,
) -> dict[str, Tensor]:
    """Trains the model on the lesson, from the last whole checkpoint on, and returns its state, in fp32 on the CPU."""
    model.encoder.get_input_embeddings().requires_grad_(not recipe.frozen)
    pad = padding(tokenizer)
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=1,  # the lesson holds all passes
        train_sampling_strategy="sequential",
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate,
        warmup_steps=recipe.warmup,
        bf16=has_bf16(),
        use_cpu=not torch.cuda.is_available(),
        seed=seed,
        remove_unused_columns=False,
        logging_steps=50,
        save_steps=0.05,  # of all steps
        save_total_limit=1,
        report_to=[],
        disable_tqdm=not progress,
    )
    trainer = TwoAnswers(
        recipe,
        model=model,
        args=arguments,
        train_dataset=lesson,
        data_collator=lambda rows: collate(rows, pad),
        callbacks=[Rate(checkpoints.name, lesson.tokens(recipe.batch), recipe.batch, say)],
    )
    last = last_whole(checkpoints)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    return {name: value.float().cpu() for name, value in model.state_dict().items()}


def collate(rows: Sequence[dict[str, Any]], pad: int) -> dict[str, Tensor]:
    """Pads a batch to its longest row."""
    pieces: list[Ids] = [row["ids"] for row in rows]
    ids, mask = pad_rows(pieces, pad)
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "labels": torch.tensor([row["label"] for row in rows]),
        "classes": torch.tensor([row["classes"] for row in rows]),
        "weights": torch.tensor(np.array([row["weight"] for row in rows])),
        "near": torch.tensor(np.stack([row["near"] for row in rows])).float(),  # (batch, width)
    }


def cross_entropy(logits: Tensor, labels: Tensor, classes: Tensor, smoothing: float) -> Tensor:
    """The cross entropy of each text over the classes that its dataset tells apart: (batch,).

    Args:
        logits: (batch, 3).
        classes: whether each class is one of them, (batch, 3).
        smoothing: share of the probability that is spread evenly over them.
    """
    loss = -logits.masked_fill(~classes, -torch.inf).log_softmax(dim=-1)
    even = loss.masked_fill(~classes, 0.0).sum(dim=-1) / classes.sum(dim=-1)
    return (1 - smoothing) * loss.gather(1, labels.unsqueeze(1)).squeeze(1) + smoothing * even


def by_layer(model: Classifier, recipe: Recipe) -> Iterator[dict[str, Any]]:
    """The groups of parameters for the optimiser: the deeper the layer, the lower its rate; the embeddings lowest."""
    layers: int = model.config.num_hidden_layers
    groups: dict[tuple[int, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = re.search(r"\.layer\.(\d+)\.", name)
        depth = layers - int(layer[1]) if layer else layers + 1 if ".embeddings." in name else 0
        groups.setdefault((depth, bool(PLAIN.search(name))), []).append(parameter)
    for (depth, plain), parameters in groups.items():
        rate = recipe.learning_rate * recipe.layer_decay**depth
        yield {"params": parameters, "lr": rate, "weight_decay": 0.0 if plain else recipe.weight_decay}


def last_whole(checkpoints: Path) -> Path | None:
    """The last checkpoint that was written to its end; the trainer's state is what it writes last."""
    by_step = sorted(
        checkpoints.glob("checkpoint-*"), key=lambda folder: int(folder.name.rsplit("-", 1)[1]), reverse=True
    )
    return next((folder for folder in by_step if _is_whole(folder)), None)


def _is_whole(checkpoint: Path) -> bool:
    try:
        TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    except (OSError, ValueError):
        return False
    return True
