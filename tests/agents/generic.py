"""The generic drivers as docs/generic-drivers.md shows them: each example against its simulator."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.catalog.catalog import Entry, entries
from agents.driver import Driver
from agents.drivers import DRIVERS
from hub.contract.config.load import load, naming_lines
from tests.agents.driving import opens
from tests.agents.simulated import Simulated

PAGE = (Path(__file__).parents[2] / "docs" / "generic-drivers.md").read_text()
BEGIN = "version: 1\nagents: {bench: {}}\nstands:\n  stand:\n    agent: bench\n    simulate: SIMULATE\n    devices:\n"


def example(kind: str) -> str:
    """The entry of a device that the page shows for a driver, without the device's name."""
    found = re.search(rf"^## {kind}\n.*?```yaml\n\w+:\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no example of {kind}"
    return found[1]


def patient(kind: str) -> str:
    """That entry, with time for an answer: the machine may be busy."""
    return example(kind) + "  timeout: 30s\n"


def quick(kind: str) -> str:
    """That entry, for what does not answer."""
    return example(kind) + "  timeout: 1s\n"


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
            opens(driver)
            driver.prepare()
            yield simulated, driver
        finally:
            driver.close()
