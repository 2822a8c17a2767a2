"""Records as nobody should send them: blanks, emoji, wrong types, far too long, far too deep."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

HOSTILE_TEXTS = (
    "Acme <script>alert(1)</script>",
    "Acme <!channel> <https://evil.example|Fix>",
    "  Acme,  with \t blanks \u00a0 and \r\n line breaks\u2028",
    "Acme \"said\", 'so'; and\\more `$(rm)` {{x}} %s",
    "Acme 😡🇹🇭 👩\u200d👩\u200d👧 ร้านนี้แย่มาก tệ quá",
    "Acme \u202etxt.exe",
    "Acme \0 nul",
    "Acme \ud83d half",
    "Acme " + "x" * 100_000,
)

HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            " ",
            "😡 👩\u200d👩\u200d👧",
            "<script>alert(1)</script>",
            "<!channel> <https://evil.example|Fix>",
            "\u202etxt.exe",
            "x" * 100_000,
            "javascript:alert(1)",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "t3_" + "z" * 300,
            -1e308,
            1e308,
        ]
    ),
    st.lists(st.none() | st.text(max_size=3), max_size=3),
    st.dictionaries(
        st.sampled_from(["id", "text", "type", "username", "a name with spaces", "😈", ""]),
        st.none() | st.text(max_size=3),
        max_size=3,
    ),
)
JSON = st.recursive(
    HOSTILE,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
)
MANY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # each source inherits the test
    ],
)


def spoilt(draw: Callable[..., Any], value: Any) -> Any:
    """A copy in which up to four fields are gone or hold something else."""
    value = deepcopy(value)
    for path in draw(st.lists(st.sampled_from(sorted(_paths(value), key=str)), min_size=1, max_size=4)):
        inner: Any = value
        for step in path[:-1]:
            inner = _within(inner, step)
        if isinstance(inner, dict) and draw(st.booleans()):
            inner.pop(path[-1], None)
        elif isinstance(inner, dict) or (_within(inner, path[-1]) is not None and isinstance(inner, list)):
            inner[path[-1]] = draw(HOSTILE)
    return value


def _within(value: Any, step: Any) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from _paths(inner, (*before, key))
