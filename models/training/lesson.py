"""What a training run shows the network: which posts, in which order, and how much each counts."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hubbub.models.judge import LABELS
from hubbub.models.training.labelled import Labelled

UNLABELLED = -100  # torch's cross entropy passes over it
GROUP = 50  # batches that are sorted by length together


def weights(posts: Sequence[Labelled], balance: Mapping[str, float]) -> NDArray[np.float32]:
    """Returns how much each post counts (posts,), 1 on average in every language.

    Args:
        balance: by language, 0 where all posts count the same, 1 where all classes do; 0 for a language not named.
    """
    sizes = Counter((post.language, post.label) for post in posts)
    raw = np.array([sizes[post.language, post.label] ** -balance.get(post.language, 0.0) for post in posts])
    languages = np.array([post.language for post in posts])
    for language in set(languages):
        raw[languages == language] /= raw[languages == language].mean()
    return raw.astype(np.float32)


def target(post: Labelled, unlabelled: Sequence[str]) -> int:
    """The class that the post teaches, or `UNLABELLED` in a language whose labels are not to be trusted."""
    return UNLABELLED if post.language in unlabelled else LABELS.index(post.label)


def repeats(posts: Sequence[Labelled], few: int) -> list[int]:
    """Returns the rows of one pass: those of a language with fewer than `few` posts come twice."""
    sizes = Counter(post.language for post in posts)
    return [row for row, post in enumerate(posts) for _ in range(2 if sizes[post.language] < few else 1)]


def order(rows: Sequence[int], lengths: Sequence[int], passes: float, batch: int, seed: int) -> list[int]:
    """Returns the rows in the order in which they are learned: each pass shuffled anew, in batches of similar length.

    The whole order is drawn at once, so that a run that goes on after a kill sees what it would have seen.
    """
    rng = np.random.default_rng(seed)
    parts = [rng.permutation(np.array(rows)) for _ in range(math.ceil(passes))]
    shuffled = np.concatenate(parts)[: round(len(rows) * passes)]
    drawn: list[int] = []
    for start in range(0, len(shuffled), GROUP * batch):
        group = sorted(shuffled[start : start + GROUP * batch].tolist(), key=lengths.__getitem__)
        batches = [group[at : at + batch] for at in range(0, len(group), batch)]
        short = batches.pop() if len(batches[-1]) < batch else []  # last, or all batches after it would be torn
        drawn += [row for at in rng.permutation(len(batches)) for row in batches[at]] + short
    return drawn
