"""Learns how nine languages are written in posts, for `models/readers/language.py`.

    python -m hubbub.models.training.fit_language DATA

py3langid knows languages from edited text. To its columns one more is added for each language here, counted on the
posts of DATA/train: tweets, Hinglish (Hindi in Latin letters), Vietnamese without accents. The columns of a language
count together.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import visit_counts

from hubbub.models.readers.language import POSTS, identifier, read_out
from hubbub.models.training.dresses import teencode, without_accents
from hubbub.models.training.labelled import Labelled, load_labelled

MOST = 9_000  # posts of a dataset
SEEN = 1.5  # of a feature, below which it counts as never seen
PRIOR = 0.3  # times that every feature is taken to be seen
COMMON = 600  # English words, that say nothing of Hinglish
STEP = 0.08  # of a logarithm, to which a column is rounded
HINDI = {"to", "the", "me", "hi", "is", "are", "or", "so", "ho", "main", "hum", "apne", "sub", "jab", "do", "par"}


def posts_as_typed(posts: Sequence[Labelled]) -> dict[str, list[str]]:
    """What each language is learned from: {ISO 639-1: texts}."""
    dice = Random(7)
    kept: Counter[str] = Counter()
    texts: dict[str, list[str]] = {}
    for post in dice.sample(posts, len(posts)):
        kept[post.dataset] += 1
        if kept[post.dataset] <= MOST:
            texts.setdefault(post.language, []).append(post.text)
    bare = [without_accents(text, dice) for text in texts["vi"]]
    texts["vi"] = bare + [without_accents(teencode(text, dice), dice) for text in texts["vi"][::4]]
    english = Counter(word for text in texts["en"] for word in read_out(text).split())
    common = {word for word, _ in english.most_common(COMMON)} - HINDI
    texts["hi"] = [" ".join(word for word in read_out(text).split() if word not in common) for text in texts["hi"]]
    return {language: texts[language] for language in sorted(texts) if language not in ("th", "ar")}


def column(texts: Iterable[str]) -> NDArray[np.float64]:
    """The logarithm of how often each feature of py3langid occurs: (features,)."""
    model = identifier()
    counts = np.zeros(len(model.nb_ptc))
    rows = [row << 8 for row in model.tk_row]
    for text in texts:
        found = visit_counts(model.tk_nextmove, rows, model.tk_output, read_out(text).encode())
        for feature, times in (found or {}).items():
            counts[feature] += np.log1p(times)
    counts = np.where(counts < SEEN, 0, counts) + PRIOR
    share: NDArray[np.float64] = np.log(counts / counts.sum())
    return share


def main() -> None:
    texts = posts_as_typed(load_labelled([Path(sys.argv[1]) / "train"]))
    columns = np.stack([column(said) for said in texts.values()])  # (languages, features)
    least = columns.min(axis=1, keepdims=True)
    codes = np.round((columns - least) / STEP).astype(np.uint8)
    np.savez_compressed(
        POSTS, languages=list(texts), least=least.astype(np.float32), step=np.float32(STEP), codes=codes
    )


if __name__ == "__main__":
    main()
