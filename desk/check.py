"""Tries the settings before anything is collected: the watch list's examples, every source, every alert rule."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from hubbub.core.errors import HubbubError, Misconfigured
from hubbub.core.matching.examples import check_examples
from hubbub.core.settings import SourceEntry
from hubbub.desk.sample import Sample, sample
from hubbub.flows.collect import unusable
from hubbub.flows.parts import Parts

_NAMED = 5  # brands in a warning


@dataclass
class Tried:
    """A source.

    Attributes:
        answer: what opening or asking it gave; empty where that failed.
        sample: None for a source behind a network, and for one that could not be read.
    """

    source: str
    answer: str = ""
    sample: Sample | None = None


@dataclass
class Checked:
    """What was found.

    Attributes:
        problems: what has to be put right, a line each.
        warnings: what is probably not meant.
        status: what a command ends with: 0 no problem, 2 something is set up wrong, 1 something else failed.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: int = 0
    examples: int = 0
    examples_hold: int = 0
    sources: list[Tried] = field(default_factory=list)
    ready: int = 0
    rules: int = 0

    def found(self, problem: str, status: int = 2) -> None:
        self.problems.append(problem)
        self.status = max(self.status, status)


def check(parts: Parts, online: bool = False) -> Checked:
    """Tries everything that the settings name, and goes on where something is wrong.

    Args:
        online: make one cheap request of each source behind a network; otherwise none is asked.

    Raises:
        Misconfigured: there is no `hubbub.yaml` to go by.
    """
    brands = parts.listening.brands
    checked = Checked(examples=sum(len(brand.should_match) + len(brand.should_not_match) for brand in brands))
    failures = check_examples(brands)
    checked.examples_hold = checked.examples - len(failures)
    for failure in failures:
        checked.found(str(failure))
    for entry in parts.listening.sources:
        tried = Tried(entry.name)
        checked.sources.append(tried)
        if _passes(checked, entry.name, partial(_try, parts, entry, tried, online)):
            checked.ready += not _judge(tried, checked)
    _passes(checked, "", partial(_alerts, parts, checked))
    return checked


def _passes(checked: Checked, source: str, act: Callable[[], None]) -> bool:
    try:
        act()
    except HubbubError as error:
        place = "" if not source or f"source {source!r}" in str(error) else f"source {source!r}: "
        checked.found(f"{place}{error}", 2 if isinstance(error, Misconfigured) else 1)
        return False
    return True


def _try(parts: Parts, entry: SourceEntry, tried: Tried, online: bool) -> None:
    collector = parts.collector(entry)
    tried.answer = collector.probe() if collector.local or online else "is set up; --online asks it"
    if collector.local:
        tried.sample = sample(collector, parts.query, parts.matcher)


def _judge(tried: Tried, checked: Checked) -> bool:
    """Whether so little of a source can be used that collecting it would fail."""
    if tried.sample is None or not tried.sample.rows:
        return False
    rows, failed = len(tried.sample.rows), Counter(tried.sample.failed)
    if failed.total() == rows:
        checked.found(f"source {tried.source!r}: none of its first {rows} records can be used; {_most(failed)}")
        return True
    if unusable(failed.total(), rows):
        checked.found(
            f"source {tried.source!r}: {failed.total()} of its first {rows} records cannot be used; {_most(failed)}"
        )
        return True
    checked.warnings += (f"source {tried.source!r}: {line}" for line in _doubts(tried.sample, rows, failed))
    return False


def _doubts(sample: Sample, rows: int, failed: Counter[str]) -> Iterator[str]:
    if failed:
        yield f"{failed.total()} of its first {rows} records cannot be used; {_most(failed)}"
    if not sample.matched:
        yield f"none of its first {rows} records is about a brand of the watch list"
    if sample.strangers:
        named = ", ".join(f"{name!r} ({count})" for name, count in sample.strangers.most_common(_NAMED))
        more = len(sample.strangers) - _NAMED
        also = f" and {more} more" if more > 0 else ""
        yield f"it names brands that the watch list does not have: {named}{also}; add each as a name or an alias"


def _most(failed: Counter[str]) -> str:
    (reason, count) = failed.most_common(1)[0]
    return f"most often ({count}): {reason}"


def _alerts(parts: Parts, checked: Checked) -> None:
    checked.rules = len(parts.rules)
    _ = parts.notifiers
    known = {
        "rule": {rule.name for rule in parts.rules},
        "brand": {brand.name for brand in parts.listening.brands},
        "source": {entry.name for entry in parts.listening.sources},
    }
    for mute in parts.listening.alerts.mutes:
        for what, names in known.items():
            name = getattr(mute, what)
            if name is not None and name not in names:
                checked.warnings.append(f"alerts.mutes: there is no {what} named {name!r}, so this silences nothing")
