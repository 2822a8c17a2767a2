"""Loads a YAML file whose words stay words: `aliases: [No, 365, 2026-01-01]` are three strings, and what is a number or
a switch is told by the setting that it is for."""

import codecs
from pathlib import Path
from typing import Any

import yaml

from hubbub.core.errors import Misconfigured
from hubbub.core.text import one_line

_LARGEST = 1_000_000  # bytes


class _Words(yaml.SafeLoader):
    """Knows text, empty values, lists and mappings; refuses repeated keys, and aliases, which can grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            problem = "aliases (*name) are not understood here; write it out"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.current_event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is a single word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} is there twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(path: Path) -> Any:
    """The contents of the file.

    Raises:
        Misconfigured: it cannot be read, or is not YAML; the message names the line and shows nothing of the file.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        hint = "copy examples/hubbub.yaml to begin with, or name another file with --config"
        raise Misconfigured(f"{path}: cannot be read ({error.strerror}); {hint}") from None
    if len(content) > _LARGEST:
        raise Misconfigured(f"{path}: larger than {_LARGEST // 1_000_000} MB; is it the right file?")
    try:
        return yaml.load(content.removeprefix(codecs.BOM_UTF8).decode(), _Words)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Misconfigured(f"{path}: line {line}: not UTF-8; save the file as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        raise Misconfigured(f"{path}: {_told(error)}") from None
    except yaml.YAMLError:
        raise Misconfigured(f"{path}: not YAML; it holds control characters") from None
    except ValueError:
        raise Misconfigured(f"{path}: not YAML; a value does not fit the !!type before it") from None
    except RecursionError:
        raise Misconfigured(f"{path}: lists or mappings are nested too deeply") from None


def _told(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    problem = one_line(error.problem or error.context)
    return f"{where}{problem}{_hint(problem)}"


def _hint(problem: str) -> str:
    if "'\\t'" in problem:
        return "; indent with spaces, not with tabs"
    if "'@'" in problem or "'`'" in problem:
        return "; put a word that begins with @ in quotes: '@lumo'"
    if "',' or ']'" in problem or "',' or '}'" in problem or "stream end" in problem:
        return "; is a bracket open, or a hashtag without quotes ('#lumo')?"
    if "mapping values are not allowed" in problem:
        return "; put a text that holds a colon in quotes"
    return ""
