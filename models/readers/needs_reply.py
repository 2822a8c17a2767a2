"""Whether somebody wants an answer from the brand: a question, a problem, a request or a complaint, and not praise,
thanks, news, chatter or an advert.

A head on the embedding, the words and the verdict decides; by the words and the verdict alone where the judge in use
makes no embeddings. How it was learned, and how well it does, stands in `docs/queue.md`.
"""

from functools import cache
from pathlib import Path

from hubbub.models.head import Head
from hubbub.models.reading import Reading

NAME = "needs_reply.npz"


def read(reading: Reading) -> list[bool]:
    """Returns whether each text wants an answer; one that says nothing does not.

    Raises:
        Misconfigured: there is no head, or it was fitted on the embeddings of another judge.
    """
    head = _head(reading.heads / NAME)
    if reading.embeddings is not None:
        head.check(reading.judge.name)
    odds = head.odds(reading.texts, reading.found["verdict"], reading.found["language"], reading.embeddings)
    return [bool(text.strip()) and bool(one > 0) for text, one in zip(reading.texts, odds, strict=True)]


@cache
def _head(file: Path) -> Head:
    return Head.load(file)
