"""Judges texts positive, neutral or negative: by the embedded model, or by any classifier that transformers loads."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label, Verdict
from hubbub.models.engine import Engine
from hubbub.models.text import clean

WEIGHTS = Path(__file__).parent / "weights"
LABELS = list(Label)
NOTHING_SAID = np.full(len(LABELS), 1 / len(LABELS), dtype=np.float32)


class Judge(Protocol):
    @property
    def name(self) -> str:
        """Name and version, as every verdict carries it."""
        ...

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        """Returns one verdict a text, in their order. Any string gets one; one that holds nothing to read is uncertain.

        Args:
            languages: ISO 639-1 or `und`, one a text. A model that was tested by language is uncertain in all others;
                without this argument no verdict is uncertain for its language.
        """
        ...


@dataclass(frozen=True)
class Settings:
    """`config.json` beside the weights.

    Attributes:
        version: short hash of model and tokenizer.
        labels: in the order of the logits.
        max_tokens: of a text, special ones included; the rest of it is not read.
        temperature: that the logits are divided by (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
        threshold: a verdict with less confidence is uncertain.
        languages: ISO 639-1, those that the model was tested on with success.
        width: numbers in the encoder's mean hidden state.
    """

    name: str
    version: str
    labels: list[str]
    max_tokens: int
    temperature: float
    threshold: float
    languages: list[str]
    width: int

    @classmethod
    def read(cls, folder: Path) -> "Settings":
        """Raises:
        OSError, ValueError, TypeError: there are none, or they are not ours.
        """
        return cls(**json.loads((folder / "config.json").read_text(encoding="utf-8")))


def load_judge(model: str = "") -> Judge:
    """Loads the embedded model (""), a folder that `hubbub train` wrote, or a classifier from a folder or the hub.

    Raises:
        Misconfigured: it is not there, is damaged, or has labels that are not sentiments.
    """
    if not model:
        if not (WEIGHTS / "config.json").is_file():
            raise Misconfigured(
                f"no embedded weights in {WEIGHTS}: train them (hubbub train DATA --base "
                "intfloat/multilingual-e5-small --out OUT) and copy OUT/weights there, or name a model in "
                "HUBBUB_SENTIMENT__MODEL"
            )
        return EmbeddedJudge(WEIGHTS)
    if (Path(model) / "model.onnx").is_file():
        return EmbeddedJudge(Path(model))
    from hubbub.models.foreign import ForeignJudge  # torch and transformers take seconds to import

    return ForeignJudge(model)


class EmbeddedJudge:
    """Judges with the weights of one folder, by ONNX Runtime."""

    def __init__(self, folder: Path) -> None:
        """Raises:
        Misconfigured: a file is missing or is not the one that the folder was written with.
        """
        try:
            self._settings = Settings.read(folder)
            found = fingerprint(folder)
        except (OSError, ValueError, TypeError) as error:
            raise Misconfigured(f"{folder}: weights cannot be read ({error}); restore or train them again") from None
        if found != self._settings.version:
            raise Misconfigured(
                f"{folder}: weights are damaged (version {self._settings.version}, but the files make {found}); "
                "restore or train them again"
            )
        self.name = f"{self._settings.name}@{self._settings.version}"
        self._engine = Engine(folder / "model.onnx", folder / "tokenizer.json", self._settings.max_tokens)

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        cleaned = [clean(text) for text in texts]
        chances = softmax(self._engine.logits(cleaned) / self._settings.temperature)  # (texts, 3)
        tested = self._settings.languages
        known = [True] * len(cleaned) if languages is None else [language in tested for language in languages]
        return verdicts(self.name, cleaned, chances, known, self._settings.threshold)


def verdicts(
    model: str, cleaned: Sequence[str], chances: NDArray[np.floating[Any]], known: Sequence[bool], threshold: float
) -> list[Verdict]:
    """Turns probabilities (texts, 3), in the order of `Label`, into verdicts; no text is neutral and uncertain."""
    answers = []
    for text, row, sure in zip(cleaned, chances, known, strict=True):
        p = row if text else NOTHING_SAID
        label = LABELS[int(p.argmax())] if text else Label.neutral
        confidence = min(1.0, float(p.max()))
        score = float(p[LABELS.index(Label.positive)] - p[LABELS.index(Label.negative)])
        uncertain = not text or not sure or confidence < threshold
        answers.append(Verdict(label=label, confidence=confidence, score=score, uncertain=uncertain, model=model))
    return answers


def softmax(logits: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def fingerprint(folder: Path) -> str:
    """Short SHA-256 of model and tokenizer: the version of the weights, and the proof that they are whole."""
    digest = hashlib.sha256()
    for name in ("model.onnx", "tokenizer.json"):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]
