"""What the readers work on: some texts, and what was read of them so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubbub.models.judge import Floats, Judge


@dataclass
class Reading:
    """Some texts, and what was read of them so far.

    Attributes:
        texts: as they were written, one a mention.
        judge: the one in use.
        heads: the folder of those that were fitted on its embeddings.
        found: by field of `Insight`, what the readers before found, one value a text.
        embeddings: of the texts, (texts, width), once the sentiment is read; None if the judge makes none.
    """

    texts: Sequence[str]
    judge: Judge
    heads: Path
    found: dict[str, Sequence[Any]] = field(default_factory=dict)
    embeddings: Floats | None = None


Read = Callable[[Reading], Sequence[Any]]  # returns one value a text, in their order; any text gets one
