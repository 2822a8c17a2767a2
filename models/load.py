"""Chooses the judge that a setting names, and keeps one reader a process."""

from functools import cache
from pathlib import Path
from threading import Lock

from hubbub.core.errors import Misconfigured
from hubbub.models.cuda import has_cuda
from hubbub.models.embedded import EmbeddedJudge
from hubbub.models.enrich import Enrichment
from hubbub.models.judge import Judge

WEIGHTS = Path(__file__).parent / "weights"
FAST = "fast"

_loading = Lock()


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
    if _is_our_own(model):
        return EmbeddedJudge(Path(model), gpu=has_cuda())
    from hubbub.models.foreign import ForeignJudge  # torch and transformers take seconds to import

    return ForeignJudge(model)


def heads_of(model: str) -> Path:
    """The folder of the heads for a judge: that of its weights; a judge of another make has what the embedded one has
    for words alone."""
    return Path(model) if _is_our_own(model) else WEIGHTS


def _is_our_own(model: str) -> bool:
    return model not in ("", FAST) and (Path(model) / "model.onnx").is_file()


def load_reader(model: str) -> Enrichment:
    """The reader with the judge of that name (see `load_judge`), loaded once a process, by whichever thread asks first.

    Raises:
        Misconfigured: as `load_judge` says.
    """
    with _loading:
        return _load(model)


@cache
def _load(model: str) -> Enrichment:
    return Enrichment(load_judge(model), heads_of(model))
