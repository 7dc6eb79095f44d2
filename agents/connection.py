"""The connection to one device: its driver made, opened, used and closed, in the words of config.yaml."""

from collections.abc import Callable, Mapping
from pathlib import Path

from agents.catalog.catalog import Entry
from agents.driver import Driver
from agents.naming import Measured, named, to_device
from hub.contract.channels import Value
from hub.contract.errors import Code, DeviceError


class Connection:
    """Used by one thread only. `identified` is told what the device says of itself when that is new; `happened`, what
    happens to it by itself."""

    def __init__(
        self,
        entry: Entry,
        simulators: Path,
        identified: Callable[[Mapping[str, str]], None],
        happened: Callable[[str], None],
    ) -> None:
        self._entry, self._simulators = entry, simulators
        self._identified, self._happened = identified, happened
        self._driver: Driver | None = None
        """Kept while closed: it may remember what the device was last set to."""
        self._live: Driver | None = None
        """The same, while it is open."""
        self._identity: dict[str, str] = {}

    @property
    def is_open(self) -> bool:
        """Whether the device can be used."""
        return self._live is not None

    def open(self) -> None:
        """Connect, unless it is so. The driver is made once, and again after `forget` or when its address has changed.

        Raises DeviceError."""
        if self._live is not None:
            return
        options = self._entry.options(self._simulators)
        if self._driver is None or self._driver.options != options:
            self._driver = self._entry.driver(options)
        self._live = self._driver  # from here on, also half open, it must be closed
        self._live.open()
        self._identify(self._live)
        self._live.prepare()

    def close(self) -> None:
        """Let go of the device."""
        driver, self._live = self._live, None
        if driver is not None:
            driver.close()

    def forget(self) -> None:
        """The driver has a mistake: make another one next time."""
        self._driver = None

    def read(self) -> Measured:
        """What the device shows. Raises DeviceError."""
        snapshot = self._used().read()
        found = named(self._entry, snapshot)
        for text in snapshot.events:
            self._happened(text)
        return found

    def write(self, name: str, value: Value) -> None:
        """Set a channel. Raises DeviceError."""
        self._used().write(self._entry.sources[name], to_device(self._entry, name, value))

    def write_all(self, values: Mapping[str, Value]) -> DeviceError | None:
        """Set several channels; one that the device refuses keeps no other from its own. Returns the first refusal.

        Raises DeviceError for any other failure."""
        refusals: list[DeviceError] = []
        for name, value in values.items():
            try:
                self.write(name, value)
            except DeviceError as error:
                if error.code is not Code.DEVICE_REFUSED:
                    raise
                refusals.append(error)
        return refusals[0] if refusals else None

    def repeatable(self, name: str) -> bool:
        """Whether the driver says that setting the channel twice does no harm."""
        return self._used().repeatable(self._entry.sources[name])

    def _used(self) -> Driver:
        if self._live is None:
            raise DeviceError(Code.NO_ANSWER, f"{self._entry.description.key} is not connected.")
        return self._live

    def _identify(self, driver: Driver) -> None:
        """See that it is the instrument that config.yaml expects, before anything is set."""
        identity = dict(driver.identify())
        expected, serial = self._entry.expect, identity.get("serial")
        if expected is not None and serial != expected:
            said = f"says that its serial number is {serial!r:.60}" if serial else "does not tell its serial number"
            text = (
                f"The device at the address of {self._entry.description.key} {said}; {expected!r} is expected. "
                "Nothing was set on it."
            )
            raise DeviceError(Code.WRONG_DEVICE, text)
        if identity != self._identity:
            self._identity = identity
            self._identified(identity)
