"""Judges with weights that `hubbub train` wrote: the network and the words beside it, or the words alone in haste."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Verdict
from hubbub.models.cuda import CudaGraph
from hubbub.models.engine import Engine, Ids, OnnxGraph
from hubbub.models.judge import LABELS, Floats, verdicts
from hubbub.models.text import clean

ALL = "all"
MAX_TOKENS = 128  # of a text that our own models read


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
        thresholds: by language, a verdict with less confidence is uncertain; `all` where no language is given.
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
    thresholds: dict[str, float]
    words_temperatures: dict[str, float]
    words_enough: dict[str, float]
    languages: list[str]

    @classmethod
    def load(cls, folder: Path) -> "Settings":
        """Loads them from a folder of weights.

        Raises:
            OSError, ValueError, TypeError: there are none, or they are of another version.
        """
        found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if set(found) != {field.name for field in fields(cls)} or found["labels"] != LABELS:
            raise ValueError("config.json is of another version of Hubbub")
        return cls(**found)

    def write(self, folder: Path) -> None:
        (folder / "config.json").write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


class EmbeddedJudge:
    """Judges with the weights of one folder; in haste by the words alone where they are clear enough."""

    def __init__(self, folder: Path, fast: bool = False, gpu: bool = False) -> None:
        """Loads the weights.

        Args:
            folder: that `hubbub train` wrote.
            fast: in haste.
            gpu: the network by torch in bf16 on CUDA, rather than in int8 on the CPU.

        Raises:
            Misconfigured: a file is missing or is not the one that the folder was written with.
        """
        try:
            self._settings = Settings.load(folder)
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
        return self.read(texts, languages)[0]

    def read(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> tuple[list[Verdict], Floats | None]:
        cleaned, spoken = [clean(text) for text in texts], languages or [ALL] * len(texts)
        chances, embeddings = (self._in_haste if self._fast else self._thoroughly)(cleaned, spoken)
        tested = self._settings.languages if languages else [ALL]
        thresholds = [self._settings.thresholds[one] if one in tested else math.inf for one in spoken]
        return verdicts(self.name, cleaned, chances, thresholds), embeddings

    def glance(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        return self._by_words([clean(text) for text in texts], languages)

    def _by_words(self, cleaned: Sequence[str], languages: Sequence[str]) -> Floats:
        """Probabilities by the words alone, (texts, 3)."""
        (words,) = self._engine.ask(cleaned, self._words)
        return softmax(words / column(self._settings.words_temperatures, languages))

    def _thoroughly(self, cleaned: Sequence[str], languages: Sequence[str]) -> tuple[Floats, Floats]:
        """Probabilities (texts, 3), and embeddings (texts, width)."""
        logits, embeddings = self._engine.ask(cleaned, self._both)
        return softmax(logits / column(self._settings.temperatures, languages)), embeddings

    def _in_haste(self, cleaned: Sequence[str], languages: Sequence[str]) -> tuple[Floats, None]:
        """The same, from the words alone where they are clear enough, which give no embeddings."""
        chances = self._by_words(cleaned, languages)
        clear = chances.max(axis=1, keepdims=True) >= column(self._settings.words_enough, languages)
        rest = np.flatnonzero(~clear).tolist()
        if rest:
            chances[rest], _ = self._thoroughly([cleaned[at] for at in rest], [languages[at] for at in rest])
        return chances, None

    def _both(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        """Network and words together: logits and embeddings."""
        (logits, embeddings), (words,) = self._network(ids, mask), self._words(ids, mask)
        return logits + self._settings.share * words, embeddings


def column(by_language: Mapping[str, float], languages: Sequence[str]) -> Floats:
    """The value of each language, or that of `all`: (texts, 1)."""
    values = [by_language.get(language, by_language[ALL]) for language in languages]
    return np.array(values, dtype=np.float32).reshape(-1, 1)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def fingerprint(folder: Path) -> str:
    """Short SHA-256 of graphs and tokenizer, not of the settings: the version of the weights, and the proof that they
    are whole."""
    digest = hashlib.sha256()
    for name in ("model.onnx", "words.onnx", "tokenizer.json"):
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]
