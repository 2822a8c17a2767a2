"""What a text tells of: danger, harm, fraud and the like, and customers who leave, by the words in it."""

from functools import cache
from pathlib import Path

from hubbub.core.insight import Signal
from hubbub.models.readers.signals.spotting import Family, Said, load_families
from hubbub.models.reading import Reading
from hubbub.models.text import clean

LONGEST = 2000  # characters of a text that are read


def read(reading: Reading) -> list[tuple[Signal, ...]]:
    return [signals(text) for text in reading.texts]


def signals(text: str) -> tuple[Signal, ...]:
    """The signals of a text, by name, each with the words that it was known by."""
    said = Said(clean(text)[:LONGEST])
    found = ((family.name, family.find(said)) for family in families())
    return tuple(Signal(name=name, words=words) for name, words in found if words)


@cache
def families() -> tuple[Family, ...]:
    return load_families(Path(__file__).parent)
