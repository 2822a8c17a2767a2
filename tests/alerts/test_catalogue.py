"""The shipped rules, and what a wrong one says."""

from pathlib import Path

import pytest

from hubbub.alerts.catalogue import RULES, kind_of, load_rules
from hubbub.core.errors import Misconfigured
from tests.alerts.made import NOW

GOOD = (RULES / "negative_surge.toml").read_text()


def test_every_shipped_rule_is_understood_by_its_kind() -> None:
    rules = load_rules()
    assert [rule.name for rule in rules] == sorted(path.stem for path in RULES.iterdir())
    for rule in rules:
        first = kind_of(rule).windows(rule, NOW)[0]
        assert first[0] < first[1] == NOW


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("name = ", "not TOML"),
        (b"name = '\xff'", "not TOML"),
        ('name = "surge"', "kind: one of negative_surge is needed"),
        ('name = "surge"\nkind = "../evil"', "kind: one of negative_surge is needed"),
        ('name = "surge"\nkind = "__init__"', "kind: one of negative_surge is needed"),
        (GOOD, "name: must be 'surge', as the file is called"),
        (GOOD + "loud = true", "loud: "),
        (GOOD.replace("minimum = 8", "minimum = 1"), "minimum: "),
    ],
)
def test_a_wrong_rule_is_named_with_what_is_wrong(tmp_path: Path, content: str | bytes, reason: str) -> None:
    path = tmp_path / "surge.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Misconfigured) as caught:
        load_rules(tmp_path)
    assert str(caught.value).startswith(f"{path}: {reason}")
    assert "\n" not in str(caught.value)


def test_underscore_files_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "_draft.toml").write_text("name = ")
    assert load_rules(tmp_path) == []
