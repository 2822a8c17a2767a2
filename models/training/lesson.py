"""What a training run shows the network: which posts, in which order, and how much each counts."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hubbub.core.errors import Misconfigured
from hubbub.core.verdict import Label
from hubbub.models.judge import LABELS
from hubbub.models.training.datasets import dataset
from hubbub.models.training.labelled import Labelled
from hubbub.models.training.recipe import Share

GROUP = 50  # batches that are sorted by length together

Rows = NDArray[np.int_]


def to_learn(posts: Sequence[Labelled]) -> list[Labelled]:
    """The posts to learn from: all, but the few neutral ones of datasets that tell no neutral posts apart.

    Raises:
        Misconfigured: some are kept to measure with.
    """
    if kept := {post.dataset for post in posts if not dataset(post.dataset).learned}:
        raise Misconfigured(f"{', '.join(sorted(kept))}: never learned from; take it out of train/")
    return [post for post in posts if dataset(post.dataset).neutral or post.label is not Label.neutral]


def drawn(posts: Sequence[Labelled], mixture: Mapping[str, Share], passes: float, dice: np.random.Generator) -> Rows:
    """Returns the rows of all passes, each pass drawn and shuffled anew; of a last pass that is not whole, a part."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, post in enumerate(posts):
        rows[post.dataset].append(row)

    def one_pass() -> Rows:
        taken = [_taken(posts, dice.permutation(rows[name]), mixture.get(name, Share())) for name in sorted(rows)]
        return dice.permutation(np.concatenate(taken))

    parts = [one_pass() for _ in range(math.ceil(passes))]
    last = round(len(parts[-1]) * (passes - len(parts) + 1))
    return np.concatenate([*parts[:-1], parts[-1][:last]])


def _taken(posts: Sequence[Labelled], shuffled: Rows, share: Share) -> Rows:
    neutral = np.array([posts[row].label is Label.neutral for row in shuffled])
    if share.neutral is not None:
        shuffled = shuffled[~neutral | (neutral.cumsum() <= share.neutral)]
    return shuffled[: share.most].repeat(share.times)


def weights(posts: Sequence[Labelled], rows: Rows, balance: Mapping[str, float]) -> NDArray[np.float32]:
    """Returns how much each post counts (posts,), 1 on average over the rows of every language.

    Args:
        rows: those that are learned.
        balance: by language, 0 where all posts count the same, 1 where all classes do; 0 for a language not named.
    """
    sizes = Counter((posts[row].language, posts[row].label) for row in rows)
    raw = np.array(
        [max(sizes[post.language, post.label], 1) ** -balance.get(post.language, 0.0) for post in posts],
        dtype=np.float32,
    )
    languages = np.array([post.language for post in posts])
    for language in set(languages[rows].tolist()):
        raw[languages == language] /= raw[rows][languages[rows] == language].mean()
    return raw


def classes(post: Labelled) -> list[bool]:
    """Whether each label, in the order of `LABELS`, is one that the post's dataset tells apart."""
    return [label is not Label.neutral or dataset(post.dataset).neutral for label in LABELS]


def by_length(lengths: Sequence[int], batch: int, dice: np.random.Generator) -> list[int]:
    """Returns the order in which texts that come shuffled are learned: in batches of similar length, the batches of
    each group of them shuffled.

    The whole order is drawn at once, so that a run that goes on after a kill sees what it would have seen.
    """
    order: list[int] = []
    for start in range(0, len(lengths), GROUP * batch):
        group = sorted(range(start, min(start + GROUP * batch, len(lengths))), key=lengths.__getitem__)
        batches = [group[at : at + batch] for at in range(0, len(group), batch)]
        short = batches.pop() if len(batches[-1]) < batch else []  # last, or all batches after it would be torn
        order += [at for number in dice.permutation(len(batches)) for at in batches[number]] + short
    return order
