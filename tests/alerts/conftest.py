"""What the tests of alerts/ start from."""

import pytest

from tests.alerts.shift import Shift


@pytest.fixture
def shift() -> Shift:
    return Shift()
