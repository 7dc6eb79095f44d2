"""Fixtures for the tests of drivers."""

import pytest


@pytest.fixture
def timeout() -> float:
    """Seconds that a device has for its answer. `HASTY` gives it less."""
    return 30.0
