"""What every kind promises, whatever it looks for: each file of its folder, by each rule that is shipped with it."""

from pathlib import Path
from typing import Any, get_args

import pytest

from hubbub.alerts.catalogue import kind_of
from hubbub.alerts.kind import By
from hubbub.alerts.rule import AnyRule
from hubbub.index.queries import check_filter
from tests.alerts.made import NOW, all_shipped, answers

RULES = {rule.name: rule for rule in all_shipped()}
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_every_kind_has_a_rule() -> None:
    kinds = {path.stem for path in (Path(__file__).parents[2] / "alerts" / "kinds").glob("[!_]*.py")}
    assert kinds == {rule.kind for rule in RULES.values()}


@each_rule
def test_it_finds_and_has_words_for_what_it_finds(rule: AnyRule) -> None:
    kind = kind_of(rule)
    assert all(callable(answer) for answer in (kind.wanted, kind.find, kind.headline, kind.details))


@each_rule
def test_its_question_is_about_watched_names_ends_now_and_can_be_asked(rule: AnyRule) -> None:
    kind = kind_of(rule)
    assert kind.BY in get_args(By)
    for wanted in kind.wanted(rule, NOW):
        assert (wanted.by, wanted.over) == (kind.BY, kind.OVER)
        assert max(end for _, end in wanted.windows) == NOW
        for query in (wanted.where, *wanted.parts.values()):
            check_filter(query, wanted.over)


@each_rule
def test_its_question_keeps_to_the_filter_of_the_rule(rule: AnyRule) -> None:
    only: dict[str, Any] = {"term": {"event.dataset": "x"}}
    for wanted in kind_of(rule).wanted(rule.model_copy(update={"filter": only}), NOW):
        assert str(only) in str(wanted.where)


@each_rule
def test_nothing_stands_out_where_nothing_was_ever_heard(rule: AnyRule) -> None:
    kind = kind_of(rule)
    counted = [answers(wanted, (), **dict.fromkeys(wanted.parts, ())) for wanted in kind.wanted(rule, NOW)]
    assert kind.find(rule, "Mekara", counted) is None
