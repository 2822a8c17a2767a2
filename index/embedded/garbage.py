"""Python's search for circular garbage, put off."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search while it lasts, in any thread: what makes very many small objects, none in a circle, sets it off again
    and again for nothing, and the more else is in memory, the longer it takes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
