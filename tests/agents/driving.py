"""How a driver's test uses it: what it raises, and what it reads sooner or later."""

from collections.abc import Callable

import pytest

from agents.driver import Driver, Snapshot
from hub.contract.errors import Code, DeviceError
from tests.servers import wait_until

HASTY = pytest.mark.parametrize("timeout", [0.5], ids=["hasty"])
"""For tests in which nothing answers: what does is waited for, as the machine may be busy (the fixture `timeout`)."""


def error_of(call: Callable[[], object]) -> Code | None:
    """The code of the DeviceError that `call` raises; None when it raises none."""
    try:
        call()
    except DeviceError as error:
        return error.code
    return None


def opens(driver: Driver) -> None:
    """Wait until it is open: on a busy machine what is there may not answer in time. Raises its other DeviceErrors."""

    def is_open() -> bool:
        try:
            driver.open()
        except DeviceError as error:
            if error.code is not Code.NO_ANSWER:
                raise
            return False
        return True

    wait_until(is_open, "the device to answer")


def becomes(driver: Driver, code: Code | None) -> None:
    """Wait until reading raises an error with the code, or none.

    NO_ANSWER may be a busy machine's, before the fault: what else the fault does must be waited for, too.
    """
    wait_until(lambda: error_of(driver.read) is code, f"reading to give {code}")


def reads(driver: Driver, wanted: Callable[[Snapshot], bool], what: str = "such a snapshot") -> Snapshot:
    """Wait for a snapshot that is as wanted; errors on the way are those of a fault that comes or goes."""

    def found() -> Snapshot | None:
        try:
            snapshot = driver.read()
        except DeviceError:
            return None
        return snapshot if wanted(snapshot) else None

    return wait_until(found, what)  # type: ignore[return-value]
