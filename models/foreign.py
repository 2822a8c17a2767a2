"""Judges with any sequence classifier that transformers loads, its own labels mapped to ours."""

import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging as transformers_logging

from hubbub.core.errors import Misconfigured
from hubbub.core.text import one_line
from hubbub.core.verdict import Label, Verdict
from hubbub.models.judge import LABELS, THRESHOLD, Floats, verdicts
from hubbub.models.text import clean

BATCH = 32
MAX_TOKENS = 512

_WORDS = {
    Label.negative: "neg negative negativ négatif négative negativo negativa negatif tiêu_cực ลบ เชิงลบ سلبي नकारात्मक",
    Label.neutral: "neu neutral neutre neutro neutra netral q question trung_tính trung_lập กลาง เป็นกลาง محايد तटस्थ",
    Label.positive: "pos positive positiv positif positivo positiva tích_cực บวก เชิงบวก إيجابي सकारात्मक",
}
_MEANING = {word.replace("_", " "): label for label, words in _WORDS.items() for word in words.split()}
_DEGREE = re.compile(r"^(very|extremely|slightly|somewhat|mostly)[ _-]+")
_STARS = re.compile(r"^([1-5])[ _-]*(star|stars|stelle|stella|étoiles?|estrellas?|estrelas?|sterne?)$")


class ForeignJudge:
    """Judges in bf16 on CUDA and in fp32 elsewhere. Its probabilities are taken as they are, not calibrated."""

    def __init__(self, name: str) -> None:
        """Loads the classifier and its tokenizer.

        Args:
            name: a folder, or a model's id on the hub.

        Raises:
            Misconfigured: there is no such model, it is damaged, or its labels are not sentiments.
        """
        self.name = name
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model, self._tokenizer = _load(name, torch.bfloat16 if self._device == "cuda" else torch.float32)
        self._model.to(self._device).eval()
        names = self._model.config.id2label
        self._meaning = meanings(name, [str(names[at]) for at in sorted(names)])
        positions = getattr(self._model.config, "max_position_embeddings", None) or MAX_TOKENS
        self._max_tokens = min(self._tokenizer.model_max_length, positions - 2, MAX_TOKENS)

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        return self.read(texts, languages)[0]

    def read(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> tuple[list[Verdict], None]:
        cleaned = [clean(text) for text in texts]
        rows = {text: at for at, text in enumerate(dict.fromkeys(cleaned))}
        chances = np.zeros((len(rows), len(LABELS)), dtype=np.float32)
        for batch in _batches(sorted(rows, key=len)):
            chances[[rows[text] for text in batch]] = self._chances(batch)
        own = chances[[rows[text] for text in cleaned]]
        return verdicts(self.name, cleaned, own, [THRESHOLD] * len(cleaned)), None

    def glance(self, texts: Sequence[str], languages: Sequence[str]) -> None:
        return None

    @torch.inference_mode()
    def _chances(self, texts: list[str]) -> Floats:
        inputs = self._tokenizer(texts, truncation=True, max_length=self._max_tokens, padding=True, return_tensors="pt")
        logits = self._model(**inputs.to(self._device)).logits.float().cpu()  # (batch, its labels)
        own = torch.softmax(logits, dim=-1).numpy()
        ours = [own[:, [meaning is label for meaning in self._meaning]].sum(axis=1) for label in LABELS]
        return np.stack(ours, axis=1)  # (batch, 3)


def meanings(model: str, names: Sequence[str]) -> list[Label]:
    """Returns what each of a model's labels means, in their order; two may mean the same (`1 star`, `2 stars`).

    Raises:
        Misconfigured: a label is not known as a sentiment, or none is negative or none positive.
    """
    if [name.upper() for name in names] == ["LABEL_0", "LABEL_1", "LABEL_2"]:
        return list(LABELS)
    found = [_meaning(name) for name in names]
    known = [label for label in found if label is not None]
    if len(known) < len(found) or not {Label.negative, Label.positive} <= set(known):
        raise Misconfigured(
            f"model {model}: its labels are not sentiments that Hubbub knows: {', '.join(names)}; name them negative, "
            "neutral and positive (id2label in its config.json) or choose another model"
        )
    return known


def _meaning(name: str) -> Label | None:
    plain = " ".join(re.split(r"[\s_-]+", name.strip().casefold()))
    if stars := _STARS.match(plain):
        return {1: Label.negative, 2: Label.negative, 3: Label.neutral}.get(int(stars[1]), Label.positive)
    return _MEANING.get(_DEGREE.sub("", plain))


def _load(name: str, dtype: torch.dtype) -> tuple[Any, Any]:
    transformers_logging.disable_progress_bar()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    try:
        model = AutoModelForSequenceClassification.from_pretrained(name, dtype=dtype)
        tokenizer = AutoTokenizer.from_pretrained(name)
    except ImportError as error:
        raise Misconfigured(f"model {name}: needs a package that is not installed ({_line(error)})") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        raise Misconfigured(
            f"model {name}: no sequence classifier in a folder of this name or to be had from the hub ({_line(error)})"
        ) from None
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
        model.config.pad_token_id = tokenizer.pad_token_id
    return model, tokenizer


def _line(error: Exception) -> str:
    """The first sentence of what transformers says, which may run over many lines."""
    return one_line(error).split(". ")[0][:200]


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), BATCH):
        yield list(texts[start : start + BATCH])
