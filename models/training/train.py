"""Fine-tunes a multilingual encoder for three-way sentiment.

    hubbub train DATA --base ENCODER --out FOLDER

DATA holds `train/` and `val/` folders of labelled posts. The whole encoder learns the sentiment of each text, and to
stay near the sentence embedding that it gave before; it does so several times, and the weights that it ends with are
averaged. A linear model on words is learned beside it. FOLDER/weights is what serves, with its card.
A run that was killed goes on from its last checkpoint when it is started again.
"""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import AutoModel, AutoTokenizer, Trainer, TrainingArguments
from transformers.trainer_callback import TrainerState
from transformers.trainer_utils import set_seed
from transformers.utils import logging as transformers_logging

from hubbub.core.errors import Misconfigured
from hubbub.core.text import one_line
from hubbub.core.verdict import Label
from hubbub.models.classifier import Classifier
from hubbub.models.embedded import MAX_TOKENS
from hubbub.models.text import clean
from hubbub.models.training.card import Run
from hubbub.models.training.export import export
from hubbub.models.training.fit_words import fit_words
from hubbub.models.training.labelled import Labelled, labelled_files, posts_in, read_labelled
from hubbub.models.training.lesson import order, repeats, target, weights
from hubbub.models.training.vocabulary import trim
from hubbub.models.training.words import Words

BATCH = 128  # texts at a time in a pass that learns nothing


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out of a training run, besides the data and the base encoder.

    Attributes:
        courses: times that the encoder is trained from the same start, the posts in another order; their weights are
            averaged (model soups: Wortsman et al. 2022, https://arxiv.org/abs/2203.05482).
        passes: over the training posts, in each course.
        batch: posts in a step.
        max_tokens: of a text while training, special ones included.
        label_smoothing: share of the probability that goes to the other classes.
        warmup: share of the steps in which the learning rate rises to its height, before it falls to zero.
        pieces: of the vocabulary, that are kept.
        few: a language with fewer posts is seen twice in each pass.
        balance: by language, how far rare classes are lifted: 0 not at all, 1 to the weight of the frequent ones.
        unlabelled: languages whose labels are not learned, only their embeddings.
        closeness: weight of the cosine distance to the base encoder's embedding, beside the cross entropy.
    """

    courses: int = 2
    passes: float = 2.5
    learning_rate: float = 1.4e-4
    batch: int = 64
    max_tokens: int = 80
    label_smoothing: float = 0.05
    warmup: float = 0.06
    weight_decay: float = 0.01
    pieces: int = 54_000
    few: int = 5_000
    balance: Mapping[str, float] = field(default_factory=lambda: {"en": 0.75, "th": 0.25, "vi": 0.5})
    unlabelled: Sequence[str] = ("hi",)
    closeness: float = 2.0
    seed: int = 7


class Rows(Dataset[dict[str, Any]]):
    """Rows in the order in which they are learned."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> dict[str, Any]:
        return self._rows[at]


class TwoAnswers(Trainer):
    """The trainer with the loss of both answers, in the order of the rows as they are given."""

    def __init__(self, *args: Any, closeness: float, **named: Any) -> None:
        super().__init__(*args, **named)
        self._closeness = closeness

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        logits, embedding = model(inputs["input_ids"], inputs["attention_mask"])
        entropy = nn.functional.cross_entropy(
            logits.float(), inputs["labels"], label_smoothing=self.args.label_smoothing_factor, reduction="none"
        )
        distance = 1 - (embedding.float() * inputs["base"]).sum(-1)
        loss = (entropy * inputs["weights"]).mean() + self._closeness * distance.mean()
        return (loss, (logits, embedding)) if return_outputs else loss


def load_base(base: str, texts: Sequence[str], pieces: int) -> tuple[Classifier, Tokenizer]:
    """Loads an encoder from a folder or the hub and trims its vocabulary to `pieces`.

    Raises:
        Misconfigured: the encoder cannot be loaded or has no fast tokenizer.
    """
    try:
        transformers_logging.disable_progress_bar()  # of loading; training has its own
        transformers_logging.set_verbosity_error()  # it reports the pooler, which is not used, as missing
        encoder = AutoModel.from_pretrained(base, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
    except (OSError, ValueError, AttributeError) as error:
        reason = one_line(error, 200)
        raise Misconfigured(f"--base {base}: not an encoder that transformers can load ({reason})") from None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if type(tokenizer.model).__name__ != "Unigram" or tokenizer.token_to_id("<pad>") is None:
        raise Misconfigured(
            f"--base {base}: needs a unigram (SentencePiece) tokenizer with <pad>, as XLM-R and E5 have"
        )
    smaller, kept = trim(tokenizer, texts, pieces)
    words = encoder.get_input_embeddings()
    rows = words.weight.data[kept].clone()
    pad = smaller.token_to_id("<pad>")
    encoder.set_input_embeddings(nn.Embedding.from_pretrained(rows, freeze=False, padding_idx=pad))
    return Classifier(encoder), smaller


def collate(rows: Sequence[dict[str, Any]], pad: int) -> dict[str, Tensor]:
    """Pads a batch to its longest row."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(r["input_ids"]) for r in rows], batch_first=True, padding_value=pad)
    batch = {"input_ids": ids, "attention_mask": (ids != pad).long()}
    if "labels" in rows[0]:
        batch["labels"] = torch.tensor([row["labels"] for row in rows])
        batch["weights"] = torch.tensor([row["weights"] for row in rows])
        batch["base"] = torch.tensor(np.stack([row["base"] for row in rows])).float()  # (batch, width)
    return batch


def train(data: Path, base: str, out: Path, recipe: Recipe = Recipe(), progress: bool = True) -> Path:
    """Trains on `data/train`, calibrates and measures on `data/val`, and returns the folder `out/weights`.

    Checkpoints lie in `out/course-0` and so on: the same call goes on from the last one, with the result that it would
    have had without the interruption.

    Raises:
        Misconfigured: the data or the base encoder cannot be read, the data lack a label, or `out` holds a run with
            other data, another base or another recipe.
    """
    posts, val = read_labelled([data / "train"]), read_labelled([data / "val"])
    digest = _digest([*posts, *val])
    val = [post for post in val if post.language not in recipe.unlabelled]
    if {post.label for post in posts if post.language not in recipe.unlabelled} != set(Label) or not val:
        raise Misconfigured(f"{data}: needs posts of all three labels in train/, and some in val/, whose labels count")
    set_seed(recipe.seed)
    model, tokenizer = load_base(base, [clean(post.text) for post in posts], recipe.pieces)
    _claim(out, {"base": base, "recipe": asdict(recipe), "data": digest})
    classifier, words, near = fit(model, tokenizer, posts, val, out, recipe, progress)
    run = Run(describe(base), asdict(recipe), _sizes(data / "train"), _sizes(data / "val"))
    return export(classifier, words, tokenizer, near, posts, val, run, out)


def fit(
    model: Classifier,
    tokenizer: Tokenizer,
    posts: Sequence[Labelled],
    val: Sequence[Labelled],
    out: Path,
    recipe: Recipe,
    progress: bool,
) -> tuple[Classifier, Words, NDArray[np.float16]]:
    """Trains, from the last whole checkpoint on if there is one.

    Returns:
        network, words, and the base encoder's embeddings of the validation posts (posts, width).
    """
    pad = tokenizer.token_to_id("<pad>")
    assert pad is not None  # `load_base` made sure
    rows = encode(tokenizer, posts, recipe.max_tokens)
    near = base_embeddings(model, rows, pad, out / "base_train.npy", progress)
    near_val = base_embeddings(model, encode(tokenizer, val, MAX_TOKENS), pad, out / "base_val.npy", progress)
    counts = weights(posts, recipe.balance)
    for row, post, count, embedding in zip(rows, posts, counts, near, strict=True):
        row |= {"labels": target(post, recipe.unlabelled), "weights": count, "base": embedding}
    once = repeats(posts, recipe.few)
    learned = [
        course(copy.deepcopy(model), rows, once, pad, out / f"course-{number}", recipe, recipe.seed + number, progress)
        for number in range(recipe.courses)
    ]
    model.load_state_dict({name: sum(one[name] for one in learned) / len(learned) for name in learned[0]})
    labels = np.array([row["labels"] for row in rows])
    words = fit_words(tokenizer, [row["input_ids"] for row in rows], labels, counts)
    return model.cpu().eval(), words, near_val


def course(
    model: Classifier,
    rows: Sequence[dict[str, Any]],
    once: Sequence[int],
    pad: int,
    checkpoints: Path,
    recipe: Recipe,
    seed: int,
    progress: bool,
) -> dict[str, Tensor]:
    """Trains the model on the rows, `once` being those of one pass, and returns its state, in fp32 on the CPU."""
    seen = order(once, [len(row["input_ids"]) for row in rows], recipe.passes, recipe.batch, seed)
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=1,  # `seen` holds all passes
        train_sampling_strategy="sequential",
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate,
        warmup_steps=recipe.warmup,
        label_smoothing_factor=recipe.label_smoothing,
        weight_decay=recipe.weight_decay,
        bf16=_has_bf16(),
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
        model=model,
        args=arguments,
        train_dataset=Rows([rows[row] for row in seen]),
        data_collator=lambda batch: collate(batch, pad),
        closeness=recipe.closeness,
    )
    last = last_whole(checkpoints)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    return {name: value.float().cpu() for name, value in model.state_dict().items()}


def encode(tokenizer: Tokenizer, posts: Sequence[Labelled], max_tokens: int) -> list[dict[str, Any]]:
    """Returns one `{input_ids}` a post, at most `max_tokens` long."""
    tokenizer.enable_truncation(max_tokens)
    return [{"input_ids": encoding.ids} for encoding in tokenizer.encode_batch([clean(post.text) for post in posts])]


def base_embeddings(
    model: Classifier, rows: Sequence[dict[str, Any]], pad: int, file: Path, progress: bool
) -> NDArray[np.float16]:
    """Returns what the untrained encoder makes of every row, (rows, width); kept in `file` for a run that goes on."""
    if file.is_file():
        kept: NDArray[np.float16] = np.load(file)
        return kept
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.eval().to(device)
    found = np.zeros((len(rows), model.config.hidden_size), dtype=np.float16)
    by_length = sorted(range(len(rows)), key=lambda row: len(rows[row]["input_ids"]))
    for start in track(range(0, len(rows), BATCH), "base embeddings", disable=not progress):
        chosen = by_length[start : start + BATCH]
        batch = {name: ids.to(device) for name, ids in collate([rows[row] for row in chosen], pad).items()}
        with torch.autocast(device, torch.bfloat16, enabled=_has_bf16()):
            found[chosen] = model.base_embedding(**batch).cpu().numpy()
    draft = file.with_suffix(".draft.npy")
    np.save(draft, found)
    draft.replace(file)
    return found


def describe(base: str) -> str:
    """A base encoder in words: the first line of the README in its folder, else its name."""
    readme = Path(base) / "README.md"
    lines = readme.read_text(encoding="utf-8").strip().splitlines() if readme.is_file() else []
    return lines[0] if lines and not lines[0].startswith("-") else Path(base).name if Path(base).is_dir() else base


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


def _sizes(folder: Path) -> dict[str, int]:
    return {file.name: sum(1 for _ in posts_in(file)) for file in labelled_files(folder)}


def _has_bf16() -> bool:
    """Whether the hardware multiplies in bf16; elsewhere it is emulated and slower than fp32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))
