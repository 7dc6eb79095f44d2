"""What is wrong with devices and agents themselves, judged by what is heard of them and by silence."""

from collections.abc import Iterator

from hub.alarms.definitions import agent_alarm, device_alarm
from hub.alarms.findings import Finding
from hub.contract.alarm import Kind
from hub.contract.presence import Availability
from hub.contract.reading import STALE_PERIODS
from hub.core.agent import Agent
from hub.core.devices import Devices
from hub.core.presence import STALL, Presence
from hub.procedures.effects import Moment


class Diagnostics:
    """An agent that is away explains its devices' silence, and a fault that of a device: each thing is said once."""

    def __init__(self, devices: Devices, presence: Presence, now: Moment) -> None:
        self._devices, self._presence = devices, presence
        self._heard: dict[str, float] = {}
        self._listening = self._looked = now.mono

    @property
    def keys(self) -> list[str]:
        """The devices, by their keys."""
        return list(self._devices.agents)

    def heard(self, key: str, now: Moment) -> None:
        """There is a live reading of the device."""
        self._heard[key] = now.mono

    def listen(self, now: Moment) -> None:
        """Nobody could be heard until now, so nobody's silence before counts."""
        self._listening = now.mono

    def judge(self, now: Moment) -> Iterator[Finding]:
        """All that is known to be the matter, or not to be."""
        if now.mono - self._looked > STALL:
            self.listen(now)
        self._looked = now.mono
        for agent in self._presence.agents:
            if agent.online is None:
                continue
            yield from self._agent(agent, now)
            for key in agent.devices:
                yield from self._device(key, agent, now)

    def _agent(self, agent: Agent, now: Moment) -> Iterator[Finding]:
        name = agent.name
        yield Finding(
            agent_alarm(Kind.OFFLINE, name),
            not agent.online,
            f"The agent {name} is not heard; look at its machine, the network and the broker.",
        )
        yield Finding(
            agent_alarm(Kind.DOUBLE, name),
            agent.is_double(now),
            f"Two agents call themselves {name}; the first is followed. Stop one of them.",
        )
        if agent.online:
            yield Finding(
                agent_alarm(Kind.CONFIG, name),
                self._presence.differs(agent),
                f"The agent {name} runs with another config.yaml than the hub; make them the same and restart it.",
            )
            said = f"The agent {name} says: {agent.trouble}"
            yield Finding(agent_alarm(Kind.DISK, name), agent.trouble is not None, said)

    def _device(self, key: str, agent: Agent, now: Moment) -> Iterator[Finding]:
        word = self._presence.word(key)
        if word is None:
            return
        code = agent.health.get(key, "ok")
        why = f" ({code})" if code != "ok" else ""
        there = bool(agent.online) and word is Availability.ONLINE
        faulty = bool(agent.online) and not there
        said = f"{key} does not answer{why}; look at its power and cable."
        yield Finding(device_alarm(Kind.FAULT, key), faulty, said)
        if not there:
            self._heard[key] = now.mono  # when it is back, its periods count from then
        description = self._devices.descriptions.get(key)
        if description is not None:
            # Its silence ends with that of its agent: an agent that has just died must not look like a dead device.
            silence = agent.seen - max(self._heard.get(key, self._listening), self._listening)
            stale = there and silence > STALE_PERIODS * description.period
            said = f"No new values come from {key}; those shown are old."
            yield Finding(device_alarm(Kind.STALE, key), stale, said)
