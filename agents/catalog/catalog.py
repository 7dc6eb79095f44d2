"""From config.yaml and the drivers' declarations: every device as it will be, with no hardware at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.catalog import derived, options
from agents.catalog.broken import Broken, UnknownChannels
from agents.catalog.calibration import Calibrated
from agents.catalog.interlock_check import check
from agents.catalog.selection import Selection, select
from agents.driver import Driver, DriverOptions, Drivers
from hub.contract import interlock
from hub.contract.channels import Channel
from hub.contract.config.interlocks import DEVICE
from hub.contract.config.problems import Keys, Problem, UnlocatedError
from hub.contract.config.schema import Config, Device, Stand
from hub.contract.description import Description
from hub.contract.errors import Code, DeviceError
from hub.contract.formula import Formula
from hub.contract.strict import MAX_BYTES
from hub.contract.suggestion import did_you_mean


@dataclass(frozen=True)
class Entry:
    """One device: what it is to everybody, and how its agent reaches it."""

    description: Description
    driver: type[Driver]
    given: Mapping[str, object]
    """The driver's options as they stand in config.yaml."""
    sources: Mapping[str, str]
    """The driver's word for each channel, by the name that config.yaml gives it."""
    simulated: bool
    expect: str | None = None
    """The serial number that the device must tell."""
    calibrated: Mapping[str, Calibrated] = field(default_factory=dict)
    """The channels with a calibration."""
    derived: Mapping[str, Formula] = field(default_factory=dict)
    """The channels that are worked out, which the driver does not know."""

    @property
    def bus(self) -> str:
        """Devices with the same bus are served by one thread. Each simulator is a bus of its own."""
        if self.simulated:
            return f"simulated {self.description.key}"
        return self.driver.bus(self.driver.Options.model_validate(self.given))

    def options(self, simulators: Path) -> DriverOptions:
        """The driver's options; of a simulated device with the address that its simulator wrote down in the folder
        `simulators`. Raises DeviceError (no_answer) when there is none yet."""
        if not self.simulated:
            return self.driver.Options.model_validate(self.given)
        file = simulators / f"{self.description.stand}.{self.description.device}.address"
        try:
            address = file.read_text().strip()
        except OSError:
            text = f"The simulator of {self.description.key} does not run: there is no {file}."
            raise DeviceError(Code.NO_ANSWER, text) from None
        return self.driver.Options.model_validate({**self.given, "address": address})


def describe(config: Config, drivers: Drivers) -> dict[str, Description]:
    """The self-descriptions of all devices, by `stand/device`. Raises UnlocatedError with every mistake there is."""
    found = {key: entry.description for key, entry in entries(config, drivers).items()}
    return found | interlock.describe(interlock.interlocks(config))


def entries(config: Config, drivers: Drivers) -> dict[str, Entry]:
    """All devices of all stands that have hardware, by `stand/device`. Raises UnlocatedError with every mistake there
    is, in the interlocks too."""
    problems: list[Problem] = []
    found: dict[str, Entry] = {}
    for stand_name, stand in config.stands.items():
        for name, device in hardware(stand).items():
            where: Keys = ("stands", stand_name, "devices", name)
            driver = drivers.get(device.driver)
            if driver is None:
                hint = did_you_mean(device.driver, drivers)
                problems.append(Problem((*where, "driver"), f"there is no driver {device.driver!r}{hint}"))
                continue
            if issubclass(driver, Broken):
                unknown = UnknownChannels(**vars(_description(stand_name, stand, name, device, ())), why=driver.why)
                found[unknown.key] = Entry(unknown, driver, {}, {}, stand.simulate)
                continue
            given = driver.completed(options.given(driver, device), config.mqtt, stand.agent)
            wrong = list(options.mistakes(driver, device, given, stand.simulate, where))
            problems += wrong
            declared = None if wrong else driver.declare(options.presumed(driver, given))
            chosen = _selection(driver, device, declared, (*where, "channels"), problems)
            description = _description(stand_name, stand, name, device, tuple(chosen.channels.values()))
            if len(description.encode()) > MAX_BYTES:
                problems.append(Problem(where, "it has too many channels for one message; make two devices of it"))
            found[description.key] = Entry(
                description, driver, given, chosen.sources, stand.simulate, device.expect, chosen.calibrated
            )
    found = _with_derived(config, found, problems)
    problems += check(config, {key: entry.description for key, entry in found.items()})
    if problems:
        raise UnlocatedError(problems)
    return found


def hardware(stand: Stand) -> dict[str, Device]:
    """The devices that a driver reaches, which the stand's interlocks are not."""
    return {name: device for name, device in stand.devices.items() if device.driver != DEVICE}


def _description(
    stand_name: str, stand: Stand, name: str, device: Device, channels: tuple[Channel, ...]
) -> Description:
    return Description(
        stand=stand_name,
        device=name,
        title=device.title or name,
        driver=device.driver,
        agent=stand.agent,
        period=device.period,
        commands=device.commands,
        channels=channels,
    )


def _selection(
    driver: type[Driver], device: Device, declared: Sequence[Channel] | None, where: Keys, problems: list[Problem]
) -> Selection:
    """`declared` is None when the options are wrong: then the driver's class may still tell."""
    known = driver.channels if declared is None else declared
    if device.channels is None or (declared is None and options.describes_channels(driver)):
        return Selection.of_all(known)
    return select(driver.kind, known, device.channels, device.period, where, problems)


def _with_derived(config: Config, measured: Mapping[str, Entry], problems: list[Problem]) -> dict[str, Entry]:
    """The entries with their derived channels, whose formulas may name any measured channel of the stand."""
    found = dict(measured)
    descriptions = {key: entry.description for key, entry in measured.items()}
    for key, entry in measured.items():
        stand, _, name = key.partition("/")
        if any(f"{stand}/{each}" not in measured for each in hardware(config.stands[stand])):
            continue  # a driver is not known, so nobody knows whether its channels would be there
        wanted = config.stands[stand].devices[name].derived
        where: Keys = ("stands", stand, "devices", name, "derived")
        formulas = derived.understood(entry.description, wanted, descriptions, where, problems)
        channels = (derived.declared(name, each) for name, each in wanted.items())
        description = replace(entry.description, channels=(*entry.description.channels, *channels))
        found[key] = replace(entry, description=description, derived=formulas)
    return found
