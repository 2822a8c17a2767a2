"""Every source keeps the contract."""

import pkgutil
from importlib import import_module

import pytest

from hubbub import collectors
from tests.collectors.contract import CollectorContract

NAMES = sorted(found.name for found in pkgutil.iter_modules(collectors.__path__) if not found.name.startswith("_"))


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_a_source_inherit_the_contract(name: str) -> None:
    tests = vars(import_module(f"tests.collectors.test_{name}")).values()
    kept = [each for each in tests if isinstance(each, type) and issubclass(each, CollectorContract)]
    assert any(vars(each).get("collector") is import_module(f"hubbub.collectors.{name}") for each in kept)
