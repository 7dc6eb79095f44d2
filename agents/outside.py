"""Drivers from outside: of other packages, and files in a folder that config.yaml names.

Each is checked as ours are. One that cannot be used is replaced by a stand-in, and never stops the others.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from agents.catalog.broken import broken
from agents.catalog.declaration import mistakes
from agents.driver import Driver, Drivers
from agents.drivers import DRIVERS
from hub.contract.config.problems import Problem, UnlocatedError
from hub.contract.config.schema import Config

GROUP = "clayhub.drivers"
"""The entry points under which a package offers drivers."""


@dataclass(frozen=True)
class Offer:
    """A driver and where it comes from. `why` says why it cannot be used; empty when it can."""

    driver: type[Driver]
    origin: str
    why: str = ""


def drivers(config: Config, file: Path) -> Drivers:
    """All drivers there are, by kind; `file` is config.yaml. Raises UnlocatedError when the folder is not there."""
    found: dict[str, type[Driver]] = {}
    for offer in offers(folder(config, file)):
        found.setdefault(offer.driver.kind, offer.driver)
    return found


def folder(config: Config, file: Path) -> Path | None:
    """The folder of the installation's own drivers. Raises UnlocatedError when it is not there."""
    if config.drivers is None:
        return None
    found = file.parent / config.drivers
    if not found.is_dir():
        text = f"there is no folder {found}; make it, copy it from the hub's machine, or leave the line out"
        raise UnlocatedError([Problem(("drivers",), text)])
    return found


def offers(own: Path | None) -> Iterator[Offer]:
    """Ours, then those of packages, then those in the folder `own`. Of one kind the first counts."""
    yield from (Offer(driver, "clayhub") for driver in DRIVERS.values())
    taken = set(DRIVERS)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        origin = f"package {entry.dist.name}" if entry.dist is not None else "package"
        yield _offer(entry.name, origin, entry.load, taken)
    for file in sorted(own.glob("*.py")) if own is not None else ():
        if not file.name.startswith("_"):
            yield _offer(file.stem, str(file), lambda file=file: _only_driver(_module(file)), taken)  # type: ignore[misc]


def _offer(kind: str, origin: str, load: Callable[[], object], taken: set[str]) -> Offer:
    driver, why = _loaded(kind, load)
    if kind in taken:
        why = f"there is a driver {kind!r} already; give this one another name"
    taken.add(kind)
    if driver is None or why:
        text = f"The driver {kind} ({origin}) cannot be used: {why}."
        return Offer(broken(kind, text), origin, why)
    return Offer(driver, origin)


def _loaded(kind: str, load: Callable[[], object]) -> tuple[type[Driver] | None, str]:
    """The driver, and what is wrong with it."""
    try:
        driver = load()
        if not isinstance(driver, type) or not issubclass(driver, Driver):
            return None, "it is no subclass of agents.driver.Driver"
        if driver.kind != kind:
            return driver, f"its `kind` is {driver.kind!r}; it must be {kind!r}, as it is named"
        return driver, "; ".join(mistakes(driver))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (others' code may do anything; it must not end the agent)
        return None, f"{type(error).__name__}: {error}"


def _module(file: Path) -> ModuleType:
    name = f"clayhub_drivers_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pydantic look their classes' module up
    spec.loader.exec_module(module)
    return module


def _only_driver(module: ModuleType) -> type[Driver]:
    found = [
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, Driver)
        and each.__module__ == module.__name__
        and "kind" in vars(each)
    ]
    if len(found) != 1:
        raise ImportError(f"the file has {len(found)} classes that are a Driver with a `kind`; it must have one")
    return found[0]
