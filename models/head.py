"""A head: a small linear model on what a judge's pass and the words of a text give, that answers one question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hubbub.core.errors import Misconfigured
from hubbub.core.text import one_line
from hubbub.core.verdict import Verdict
from hubbub.models.grams import PLACES, weighed
from hubbub.models.hints import SCALED, base_of, hints
from hubbub.models.judge import Floats

REFIT = "hubbub train --heads-only DATA"
SCALE = 4.0  # times an embedding of length 1, so that it counts beside the words


@dataclass(frozen=True)
class Head:
    """Log-odds of yes: of the words alone, and of the words with the embedding.

    Attributes:
        judge: the name of the one that made the embeddings it was fitted on.
        table: a weight for each place of `grams`: (2, places), of the words alone and of both.
        hints: weights of `hints`, (2, columns).
        bias: (2,), such that the answer is yes above 0.
        embedding: weights, (width,).
    """

    judge: str
    table: Floats
    hints: Floats
    bias: Floats
    embedding: Floats

    def odds(
        self, texts: Sequence[str], verdicts: Sequence[Verdict], languages: Sequence[str], embeddings: Floats | None
    ) -> Floats:
        """Log-odds of yes, (texts,); without embeddings by the words and the verdict alone."""
        at = 0 if embeddings is None else 1
        said = hints(texts, verdicts, languages)
        whole: Floats = weighed(texts, self.table[at]) + said @ self.hints[at] + self.bias[at]
        if embeddings is not None:
            whole += SCALE * embeddings @ self.embedding
        return whole

    def shifted(self, thresholds: Sequence[Mapping[str, float]]) -> "Head":
        """The same with other log-odds from which on the answer is yes: by language, of the words alone and of both."""
        table = self.hints.copy()
        for row, by_language in zip(table, thresholds, strict=True):
            for language, threshold in by_language.items():
                row[base_of(language)] -= threshold / SCALED
        return replace(self, hints=table)

    def check(self, judge: str) -> None:
        """Whether it was fitted on the embeddings of that judge.

        Raises:
            Misconfigured: it was not.
        """
        if judge != self.judge:
            raise Misconfigured(
                f"what reads whether a post needs a reply was fitted on {self.judge}, and {judge} is in use; "
                f"fit it again: {REFIT}"
            )

    def write(self, file: Path) -> None:
        """Writes it in few bytes: the table in steps of a 127th of its largest weight."""
        step = np.abs(self.table).max(axis=1, keepdims=True).clip(min=1e-6) / 127
        codes = np.round(self.table / step).astype(np.int8)
        np.savez_compressed(
            file, judge=self.judge, codes=codes, step=step, hints=self.hints, bias=self.bias, embedding=self.embedding
        )

    @classmethod
    def load(cls, file: Path) -> "Head":
        """Loads one.

        Raises:
            Misconfigured: it is not there, or is none.
        """
        try:
            with np.load(file, allow_pickle=False) as found:
                codes, step = found["codes"], found["step"].astype(np.float32)
                if codes.shape != (2, PLACES):
                    raise ValueError("of another version of Hubbub")
                return cls(str(found["judge"]), codes * step, found["hints"], found["bias"], found["embedding"])
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise Misconfigured(f"{file}: no head that can be read ({one_line(error)}); fit it: {REFIT}") from None
