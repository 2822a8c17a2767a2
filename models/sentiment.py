"""Judges texts positive, neutral or negative: by the embedded model, or by any classifier that transformers loads."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label, Verdict
from hubbub.models.cuda import CudaGraph, has_cuda
from hubbub.models.engine import Engine, Floats, Ids, OnnxGraph
from hubbub.models.text import clean

WEIGHTS = Path(__file__).parent / "weights"
FAST = "fast"
LABELS = list(Label)
ALL = "all"
THRESHOLD = 0.5  # below it the label is more probably wrong than right
MAX_TOKENS = 128  # of a text that our own models read
DIGITS = 4  # behind the point: a text in other company differs in the seventh, and is nearly always the same document
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
        version: short hash of graphs and tokenizer.
        labels: in the order of the logits.
        max_tokens: of a text, special ones included; the rest of it is not read.
        temperatures: by language, that the logits are divided by (Guo et al. 2017, https://arxiv.org/abs/1706.04599);
            `all` where the language is another or not known.
        share: how many times the logits of the words are added to those of the network, before that.
        threshold: a verdict with less confidence is uncertain.
        words_temperatures: by language, that the logits of the words alone are divided by.
        words_enough: by language, confidence of the words alone from which the fast judge asks no further.
        languages: ISO 639-1, those that the model was tested on with success.
    """

    name: str
    version: str
    labels: list[str]
    max_tokens: int
    temperatures: dict[str, float]
    share: float
    threshold: float
    words_temperatures: dict[str, float]
    words_enough: dict[str, float]
    languages: list[str]

    @classmethod
    def read(cls, folder: Path) -> "Settings":
        """Raises:
        OSError, ValueError, TypeError: there are none, or they are of another version.
        """
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if set(found) != {field.name for field in fields(cls)} or found["labels"] != LABELS:
            raise ValueError("config.json is of another version of Hubbub")
        return cls(**found)

    def write(self, folder: Path) -> None:
        (folder / "config.json").write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def load_judge(model: str = "") -> Judge:
    """Loads a judge.

    Args:
        model: empty for the embedded model, `fast` for the same in haste; else a folder that `hubbub train` wrote, or a
            classifier that transformers loads, from a folder or the hub.

    Raises:
        Misconfigured: it is not there, is damaged, or has labels that are not sentiments.
    """
    if model in ("", FAST):
        if not (WEIGHTS / "config.json").is_file():
            raise Misconfigured(
                f"no embedded weights in {WEIGHTS}: train them (hubbub train DATA --base "
                "intfloat/multilingual-e5-small --out OUT) and copy OUT/weights there, or name a model in "
                "HUBBUB_SENTIMENT__MODEL"
            )
        return EmbeddedJudge(WEIGHTS, fast=model == FAST, gpu=has_cuda())
    if (Path(model) / "model.onnx").is_file():
        return EmbeddedJudge(Path(model), gpu=has_cuda())
    from hubbub.models.foreign import ForeignJudge  # torch and transformers take seconds to import

    return ForeignJudge(model)


class EmbeddedJudge:
    """Judges with the weights of one folder; in haste by the words alone where they are clear enough."""

    def __init__(self, folder: Path, fast: bool = False, gpu: bool = False) -> None:
        """Args:
            folder: that `hubbub train` wrote.
            fast: in haste.
            gpu: the network by torch in bf16 on CUDA, rather than in int8 on the CPU.

        Raises:
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
        self._fast = fast
        self.name = f"{self._settings.name}{'-fast' if fast else ''}@{self._settings.version}"
        self._engine = Engine(folder / "tokenizer.json", self._settings.max_tokens)
        self._network = CudaGraph(folder / "model.onnx") if gpu else OnnxGraph(folder / "model.onnx")
        self._words = OnnxGraph(folder / "words.onnx")

    def judge(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> list[Verdict]:
        cleaned, spoken = [clean(text) for text in texts], languages or [ALL] * len(texts)
        chances = self._in_haste(cleaned, spoken) if self._fast else self._thoroughly(cleaned, spoken)
        return self._verdicts(cleaned, chances, languages)

    def read(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> tuple[list[Verdict], Floats]:
        """Returns full verdicts and, from the same pass, the embeddings of the texts: (texts, width), of length 1.

        The cosine of two embeddings says how near two texts are in meaning, whatever their languages.
        """
        cleaned, spoken = [clean(text) for text in texts], languages or [ALL] * len(texts)
        logits, embeddings = self._engine.ask(cleaned, self._both)
        chances = softmax(logits / column(self._settings.temperatures, spoken))
        return self._verdicts(cleaned, chances, languages), embeddings

    def _both(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        """Network and words together: logits and embeddings."""
        (logits, embeddings), (words,) = self._network(ids, mask), self._words(ids, mask)
        return logits + self._settings.share * words, embeddings

    def _thoroughly(self, cleaned: Sequence[str], languages: Sequence[str]) -> Floats:
        """Probabilities: (texts, 3)."""
        (logits,) = self._engine.ask(cleaned, lambda ids, mask: self._both(ids, mask)[:1])
        return softmax(logits / column(self._settings.temperatures, languages))

    def _in_haste(self, cleaned: Sequence[str], languages: Sequence[str]) -> Floats:
        """The same, from the words alone where they are clear enough."""
        (words,) = self._engine.ask(cleaned, self._words)
        chances = softmax(words / column(self._settings.words_temperatures, languages))
        clear = chances.max(axis=1, keepdims=True) >= column(self._settings.words_enough, languages)
        rest = np.flatnonzero(~clear)
        if rest.size:
            chances[rest] = self._thoroughly([cleaned[at] for at in rest], [languages[at] for at in rest])
        return chances

    def _verdicts(self, cleaned: Sequence[str], chances: Floats, languages: Sequence[str] | None) -> list[Verdict]:
        tested = self._settings.languages
        known = [True] * len(cleaned) if languages is None else [language in tested for language in languages]
        return verdicts(self.name, cleaned, chances, known, self._settings.threshold)


def column(by_language: Mapping[str, float], languages: Sequence[str]) -> Floats:
    """The value of each language, or that of `all`: (texts, 1)."""
    values = [by_language.get(language, by_language[ALL]) for language in languages]
    return np.array(values, dtype=np.float32).reshape(-1, 1)


def verdicts(
    model: str, cleaned: Sequence[str], chances: NDArray[np.floating[Any]], known: Sequence[bool], threshold: float
) -> list[Verdict]:
    """Turns probabilities (texts, 3), in the order of `Label`, into verdicts; no text is neutral and uncertain."""
    answers = []
    for text, row, sure in zip(cleaned, chances, known, strict=True):
        p = row if text else NOTHING_SAID
        label = LABELS[int(p.argmax())] if text else Label.neutral
        confidence = round(min(1.0, float(p.max())), DIGITS)
        score = float(p[LABELS.index(Label.positive)] - p[LABELS.index(Label.negative)])
        score = round(score, DIGITS) + 0.0  # never -0.0
        uncertain = not text or not sure or confidence < threshold
        answers.append(Verdict(label=label, confidence=confidence, score=score, uncertain=uncertain, model=model))
    return answers


def softmax(logits: NDArray[np.floating[Any]]) -> NDArray[Any]:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def fingerprint(folder: Path) -> str:
    """Short SHA-256 of graphs and tokenizer, not of the settings: the version of the weights, and the proof that they
    are whole."""
    digest = hashlib.sha256()
    for name in ("model.onnx", "words.onnx", "tokenizer.json"):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]
