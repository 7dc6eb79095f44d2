"""The generic drivers as docs/generic-drivers.md shows them: each example against its simulator."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.catalog.catalog import Entry, entries
from agents.driver import Driver, Snapshot
from agents.drivers import DRIVERS
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import Code, DeviceError
from tests.agents.simulated import Simulated
from tests.servers import wait_until

PAGE = (Path(__file__).parents[2] / "docs" / "generic-drivers.md").read_text()
BEGIN = "version: 1\nagents: {bench: {}}\nstands:\n  stand:\n    agent: bench\n    simulate: SIMULATE\n    devices:\n"


def example(kind: str) -> str:
    """The entry of a device that the page shows for a driver, without the device's name."""
    found = re.search(rf"^## {kind}\n.*?```yaml\n\w+:\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no example of {kind}"
    return found[1]


def configured(folder: Path, device: str, *, name: str = "device", simulate: bool = False) -> Entry:
    """The device as config.yaml describes it. Raises ConfigError."""
    file = folder / "config.yaml"
    indented = "".join(f"      {line}\n" for line in device.splitlines())
    file.write_text(BEGIN.replace("SIMULATE", str(simulate).lower()) + f"      {name}:\n{indented}")
    with naming_lines(file):
        return entries(load(file), DRIVERS)[f"stand/{name}"]


@contextmanager
def opened(kind: str, folder: Path, device: str | None = None) -> Iterator[tuple[Simulated, Driver]]:
    """A simulator, and the driver that the page's example (or `device`) makes, open."""
    entry = configured(folder, device or example(kind), name=kind, simulate=True)
    with Simulated(kind, folder, "--speed", "5") as simulated:
        driver = entry.driver(entry.options(folder))
        try:
            driver.open()
            driver.prepare()
            yield simulated, driver
        finally:
            driver.close()


def error_of(call: Callable[[], object]) -> Code | None:
    """The code of the DeviceError that `call` raises; None when it raises none."""
    try:
        call()
    except DeviceError as error:
        return error.code
    return None


def becomes(driver: Driver, code: Code | None) -> None:
    """Wait until reading raises an error with the code, or none."""
    wait_until(lambda: error_of(driver.read) is code, f"reading to give {code}")


def reads(driver: Driver, wanted: Callable[[Snapshot], bool]) -> Snapshot:
    """Wait for a snapshot that is as wanted; errors on the way are those of a fault that comes or goes."""

    def found() -> Snapshot | None:
        try:
            snapshot = driver.read()
        except DeviceError:
            return None
        return snapshot if wanted(snapshot) else None

    return wait_until(found, "such a snapshot")  # type: ignore[return-value]
