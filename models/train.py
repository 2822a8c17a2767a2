"""Fine-tunes a multilingual encoder for three-way sentiment.

    hubbub train DATA --base ENCODER --out FOLDER

DATA holds `train/` and `val/` folders of labelled posts. The whole encoder is trained but for its word embeddings; each
text is the mean of its last hidden states, judged by one linear layer. FOLDER/weights is what serves, with its card.
A run that was killed goes on from its last checkpoint when it is started again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, Trainer, TrainingArguments
from transformers.trainer_callback import TrainerState
from transformers.trainer_utils import set_seed
from transformers.utils import logging as transformers_logging

from hubbub.core.errors import Misconfigured
from hubbub.models.card import Run
from hubbub.models.classifier import Classifier
from hubbub.models.labelled import Labelled, labelled_files, posts_in, read_labelled
from hubbub.models.sentiment import LABELS
from hubbub.models.text import clean
from hubbub.models.vocabulary import trim


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out of a training run, besides the data and the base encoder."""

    epochs: float = 1.0
    learning_rate: float = 1e-4
    batch: int = 32
    max_tokens: int = 80
    label_smoothing: float = 0.05
    warmup: float = 0.06
    pieces: int = 54_000
    seed: int = 7


class SmoothedTrainer(Trainer):
    """The plain trainer with cross entropy on smoothed labels for a module that knows nothing of losses."""

    def compute_loss(self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, **_: Any) -> Any:
        outputs = model(**inputs)
        loss = nn.functional.cross_entropy(
            outputs["logits"].float(), inputs["labels"], label_smoothing=self.args.label_smoothing_factor
        )
        return (loss, outputs) if return_outputs else loss


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
        reason = " ".join(str(error).split())[:200]
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
    encoder.set_input_embeddings(nn.Embedding.from_pretrained(rows, freeze=True, padding_idx=pad))
    return Classifier(encoder), smaller


def rebalanced(posts: Sequence[Labelled]) -> Iterator[Labelled]:
    """Repeats the posts of a rare class, up to half of the largest class of its language but four times at most."""
    counts = Counter((post.language, post.label) for post in posts)
    for post in posts:
        largest = max(counts[post.language, label] for label in LABELS)
        yield from [post] * min(4, max(1, round(largest / 2 / counts[post.language, post.label])))


def encode(tokenizer: Tokenizer, posts: Sequence[Labelled], max_tokens: int) -> list[dict[str, Any]]:
    """Returns one `{input_ids, labels}` a post, at most `max_tokens` long."""
    tokenizer.enable_truncation(max_tokens)
    encodings = tokenizer.encode_batch([clean(post.text) for post in posts])
    return [{"input_ids": e.ids, "labels": LABELS.index(p.label)} for e, p in zip(encodings, posts, strict=True)]


def collate(rows: list[dict[str, Any]], pad: int) -> dict[str, Tensor]:
    """Pads a batch to its longest row."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(r["input_ids"]) for r in rows], batch_first=True, padding_value=pad)
    return {
        "input_ids": ids,
        "attention_mask": (ids != pad).long(),
        "labels": torch.tensor([row["labels"] for row in rows]),
    }


def train(data: Path, base: str, out: Path, recipe: Recipe = Recipe(), progress: bool = True) -> Path:
    """Trains on `data/train`, calibrates and measures on `data/val`, and returns the folder `out/weights`.

    Checkpoints lie in `out/checkpoints`: the same call goes on from the last one, with the result that it would have
    had without the interruption.

    Raises:
        Misconfigured: the extra `train` is not installed, the data or the base encoder cannot be read, or `out` holds a
            run with other data, another base or another recipe.
    """
    if not (find_spec("accelerate") and find_spec("onnx")):
        raise Misconfigured("training needs two more packages: pip install accelerate onnx")
    from hubbub.models.export import export

    posts, val = read_labelled([data / "train"]), read_labelled([data / "val"])
    run = Run(describe(base), asdict(recipe), _sizes(data / "train"), _sizes(data / "val"))
    _claim(out, {"base": base, "recipe": asdict(recipe), "data": _digest([*posts, *val])})
    classifier, tokenizer = fit(posts, base, out / "checkpoints", recipe, progress)
    return export(classifier, tokenizer, val, run, out)


def fit(
    posts: Sequence[Labelled], base: str, checkpoints: Path, recipe: Recipe, progress: bool
) -> tuple[Classifier, Tokenizer]:
    """Trains, from the last whole checkpoint on if there is one, and returns the classifier with its tokenizer."""
    set_seed(recipe.seed)
    model, tokenizer = load_base(base, [clean(post.text) for post in posts], recipe.pieces)
    pad = tokenizer.token_to_id("<pad>")
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate,
        warmup_steps=recipe.warmup,
        label_smoothing_factor=recipe.label_smoothing,
        weight_decay=0.01,
        bf16=_has_bf16(),
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        logging_steps=50,
        save_steps=0.05,  # of all steps
        save_total_limit=1,
        report_to=[],
        disable_tqdm=not progress,
    )
    trainer = SmoothedTrainer(
        model=model,
        args=arguments,
        train_dataset=encode(tokenizer, list(rebalanced(posts)), recipe.max_tokens),
        data_collator=lambda rows: collate(rows, pad),
    )
    last = last_whole(checkpoints)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    trained = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)  # without its autocast to bf16
    return trained.eval().cpu(), tokenizer


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
    note = out / "run.json"
    if note.is_file() and json.loads(note.read_text(encoding="utf-8")) != what:
        raise Misconfigured(
            f"{out}: holds a run with other data, base or recipe; name another folder or delete this one"
        )
    out.mkdir(parents=True, exist_ok=True)
    draft = out / "run.json.draft"
    draft.write_text(json.dumps(what, indent=1), encoding="utf-8")
    draft.replace(note)


def _digest(posts: Sequence[Labelled]) -> str:
    return hashlib.sha256(json.dumps(posts).encode()).hexdigest()


def _sizes(folder: Path) -> dict[str, int]:
    return {file.name: sum(1 for _ in posts_in(file)) for file in labelled_files(folder)}


def _has_bf16() -> bool:
    """bf16 where the hardware multiplies it; elsewhere it is emulated and slower than fp32."""
    return torch.cuda.is_available() or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
