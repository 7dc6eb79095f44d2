"""The running system that each file of tests has for itself, and what holds after each of its tests."""

from collections.abc import Iterator

import pytest

from tests.faults.case import Case
from tests.faults.system import BASIC, System


@pytest.fixture(scope="module")
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """`clayhub up` with the file's own CONFIG, or else the basic one."""
    with System(tmp_path_factory.mktemp("system"), getattr(request.module, "CONFIG", BASIC)) as made:
        made.start()
        yield made


@pytest.fixture
def case(system: System) -> Iterator[Case]:
    """A test that does harm to the system: after it all is as it should be. Name what the test kills in `killed`."""
    made = Case(system)
    yield made
    made.check()
