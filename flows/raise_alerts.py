"""Raises alerts: asks the index for each rule's numbers, and tells people what stands out."""

from collections.abc import Iterator

from hubbub.alerts import pipeline
from hubbub.alerts.catalogue import kind_of
from hubbub.alerts.outcome import Outcome
from hubbub.alerts.stage import Tools
from hubbub.core.alert import Finding
from hubbub.core.settings import Listening
from hubbub.flows.parts import Parts
from hubbub.index import queries

EVIDENCE = 5


def raise_alerts(parts: Parts) -> list[Outcome]:
    """Returns what was decided of every finding, of every alert that an earlier run could not send, and of every
    message whose quoted posts are gone.

    Raises:
        HubbubError: the index could not be asked. A notifier that fails is an outcome, not an error.
    """
    index = parts.index
    index.refresh()
    tools = Tools(
        evidence=lambda finding: queries.evidence(index, finding, EVIDENCE),
        posts=lambda ids: queries.posts(index, ids),
        record=index.record,
        state=index.state,
        notifiers=parts.notifiers,
        clock=parts.clock,
        mutes=parts.listening.alerts.mutes,
        zone=parts.listening.timezone,
    )
    return pipeline.raise_alerts(list(findings(parts)), tools)


def findings(parts: Parts) -> Iterator[Finding]:
    """What every rule finds now, for every name that its kind tells apart."""
    now, names = parts.clock(), watched(parts.listening)
    wanted = [kind_of(rule).wanted(rule, now) for rule in parts.rules]
    answers = iter(queries.counted(parts.index, [each for some in wanted for each in some], names))
    for rule, some in zip(parts.rules, wanted, strict=True):
        counted = [next(answers) for _ in some]
        for name in names[kind_of(rule).BY]:
            finding = kind_of(rule).find(rule, name, [by_name[name] for by_name in counted])
            if finding:
                yield finding


def watched(listening: Listening) -> dict[str, list[str]]:
    """The names of the watch list, by the field that tells them apart in the index."""
    return {
        "brand": [brand.name for brand in listening.brands if not brand.competitor],
        "competitor": [brand.name for brand in listening.brands if brand.competitor],
        "event.dataset": [entry.name for entry in listening.sources],
    }
