"""Numbers of 32 bits as people write them."""

from hubbub.index.query import single


def shortest(number: float) -> float:
    """0.1, not 0.10000000149."""
    return next(short for digits in range(1, 10) if single(short := float(f"{number:.{digits}g}")) == number)
