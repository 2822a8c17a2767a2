"""Every source keeps the contract."""

from importlib import import_module

import pytest

from hubbub import collectors
from hubbub.core.folders import module_names
from tests.collectors.contract import CollectorContract

NAMES = module_names(collectors.__path__)


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_a_source_inherit_the_contract(name: str) -> None:
    tests = vars(import_module(f"tests.collectors.test_{name}")).values()
    kept = [each for each in tests if isinstance(each, type) and issubclass(each, CollectorContract)]
    assert any(vars(each).get("collector") is import_module(f"hubbub.collectors.{name}") for each in kept)
