"""What the code imports is declared, and what the base needs is not an extra."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"hubbub", "tests", *(path.stem for path in (ROOT / "benchmarks").glob("*.py"))}
SHIPPED = ("alerts", "cli", "collectors", "core", "dashboards", "desk", "flows", "index", "models")
EXTRAS = {
    "models/training": "train",
    "models/dequantise.py": "train",
    "alerts/notifiers/_slack": "slack",
    "alerts/notifiers/slack.py": "slack",
}


def declared(*extras: str) -> set[str]:
    wanted = [*PROJECT["dependencies"], *(each for extra in extras for each in PROJECT["optional-dependencies"][extra])]
    return {plain(re.split(r"[<>=!~\[; ]", each)[0]) for each in wanted}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> Iterator[str]:
    """The packages of others that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names


def undeclared(folders: tuple[str, ...], *extras: str) -> list[str]:
    of = packages_distributions()
    found = []
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        own = [extra for begin, extra in EXTRAS.items() if place.startswith(begin)]
        known = declared(*extras, *own)
        found += [f"{place}: {name}" for name in imported(path) if not {plain(each) for each in of[name]} & known]
    return found


def test_what_is_shipped_imports_what_is_declared() -> None:
    assert undeclared(SHIPPED) == []


def test_tests_and_benchmarks_import_what_is_declared() -> None:
    assert undeclared(("tests", "benchmarks"), *PROJECT["optional-dependencies"]) == []


def test_every_upper_bound_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.search(r'"[\w.-]+[^"]*<[^"]*"', line) and "  # " not in line] == []
