"""Fits the heads to a judge: what is read off its embeddings besides the sentiment."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.models.head import Head
from hubbub.models.judge import Judge
from hubbub.models.load import heads_of, load_judge
from hubbub.models.readers import needs_reply
from hubbub.models.readers.language import detect
from hubbub.models.training.fit_head import features, fit, held_out
from hubbub.models.training.replies import Example, examples

SHOWN = {  # what the examples of these sets say of the head, by whether they need a reply
    "care_opening": "opening posts that a team answered",
    "airline_reasons": "complaints to airlines",
    "complaints_en": "tweets, complaints or not",
    "semeval_en": "general tweets",
    "wisesight_th": "Thai posts on brands",
    "visfd_vi": "Vietnamese phone reviews",
    "replies": "posts written for it",
}


def fit_heads(data: Sequence[Path], model: str = "") -> list[str]:
    """Fits every head anew, writes it beside the weights of that judge, and returns lines on how good it is.

    Args:
        data: folders with the files of `models/training/replies.py`; without them the project's own posts are learned
            alone.
        model: as `load_judge` takes it.

    Raises:
        Misconfigured: a folder is not there, or the judge makes no embeddings.
    """
    judge = load_judge(model)
    said = examples(data)
    head, odds = _fit(judge, said)
    heads_of(model).mkdir(exist_ok=True)
    head.write(heads_of(model) / needs_reply.NAME)
    return [f"needs a reply, fitted on {len(said):,} posts for {judge.name}", *_told(said, odds)]


def _fit(judge: Judge, said: Sequence[Example]) -> tuple[Head, np.ndarray]:
    texts = [example.text for example in said]
    languages = [detect(text) for text in texts]
    verdicts, embeddings = judge.read(texts, languages)
    if embeddings is None:
        raise Misconfigured(f"{judge.name} makes no embeddings that a head could be fitted on; use the embedded model")
    columns = features(texts, verdicts, languages, None), features(texts, verdicts, languages, embeddings)
    answers = np.array([example.needs_reply for example in said])
    counts = np.array([example.counts for example in said], dtype=np.float32)
    odds = held_out(columns[1], answers, counts, [example.group for example in said])
    return fit(judge.name, columns, answers, counts), odds


def _told(said: Sequence[Example], odds: np.ndarray) -> list[str]:
    """A line for each set: how many of its posts were found by a head that had not seen their thread."""
    lines = []
    for name, title in SHOWN.items():
        for needs in (True, False):
            of_these = [
                odds[at] > 0 for at, one in enumerate(said) if one.needs_reply == needs and one.dataset.startswith(name)
            ]
            if of_these:
                lines.append(
                    f"{title}, {'one' if needs else 'none'} needed: {np.mean(of_these):.1%} of {len(of_these):,}"
                )
    return lines
