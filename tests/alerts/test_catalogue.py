"""The shipped rules, and what a wrong one says."""

import re
from pathlib import Path
from typing import Any

import pytest

from hubbub.alerts.catalogue import RULES, kind_of, load_rules
from hubbub.alerts.rule import AnyRule
from hubbub.core.errors import Misconfigured
from hubbub.core.settings import AlertSettings
from hubbub.index.queries import check_filter
from tests.alerts.made import NOW

GOOD = (RULES / "negative_surge.toml").read_text()
SURGE, STALLED = "negative_surge", "stalled_source"
SHIPPED = sorted(path.stem for path in RULES.iterdir())
KINDS = ", ".join(sorted(path.stem for path in RULES.parent.glob("kinds/[!_]*.py")))


def load(folder: Path, **settings: Any) -> list[AnyRule]:
    return load_rules(AlertSettings(**settings), folder, check_filter)


def own(folder: Path, name: str, content: str) -> list[AnyRule]:
    """All rules, with one more file in the user's folder."""
    (folder / "own").mkdir(exist_ok=True)
    (folder / "own" / f"{name}.toml").write_text(content)
    return load(folder, rules_dir="own")


def test_every_rule_in_the_folder_is_shipped_and_its_head_says_how_often_it_is_wrong(tmp_path: Path) -> None:
    assert [rule.name for rule in load(tmp_path)] == SHIPPED
    assert {SURGE, STALLED} <= set(SHIPPED)
    for path in RULES.iterdir():
        assert path.read_text().startswith("# "), path.name


def test_the_settings_tune_the_numbers_of_a_shipped_rule(tmp_path: Path) -> None:
    untuned, tuned = load(tmp_path), load(tmp_path, rules={SURGE: {"minimum": 20, "severity": "warning"}})
    at = SHIPPED.index(SURGE)
    surge: Any = tuned[at]
    assert (surge.minimum, surge.severity, surge.days) == (20, "warning", 28)
    assert [*tuned[:at], *tuned[at + 1 :]] == [*untuned[:at], *untuned[at + 1 :]]


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"surge": {}}, f"alerts.rules: no shipped rule named 'surge'; there are: {', '.join(SHIPPED)}"),
        ({SURGE: {"minimum": 1}}, "alerts.rules.negative_surge: minimum: "),
        ({SURGE: {"loud": True}}, "alerts.rules.negative_surge: loud: is not a setting that Hubbub knows"),
        ({SURGE: {"kind": STALLED}}, "alerts.rules.negative_surge: kind: cannot be changed"),
        ({SURGE: {"filter": {"term": {"colour": "red"}}}}, "alerts.rules.negative_surge: filter: the index has no"),
    ],
)
def test_a_wrong_tuning_is_one_line(tmp_path: Path, rules: dict[str, Any], reason: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path, rules=rules)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_rule_of_ones_own_stands_beside_the_shipped_ones_and_may_narrow_what_it_counts(tmp_path: Path) -> None:
    content = GOOD.replace(SURGE, "app_surge", 1).replace("minimum = 8", "minimum = 5")
    content = content.replace('name = "negative_surge"', 'name = "app_surge"')
    rules = own(tmp_path, "app_surge", content + '[filter.term]\nchannel = "app"\n')
    assert [rule.name for rule in rules] == [*SHIPPED, "app_surge"]
    (wanted,) = kind_of(rules[-1]).wanted(rules[-1], NOW)
    assert {"term": {"channel": "app"}} in wanted.where["bool"]["filter"]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('[filter.term]\ncolour = "red"', "filter: the index has no field 'colour'"),
        ('[filter.term]\n"run.new" = 1', "filter: the index has no field 'run.new'"),
        ('[filter.wildcard]\nchannel = "a*"', "filter: the embedded index does not answer the query 'wildcard'"),
        ("filter = 3", "filter: "),
        ("[filter]", "filter: a query takes exactly one"),
    ],
)
def test_a_wrong_filter_is_named(tmp_path: Path, table: str, reason: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        own(tmp_path, "surge", GOOD.replace('name = "negative_surge"', 'name = "surge"') + table)
    assert str(caught.value).startswith(f"{tmp_path / 'own' / 'surge.toml'}: {reason}")


def test_a_silence_that_could_never_be_judged_is_refused(tmp_path: Path) -> None:
    shipped = (RULES / "stalled_source.toml").read_text().replace('name = "stalled_source"', 'name = "stalled_x"')
    with pytest.raises(Misconfigured, match=r"known_days .* may not exceed days"):
        own(tmp_path, "stalled_x", re.sub(r"(?m)^days = \d+", "days = 20", shipped))


def test_a_filter_of_a_stalled_source_is_about_events(tmp_path: Path) -> None:
    stalled = (RULES / "stalled_source.toml").read_text().replace('name = "stalled_source"', 'name = "stalled_x"')
    rules = own(tmp_path, "stalled_x", stalled + '[filter.term]\n"event.dataset" = "x"')
    assert rules[-1].filter == {"term": {"event.dataset": "x"}}
    with pytest.raises(Misconfigured, match="the index has no field 'channel'"):
        own(tmp_path, "stalled_x", stalled + '[filter.term]\nchannel = "x"')


def test_a_shipped_rule_is_not_shadowed_and_a_folder_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"tune it by alerts\.rules"):
        own(tmp_path, SURGE, GOOD)
    with pytest.raises(Misconfigured, match=r"alerts\.rules_dir: .*elsewhere is no folder"):
        load(tmp_path, rules_dir="elsewhere")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("name = ", "not TOML"),
        (b"name = '\xff'", "not TOML"),
        ('name = "surge"', f"kind: one of {KINDS} is needed"),
        ('name = "surge"\nkind = "../evil"', f"kind: one of {KINDS} is needed"),
        ('name = "surge"\nkind = "__init__"', f"kind: one of {KINDS} is needed"),
        (GOOD, "name: must be 'surge', as the file is called"),
        (GOOD + "loud = true", "loud: "),
        (GOOD.replace("minimum = 8", "minimum = 1"), "minimum: "),
    ],
)
def test_a_wrong_rule_is_named_with_what_is_wrong(tmp_path: Path, content: str | bytes, reason: str) -> None:
    path = tmp_path / "surge.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path, rules_dir=".")
    assert str(caught.value).startswith(f"{path}: {reason}")
    assert "\n" not in str(caught.value)


def test_underscore_files_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "_draft.toml").write_text("name = ")
    assert load(tmp_path, rules_dir=".") == load(tmp_path)
