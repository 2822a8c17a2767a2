"""Fits the heads to a judge: what is read off its embeddings besides the sentiment."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hubbub.core.errors import Misconfigured
from hubbub.models.head import Head
from hubbub.models.judge import Floats, Judge
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

FOUND = 0.95  # of the posts that teams answered
TUNED_ON = {
    "th": ("wisesight_th by hand", "replies_th"),
    "vi": ("visfd_vi", "aivivn_vi", "visfd_vi by hand", "vlsp2016_vi by hand", "replies_vi"),
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


def _fit(judge: Judge, said: Sequence[Example]) -> tuple[Head, Floats]:
    """The head, and what one that had not seen it says of each post."""
    texts = [example.text for example in said]
    languages = [detect(text) for text in texts]
    verdicts, embeddings = judge.read(texts, languages)
    if embeddings is None:
        raise Misconfigured(f"{judge.name} makes no embeddings that a head could be fitted on; use the embedded model")
    columns = features(texts, verdicts, languages, None), features(texts, verdicts, languages, embeddings)
    answers = np.array([example.needs_reply for example in said])
    counts = np.array([example.counts for example in said], dtype=np.float32)
    groups = [example.group for example in said]
    unseen = [held_out(part, answers, counts, groups) for part in columns]
    thresholds = [_thresholds(said, odds) for odds in unseen]
    shift = np.array([thresholds[1].get(language, 0.0) for language in languages], dtype=np.float32)
    return fit(judge.name, columns, answers, counts).shifted(thresholds), unseen[1] - shift


def _thresholds(said: Sequence[Example], odds: Floats) -> dict[str, float]:
    """By language, the log-odds from which on a post is said to need a reply.

    English: nearly every post is found that a team answered. Thai and Vietnamese: as large a share of those that need a
    reply is missed as of the others is found, so that precision and recall are about the same where the two are
    equally many.
    """
    found = {}
    for language, datasets in TUNED_ON.items():
        of_these = [at for at, one in enumerate(said) if one.dataset in datasets]
        wanted = np.array([said[at].needs_reply for at in of_these], dtype=bool)
        if wanted.any() and not wanted.all():
            found[language] = _even(odds[of_these], wanted)
    answered = [at for at, one in enumerate(said) if one.dataset == "care_opening"]
    if answered:
        found["en"] = float(np.quantile(odds[answered], 1 - FOUND))
    return found


def _even(odds: Floats, wanted: NDArray[np.bool_]) -> float:
    """The log-odds at which those who are missed and those who are found wrongly are the same share of their kind."""
    at = np.sort(odds)
    missed = np.searchsorted(np.sort(odds[wanted]), at, side="right") / wanted.sum()
    wrong = 1 - np.searchsorted(np.sort(odds[~wanted]), at, side="right") / (~wanted).sum()
    return float(at[np.abs(missed - wrong).argmin()])


def _told(said: Sequence[Example], odds: Floats) -> list[str]:
    """A line for each set: of how many of its posts it was said that they need a reply."""
    lines = []
    for name, title in SHOWN.items():
        for needs in (True, False):
            told = [odds[at] > 0 for at, one in enumerate(said) if one.needs_reply == needs and name in one.dataset]
            if told:
                kind = "need one" if needs else "need none"
                lines.append(f"{title} that {kind}: said of {np.mean(told):.1%} of {len(told):,}")
    return lines
