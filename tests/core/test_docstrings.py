"""A docstring begins with a sentence, which is what an editor shows; attributes, arguments and errors follow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "core",
    "collectors",
    "alerts",
    "dashboards",
    "flows",
    "desk",
    "cli",
    "index",
    "models",
    "conversations",
    "benchmarks",
    "tests",
)
SECTION = re.compile(r"(Args|Arguments|Attributes|Parameters|Raises|Returns|Yields):")
SENTENCE = re.compile(r"[A-Z0-9`'\"(].*[.!?:]['\"`)]*", re.DOTALL)
KINDS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(room: str) -> Iterator[tuple[str, str]]:
    """Every docstring below the room, with where it stands."""
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, KINDS) and (said := ast.get_docstring(node)) is not None:
                yield f"{path.relative_to(ROOT)}:{node.body[0].lineno}", said


def begins_with_a_sentence(said: str) -> bool:
    first, _, _ = said.partition("\n\n")
    return not SECTION.match(first) and SENTENCE.fullmatch(first.strip()) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_every_docstring_begins_with_a_sentence(room: str) -> None:
    found = list(docstrings(room))
    assert found
    assert [f"{place}: {said[:60]!r}" for place, said in found if not begins_with_a_sentence(said)] == []


@pytest.mark.parametrize(
    "said", ["Says it.", "Says it in\ntwo lines: `so`.", "`a.b` is one.\n\nAttributes:\n    a: b."]
)
def test_what_is_a_sentence(said: str) -> None:
    assert begins_with_a_sentence(said)


@pytest.mark.parametrize(
    "said", ["", "says it.", "Says it", "Attributes:\n    a: b.", "Raises: ValueError: it is none."]
)
def test_what_is_none(said: str) -> None:
    assert not begins_with_a_sentence(said)
