"""What one part of config.yaml says of another: agents, devices, channels and procedures that must exist.

It looks at the plain data, so that a person learns of a dangling reference together with all other mistakes; what has
the wrong shape is passed over here, for the schema names it.
"""

from collections.abc import Iterator
from typing import Any

from hub.contract.condition import Condition
from hub.contract.config.interlocks import DEVICE
from hub.contract.config.problems import Keys, Problem
from hub.contract.suggestion import did_you_mean


def check(data: object) -> list[Problem]:
    """Every reference in `data`, the whole file as plain data, that leads nowhere."""
    return [*_stands(data), *_procedures(data), *_schedules(data), *_alarms(data)]


def _stands(data: object) -> Iterator[Problem]:
    agents = _part(data, "agents")
    for name, stand in _part(data, "stands").items():
        agent = _word(stand, "agent")
        if agent is not None and agent not in agents:
            yield Problem(("stands", name, "agent"), f"there is no agent {agent!r}{did_you_mean(agent, agents)}")
        for device, entry in _part(stand, "devices").items():
            yield from _sources(("stands", name, "devices", device, "channels"), _part(entry, "channels"))
        yield from _interlocks(("stands", name), data, name)


def _sources(keys: Keys, channels: dict[str, Any]) -> Iterator[Problem]:
    """Two names for one channel could not both be right about its safe value."""
    names: dict[str, str] = {}
    for name, channel in channels.items():
        source = _word(channel, "source") or name
        if source in names:
            yield Problem((*keys, name), f"{names[source]!r} is the device's {source!r} already; keep one of them")
        names.setdefault(source, name)


def _interlocks(where: Keys, data: object, stand: str) -> Iterator[Problem]:
    entry = _part(data, "stands")[stand]
    found = _part(entry, "interlocks")
    if found and DEVICE in _part(entry, "devices"):
        text = f"a stand with interlocks shows them as its device {DEVICE!r}; choose another name"
        yield Problem((*where, "devices", DEVICE), text)
    for name, interlock in found.items():
        outputs = interlock.get("outputs") if isinstance(interlock, dict) else None
        for number, output in enumerate(outputs if isinstance(outputs, list) else ()):
            reference = output if isinstance(output, str) else None
            yield from _channel((*where, "interlocks", name, "outputs", number), data, stand, reference)
        for key in ("when", "needs"):
            for reference in _mentioned(_word(interlock, key)):
                yield from _anywhere((*where, "interlocks", name, key), data, stand, reference)


def _anywhere(keys: Keys, data: object, stand: str, reference: str) -> Iterator[Problem]:
    """`device.channel` of the stand, or `stand.device.channel`."""
    stands = _part(data, "stands")
    *elsewhere, device, channel = reference.split(".")
    named = elsewhere[0] if elsewhere else stand
    if named not in stands:
        yield Problem(keys, f"there is no stand {named!r}{did_you_mean(named, stands)}")
    elif device == DEVICE and _part(stands[named], "interlocks"):
        yield Problem(keys, "an interlock does not look at interlocks; name the channels that they look at")
    yield from _channel(keys, data, named, f"{device}.{channel}")


def _mentioned(condition: str | None) -> list[str]:
    """The channels that a condition names; none of one that the schema refuses."""
    try:
        return sorted(Condition(condition).references) if condition is not None else []
    except ValueError:
        return []


def _procedures(data: object) -> Iterator[Problem]:
    for name, procedure in _part(data, "procedures").items():
        keys: Keys = ("procedures", name)
        yield from _stand(keys, data, procedure)
        for part in ("steps", "finally"):
            steps = procedure.get(part) if isinstance(procedure, dict) else None
            for number, step in enumerate(steps if isinstance(steps, list) else ()):
                yield from _channel((*keys, part, number, "set"), data, _word(procedure, "stand"), _word(step, "set"))


def _schedules(data: object) -> Iterator[Problem]:
    procedures = _part(data, "procedures")
    for name, schedule in _part(data, "schedules").items():
        keys: Keys = ("schedules", name)
        started = _word(schedule, "procedure")
        if started is not None and started not in procedures:
            yield Problem((*keys, "procedure"), f"there is no procedure {started!r}{did_you_mean(started, procedures)}")
        yield from _stand(keys, data, schedule)
        yield from _channel((*keys, "set"), data, _word(schedule, "stand"), _word(schedule, "set"))


def _alarms(data: object) -> Iterator[Problem]:
    for name, alarm in _part(data, "alarms").items():
        keys: Keys = ("alarms", name)
        yield from _stand(keys, data, alarm)
        yield from _channel((*keys, "channel"), data, _word(alarm, "stand"), _word(alarm, "channel"))


def _stand(keys: Keys, data: object, entry: object) -> Iterator[Problem]:
    stands = _part(data, "stands")
    stand = _word(entry, "stand")
    if stand is not None and stand not in stands:
        yield Problem((*keys, "stand"), f"there is no stand {stand!r}{did_you_mean(stand, stands)}")


def _channel(keys: Keys, data: object, stand: str | None, reference: str | None) -> Iterator[Problem]:
    """`device.channel` of a stand that exists; a device that lists no channels has all of its driver's."""
    stands = _part(data, "stands")
    if stand not in stands or reference is None:
        return
    devices = _part(stands[stand], "devices") | ({DEVICE: {}} if _part(stands[stand], "interlocks") else {})
    device, _, channel = reference.partition(".")
    if device not in devices:
        yield Problem(keys, f"{stand} has no device {device!r}{did_you_mean(device, devices)}")
        return
    channels, derived = _part(devices[device], "channels"), _part(devices[device], "derived")
    if channels and channel not in channels and channel not in derived:
        yield Problem(keys, f"{device} has no channel {channel!r}{did_you_mean(channel, [*channels, *derived])}")


def _part(data: object, key: str) -> dict[str, Any]:
    part = data.get(key) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


def _word(data: object, key: str) -> str | None:
    word = data.get(key) if isinstance(data, dict) else None
    return word if isinstance(word, str) else None
