"""The channels of a device as config.yaml wants them: which, under which names, with which safe values, calibrated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from agents import plausibility
from agents.catalog.calibration import Calibrated
from hub.contract.channels import Action, Channel, Number
from hub.contract.config.problems import Keys, Problem
from hub.contract.config.schema import ChannelConfig
from hub.contract.errors import Refused
from hub.contract.suggestion import did_you_mean


@dataclass
class Selection:
    """What is wanted of a driver's channels. All is by the names that config.yaml gives."""

    channels: dict[str, Channel] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """The driver's words for them."""
    calibrated: dict[str, Calibrated] = field(default_factory=dict)

    @classmethod
    def of_all(cls, declared: Iterable[Channel]) -> "Selection":
        """All of them, as the driver has them."""
        found = {channel.name: channel for channel in declared}
        return cls(found, {name: name for name in found})


def select(
    kind: str,
    declared: Iterable[Channel],
    wanted: Mapping[str, ChannelConfig],
    period: float,
    where: Keys,
    problems: list[Problem],
) -> Selection:
    """The wanted ones of the channels that the driver `kind` declares, read every `period` seconds; every mistake is
    added to `problems`."""
    known = {channel.name: channel for channel in declared}
    found = Selection()
    for name, config in wanted.items():
        source = config.source or name
        if source not in known:
            keys = (*where, name, "source") if config.source else (*where, name)
            hint = did_you_mean(source, known)
            problems.append(Problem(keys, f"the driver {kind} has no channel {source!r}{hint}"))
            continue
        channel = replace(known[source], name=name, title=config.title or known[source].title)
        if config.calibration is not None:
            channel = _calibrated(channel, config, found, (*where, name, "calibration"), problems)
        channel = _judged(channel, config, period, (*where, name), problems)
        found.channels[name] = _configured(channel, config, (*where, name), problems)
        found.sources[name] = source
    return found


def _calibrated(
    channel: Channel, config: ChannelConfig, found: Selection, where: Keys, problems: list[Problem]
) -> Channel:
    if not isinstance(channel, Number) or config.calibration is None:
        problems.append(Problem(where, f"only a number has a calibration, and this is a {channel.kind}; leave it out"))
        return channel
    calibrated = Calibrated(channel, config.calibration)
    mistake = calibrated.mistake()
    if mistake is not None:
        problems.append(Problem(where, mistake))
    found.calibrated[channel.name] = calibrated
    return calibrated.channel()


def _judged(channel: Channel, wanted: ChannelConfig, period: float, where: Keys, problems: list[Problem]) -> Channel:
    """The channel with what config.yaml says of values that cannot be."""
    given = {"frozen_after": wanted.frozen_after, "rails": wanted.rails}
    said = {key: value for key, value in given.items() if value is not None}
    if said and not isinstance(channel, Number):
        text = f"only a number is judged so, and this is a {channel.kind}; leave it out"
        problems += [Problem((*where, key), text) for key in said]
        return channel
    channel = replace(channel, **said)  # type: ignore[arg-type]  # only a Number comes here with something said
    wrong = plausibility.mistakes(channel, period)
    problems += [Problem((*where, key), text) for key, text in wrong if key in said]
    return channel


def _configured(channel: Channel, wanted: ChannelConfig, where: Keys, problems: list[Problem]) -> Channel:
    safe = channel.safe if wanted.safe is None else wanted.safe
    lease = channel.lease if wanted.lease is None else wanted.lease
    max_on = channel.max_on if wanted.max_on is None else wanted.max_on
    channel = replace(channel, safe=safe, lease=lease, max_on=max_on, confirm=wanted.confirm or channel.confirm)
    can_rest = channel.writable and not isinstance(channel, Action)
    if wanted.safe is not None and not can_rest:
        problems.append(Problem((*where, "safe"), "only a channel that can be set has a safe value; leave it out"))
    elif wanted.safe is not None:
        try:
            channel.check(safe)
        except Refused as refused:
            problems.append(Problem((*where, "safe"), str(refused)))
    for key, what, seconds in (("lease", "a lease", wanted.lease), ("max_on", "a limit", wanted.max_on)):
        if seconds is not None and (not can_rest or safe is None):
            problems.append(Problem((*where, key), f"{what} ends at the safe value; give the channel `safe` too"))
        elif seconds == 0:
            problems.append(Problem((*where, key), f"{what} of no time cannot be kept; write for example 60s"))
    if wanted.confirm is not None and not channel.writable:
        problems.append(Problem((*where, "confirm"), "only a channel that can be set is confirmed; leave it out"))
    return channel
