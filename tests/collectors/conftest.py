"""The contract's assertions are told as those of the tests that inherit it."""

import pytest

pytest.register_assert_rewrite("tests.collectors.contract", "tests.collectors.online")
