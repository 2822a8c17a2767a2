"""The dress test: whether a judge says the same of a post, however it is written.

The posts are those of three validation sets, each rewritten by a dress with fixed dice.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from rich.table import Table

from hubbub.models.judge import Judge
from hubbub.models.training import dresses
from hubbub.models.training.labelled import Labelled

SEED = 2026


@dataclass(frozen=True)
class Trial:
    """A dress on the posts of a set, and what is wanted there.

    Attributes:
        accuracy: at least, in the dress, 0..1.
        fall: of accuracy, at most, 0..1.
        kept: share of the posts that keep their label, at least, 0..1.
    """

    dataset: str
    name: str
    dress: dresses.Dress
    accuracy: float | None = None
    fall: float | None = None
    kept: float | None = None


TRIALS = (
    Trial("vsfc_vi", "without accents", dresses.without_accents, accuracy=0.87),
    Trial("vsfc_vi", "half without accents", dresses.half_without_accents, accuracy=0.91),
    Trial("vsfc_vi", "teencode", dresses.teencode, accuracy=0.91),
    Trial("vsfc_vi", "capitals", dresses.capitals, accuracy=0.91),
    Trial("vsfc_vi", "decomposed", dresses.decomposed, kept=1.0),
    Trial("tweeteval_en", "capitals", dresses.capitals, fall=0.03),
    Trial("tweeteval_en", "lower case", dresses.lower_case, fall=0.02),
    Trial("tweeteval_en", "swapped letters", dresses.swapped_letters, fall=0.03),
    Trial("tweeteval_en", "links and tags", dresses.with_links_and_tags, kept=0.97),
    Trial("wisesight_th", "without tone marks", dresses.without_tone_marks, fall=0.02),
    Trial("wisesight_th", "without spaces", dresses.without_spaces, kept=0.97),
    Trial("wisesight_th", "laughter", dresses.with_laughter, kept=0.97),
    Trial("wisesight_th", "stretched end", dresses.with_stretched_end, kept=0.97),
    Trial("wisesight_th", "handles", dresses.with_handles, kept=0.97),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a trial.

    Attributes:
        plain, accuracy: of the posts as they were written, and in the dress, 0..1.
        kept: share of the posts that keep their label, 0..1.
    """

    trial: Trial
    posts: int
    plain: float
    accuracy: float
    kept: float

    @property
    def wanted(self) -> str:
        """What is wanted, in words."""
        if self.trial.accuracy is not None:
            return f"accuracy {self.trial.accuracy:.2f}"
        if self.trial.fall is not None:
            return f"falls {self.trial.fall:.2f} at most"
        return f"{self.trial.kept:.0%} keep it"

    @property
    def reached(self) -> bool:
        """Whether it is so."""
        if self.trial.accuracy is not None:
            return self.accuracy >= self.trial.accuracy
        if self.trial.fall is not None:
            return self.plain - self.accuracy <= self.trial.fall
        return self.kept >= (self.trial.kept or 0.0)

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        figures = {"posts": self.posts, "plain": self.plain, "accuracy": self.accuracy, "kept": self.kept}
        where = {"dataset": self.trial.dataset, "dress": self.trial.name}
        return where | figures | {"wanted": self.wanted, "reached": self.reached}


def dressed(trial: Trial, texts: Iterable[str]) -> list[str]:
    """The texts in the dress of the trial, the same in every run."""
    dice = Random(zlib.crc32(f"{SEED} {trial.dataset} {trial.name}".encode()))
    return [trial.dress(text, dice) for text in texts]


def try_dresses(judge: Judge, posts: Sequence[Labelled]) -> list[Outcome]:
    """Lets the judge judge the posts of each trial twice; a trial whose set is not among the posts is left out."""
    outcomes = []
    for name in dict.fromkeys(trial.dataset for trial in TRIALS):
        of = [post for post in posts if post.dataset == name]
        if not of:
            continue
        texts, languages = [post.text for post in of], [post.language for post in of]
        plain = [verdict.label for verdict in judge.judge(texts, languages)]
        for trial in (trial for trial in TRIALS if trial.dataset == name):
            labels = [verdict.label for verdict in judge.judge(dressed(trial, texts), languages)]
            right, was_right = (
                sum(label is post.label for label, post in zip(given, of, strict=True)) for given in (labels, plain)
            )
            kept = sum(a is b for a, b in zip(labels, plain, strict=True))
            outcomes.append(Outcome(trial, len(of), was_right / len(of), right / len(of), kept / len(of)))
    return outcomes


def dress_table(model: str, outcomes: Sequence[Outcome]) -> Table:
    """The outcomes of one judge, a row a trial."""
    look: dict[str, Any] = {"title_justify": "left", "title_style": "bold", "box": None, "pad_edge": False}
    table = Table("set", "dress", title=f"\n{model}", padding=(0, 1, 0, 0), **look)
    for name in ("plain", "dressed", "kept"):
        table.add_column(name, justify="right")
    table.add_column("wanted")
    for o in outcomes:
        figures = [f"{value:.3f}" for value in (o.plain, o.accuracy, o.kept)]
        table.add_row(o.trial.dataset, o.trial.name, *figures, o.wanted if o.reached else f"{o.wanted}: not reached")
    return table
