"""What is found by listing a folder: the rules, their kinds, and the notifiers."""

import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from hubbub.alerts import kinds, notifiers
from hubbub.alerts.kind import Kind
from hubbub.alerts.notifiers.console import ConsoleNotifier
from hubbub.alerts.rule import AnyRule
from hubbub.core.alert import Finding
from hubbub.core.errors import Misconfigured
from hubbub.core.folders import module_names
from hubbub.core.ports import Notifier, Over
from hubbub.core.settings import AlertSettings, explain

RULES = Path(__file__).parent / "rules"

CheckFilter = Callable[[dict[str, Any], Over], None]
"""Refuses (Misconfigured) a search query that cannot be asked over `mentions` or `events`."""


def load_rules(settings: AlertSettings, folder: Path, check_filter: CheckFilter) -> list[AnyRule]:
    """The shipped rules as the settings tune them, then those of the settings' own folder, each by name.

    Args:
        folder: what `rules_dir` is relative to.

    Raises:
        Misconfigured: a file or a tuned rule is not a rule; the message names it.
    """
    shipped = {path.stem: path for path in _files(RULES)}
    unknown = sorted(set(settings.rules) - set(shipped))
    if unknown:
        raise Misconfigured(f"alerts.rules: no shipped rule named {unknown[0]!r}; there are: {', '.join(shipped)}")
    rules = [
        _tuned(_load(path, check_filter), settings.rules.get(name, {}), check_filter) for name, path in shipped.items()
    ]
    if settings.rules_dir is None:
        return rules
    own = folder / settings.rules_dir
    if not own.is_dir():
        raise Misconfigured(f"alerts.rules_dir: {own} is no folder")
    for path in _files(own):
        if path.stem in shipped:
            raise Misconfigured(f"{path}: a shipped rule has that name; tune it by alerts.rules, or rename the file")
        rules.append(_load(path, check_filter))
    return rules


def kind_of(what: AnyRule | Finding) -> Kind:
    """The kind that understands the rule, or that found the finding.

    Raises:
        Misconfigured: there is no such kind (any more).
    """
    known = module_names(kinds.__path__)
    if what.kind not in known:
        raise Misconfigured(f"no kind of alert named {what.kind!r}; there are: {', '.join(known)}")
    return _kind(what.kind)


def load_notifiers() -> tuple[Notifier, ...]:
    """All that the environment sets up, each told by the `from_environment` of its file; the console where none is.

    Raises:
        Misconfigured: one is set up wrongly; the message names the variable.
    """
    others = [name for name in module_names(notifiers.__path__) if name != ConsoleNotifier.name]
    asked = [import_module(f"{notifiers.__name__}.{name}").from_environment() for name in others]
    return tuple(notifier for notifier in asked if notifier is not None) or (ConsoleNotifier(),)


def _kind(name: str) -> Kind:
    return cast(Kind, import_module(f"{kinds.__name__}.{name}"))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!_]*.toml"))


def _load(path: Path, check_filter: CheckFilter) -> AnyRule:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: not TOML ({' '.join(str(error).split())})") from None
    rule = _rule(content, str(path), check_filter)
    if rule.name != path.stem:
        raise Misconfigured(f"{path}: name: must be {path.stem!r}, as the file is called")
    return rule


def _tuned(rule: AnyRule, changes: dict[str, Any], check_filter: CheckFilter) -> AnyRule:
    place = f"alerts.rules.{rule.name}"
    if fixed := {"name", "kind"} & set(changes):
        raise Misconfigured(f"{place}: {min(fixed)}: cannot be changed; write a rule of your own into alerts.rules_dir")
    return _rule({**rule.model_dump(), **changes}, place, check_filter) if changes else rule


def _rule(content: dict[str, Any], place: str, check_filter: CheckFilter) -> AnyRule:
    known = module_names(kinds.__path__)
    if content.get("kind") not in known:
        raise Misconfigured(f"{place}: kind: one of {', '.join(known)} is needed")
    kind = _kind(content["kind"])
    try:
        rule = kind.Rule.model_validate(content)
    except ValidationError as error:
        raise Misconfigured(f"{place}: {explain(error)}") from None
    if rule.filter is not None:
        try:
            check_filter(rule.filter, kind.OVER)
        except Misconfigured as error:
            raise Misconfigured(f"{place}: filter: {error}") from None
    return rule
