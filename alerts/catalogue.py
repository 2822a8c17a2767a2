"""The rules and the kinds of rules, found by listing their folders."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from pydantic import BaseModel, ValidationError

from hubbub.core.alert import Finding, WindowCount
from hubbub.core.errors import Misconfigured
from hubbub.core.settings import explain

RULES = Path(__file__).parent / "rules"
KINDS = Path(__file__).parent / "kinds"


class AnyRule(Protocol):
    """What a rule of any kind has.

    Attributes:
        name: also the name of its file.
        kind: the file in `kinds/` that understands it.
    """

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...


class Kind(Protocol):
    """A module of `kinds/`; `Rule` is the pydantic model of its rules' files."""

    Rule: type[BaseModel]

    def windows(self, rule: AnyRule, now: datetime) -> list[tuple[datetime, datetime]]:
        """The spans of time of which the rule wants the counts, the one in question first."""
        ...

    def find(self, rule: AnyRule, brand: str, counts: Sequence[WindowCount]) -> Finding | None:
        """What stands out, told from the counts of `windows` alone."""
        ...


def load_rules(folder: Path = RULES) -> list[AnyRule]:
    """Every rule of the folder, by name.

    Raises:
        Misconfigured: a file is not a rule; the message names it.
    """
    return [_load(path) for path in sorted(folder.glob("[!_]*.toml"))]


def kind_of(rule: AnyRule) -> Kind:
    return cast(Kind, import_module(f"hubbub.alerts.kinds.{rule.kind}"))


def kinds() -> list[str]:
    return sorted(path.stem for path in KINDS.glob("[!_]*.py"))


def _load(path: Path) -> AnyRule:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: not TOML ({' '.join(str(error).split())})") from None
    kind = content.get("kind")
    if kind not in kinds():
        raise Misconfigured(f"{path}: kind: one of {', '.join(kinds())} is needed")
    model = cast(Kind, import_module(f"hubbub.alerts.kinds.{kind}")).Rule
    try:
        rule = cast(AnyRule, model.model_validate(content))
    except ValidationError as error:
        raise Misconfigured(f"{path}: {explain(error)}") from None
    if rule.name != path.stem:
        raise Misconfigured(f"{path}: name: must be {path.stem!r}, as the file is called")
    return rule
