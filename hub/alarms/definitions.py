"""Every alarm there can be: the limits of config.yaml, and the built-in ones of devices, agents and the hub."""

from collections.abc import Iterator

from hub.alarms import interlock
from hub.alarms.alarm import Definition
from hub.contract.alarm import Kind, Priority
from hub.contract.config.interlocks import DEVICE
from hub.contract.config.schema import Config
from hub.contract.interlock import Interlock, interlocks

RESTART = 10.0
"""Seconds that an agent or device may be away before it is an alarm: one that is restarted comes back within them."""
STORE_REDIS, DISK_HUB = f"{Kind.STORE}-redis", f"{Kind.DISK}-hub"


def definitions(config: Config) -> Iterator[Definition]:
    """All of an installation. The ids of the built-in ones have a hyphen, which no name in config.yaml has."""
    for name, limit in config.alarms.items():
        device, channel = limit.channel.split(".")
        key = f"{limit.stand}/{device}"
        yield Definition(name, Kind.LIMIT, Priority(limit.priority), key, channel, limit.latched, limit.delay)
    for stand_name, stand in config.stands.items():
        for device in stand.devices:
            yield from _of_device(f"{stand_name}/{device}")
    for each in interlocks(config):
        yield _of_interlock(each)
    for agent in config.agents:
        yield from _of_agent(agent)
    yield Definition(STORE_REDIS, Kind.STORE, Priority.HIGH)
    yield Definition(DISK_HUB, Kind.DISK, Priority.HIGH)


def device_alarm(kind: Kind, key: str) -> str:
    """The id of a device's built-in alarm: `stale-phytotron-co2`."""
    return f"{kind}-{key.replace('/', '-')}"


def agent_alarm(kind: Kind, agent: str) -> str:
    """The id of an agent's built-in alarm: `offline-bench`."""
    return f"{kind}-{agent}"


def _of_device(key: str) -> Iterator[Definition]:
    yield Definition(device_alarm(Kind.STALE, key), Kind.STALE, Priority.MEDIUM, key)
    yield Definition(device_alarm(Kind.FAULT, key), Kind.FAULT, Priority.HIGH, key, delay=RESTART)
    yield Definition(device_alarm(Kind.RETAINED, key), Kind.RETAINED, Priority.MEDIUM, key, latched=True)


def _of_interlock(each: Interlock) -> Definition:
    """An agent keeps its own interlocks latched and says so; those of the hub are as long as their alarm stands."""
    alarm = interlock.name(each)
    if each.agent is None:
        return Definition(alarm, Kind.INTERLOCK, Priority.HIGH, latched=each.latched)
    return Definition(alarm, Kind.INTERLOCK, Priority.HIGH, f"{each.stand}/{DEVICE}", each.name)


def _of_agent(agent: str) -> Iterator[Definition]:
    yield Definition(agent_alarm(Kind.OFFLINE, agent), Kind.OFFLINE, Priority.HIGH, delay=RESTART)
    yield Definition(agent_alarm(Kind.DOUBLE, agent), Kind.DOUBLE, Priority.HIGH, latched=True)
    yield Definition(agent_alarm(Kind.CONFIG, agent), Kind.CONFIG, Priority.LOW)
    yield Definition(agent_alarm(Kind.DISK, agent), Kind.DISK, Priority.HIGH)
