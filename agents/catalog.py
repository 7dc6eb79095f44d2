"""From config.yaml and the drivers' declarations: every device as it will be, with no hardware at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agents import options
from agents.driver import Driver, DriverOptions, Drivers
from hub.contract.channels import Action, Channel
from hub.contract.config.problems import Keys, Problem, UnlocatedError, did_you_mean
from hub.contract.config.schema import ChannelConfig, Config, Device, Stand
from hub.contract.description import Description
from hub.contract.errors import Code, DeviceError, Refused
from hub.contract.strict import MAX_BYTES


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
    return {key: entry.description for key, entry in entries(config, drivers).items()}


def entries(config: Config, drivers: Drivers) -> dict[str, Entry]:
    """All devices of all stands, by `stand/device`. Raises UnlocatedError with every mistake there is."""
    problems: list[Problem] = []
    found: dict[str, Entry] = {}
    for stand_name, stand in config.stands.items():
        for name, device in stand.devices.items():
            where: Keys = ("stands", stand_name, "devices", name)
            driver = drivers.get(device.driver)
            if driver is None:
                hint = did_you_mean(device.driver, drivers)
                problems.append(Problem((*where, "driver"), f"there is no driver {device.driver!r}{hint}"))
                continue
            given = options.given(driver, device)
            wrong = list(options.mistakes(driver, device, given, stand.simulate, where))
            problems += wrong
            declared = None if wrong else driver.declare(options.presumed(driver, given))
            channels, sources = _channels(driver, device, declared, (*where, "channels"), problems)
            description = _description(stand_name, stand, name, device, channels)
            if len(description.encode()) > MAX_BYTES:
                problems.append(Problem(where, "it has too many channels for one message; make two devices of it"))
            found[description.key] = Entry(description, driver, given, sources, stand.simulate, device.expect)
    if problems:
        raise UnlocatedError(problems)
    return found


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


def _channels(
    driver: type[Driver], device: Device, declared: Sequence[Channel] | None, where: Keys, problems: list[Problem]
) -> tuple[tuple[Channel, ...], dict[str, str]]:
    """The channels under the names config.yaml gives them (all, under the driver's own, when it lists none).

    `declared` is None when the options are wrong: then the driver's class may still tell.
    """
    known = {channel.name: channel for channel in (driver.channels if declared is None else declared)}
    if device.channels is None or (declared is None and options.describes_channels(driver)):
        return tuple(known.values()), {name: name for name in known}
    channels: list[Channel] = []
    sources: dict[str, str] = {}
    for name, wanted in device.channels.items():
        source = wanted.source or name
        if source not in known:
            keys = (*where, name, "source") if wanted.source else (*where, name)
            hint = did_you_mean(source, known)
            problems.append(Problem(keys, f"the driver {driver.kind} has no channel {source!r}{hint}"))
        else:
            channels.append(_configured(name, known[source], wanted, (*where, name), problems))
            sources[name] = source
    return tuple(channels), sources


def _configured(name: str, declared: Channel, wanted: ChannelConfig, where: Keys, problems: list[Problem]) -> Channel:
    safe = declared.safe if wanted.safe is None else wanted.safe
    lease = declared.lease if wanted.lease is None else wanted.lease
    confirm = wanted.confirm or declared.confirm
    channel = replace(
        declared, name=name, title=wanted.title or declared.title, safe=safe, lease=lease, confirm=confirm
    )
    if wanted.confirm is not None and not channel.writable:
        problems.append(Problem((*where, "confirm"), "only a channel that can be set is confirmed; leave it out"))
    can_rest = channel.writable and not isinstance(channel, Action)
    if wanted.safe is not None and not can_rest:
        problems.append(Problem((*where, "safe"), "only a channel that can be set has a safe value; leave it out"))
    elif wanted.safe is not None:
        try:
            channel.check(safe)
        except Refused as refused:
            problems.append(Problem((*where, "safe"), str(refused)))
    if wanted.lease is not None and (not can_rest or safe is None):
        problems.append(Problem((*where, "lease"), "a lease ends at the safe value; give the channel `safe` too"))
    elif wanted.lease == 0:
        problems.append(Problem((*where, "lease"), "a lease of no time cannot be kept; write for example 60s"))
    return channel
