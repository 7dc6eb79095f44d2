"""Who is there: agents by their heartbeats and last wills, and with them their devices.

Only a heartbeat makes an agent online. Its last will, or three seconds without a heartbeat, make it offline; then what
it said of its devices is taken back, for a dead agent cannot do that itself.
"""

import logging
from collections.abc import Collection, Iterable

from hub.contract.errors import Code, Refused
from hub.contract.presence import Availability, Heartbeat
from hub.core.agent import Agent
from hub.core.availability import DeviceAvailability, word
from hub.core.effects import Effects
from hub.procedures.effects import Moment

log = logging.getLogger(__name__)

SILENCE = 3.0
"""Seconds without a heartbeat after which an agent is offline."""
STALL = 2.0
"""Seconds between two looks at the clock after which the hub itself was stopped, and nobody's silence counts."""


class Presence:
    """All agents of config.yaml. `lost` collects the names of those that went offline, for the commands they have."""

    def __init__(self, agents: dict[str, list[str]], config_hash: str, out: Effects, now: Moment) -> None:
        self._agents = {name: Agent(name, devices, now.mono) for name, devices in agents.items()}
        self._of_device = {key: self._agents[name] for name, devices in agents.items() for key in devices}
        self._availability = DeviceAvailability(out)
        self._config_hash = config_hash
        self._out = out
        self._looked = now.mono
        self.lost: list[str] = []

    def on_heartbeat(self, name: str, payload: bytes, now: Moment) -> None:
        """Raises Refused: unknown_target, bad_json, bad_message."""
        agent, beat = self._agent(name), Heartbeat.decode(payload)
        if agent.online and beat.boot != agent.boot and now.mono - agent.seen < SILENCE:
            agent.rival = beat.boot
            return
        if agent.rival and beat.boot == agent.boot:
            agent.doubled = now.mono
            self._tell_double(agent)
        agent.rival = ""
        before = agent.news()
        if agent.config != beat.config != self._config_hash:
            log.warning("agent %s runs with another config.yaml; copy the hub's to its machine.", name)
        agent.seen, agent.online = now.mono, True
        agent.boot, agent.beat, agent.epoch = beat.boot, beat.beat, beat.epoch
        agent.config, agent.health, agent.trouble = beat.config, beat.health, beat.trouble
        self._write(agent, now, tell=agent.news() != before)
        self._availability.restore(agent.devices, beat.health, agent.is_double(now), now)

    def on_agent_availability(self, name: str, payload: bytes, now: Moment) -> None:
        """An agent's last will or good-bye. Raises Refused (unknown_target, bad_message)."""
        agent = self._agent(name)
        if word(payload) is Availability.OFFLINE:
            self._offline(agent, now)

    def on_device_availability(self, key: str, payload: bytes, now: Moment) -> None:
        """Whether a device is there, by its agent's word. Raises Refused (unknown_target, bad_message)."""
        agent = self._of_device.get(key)
        if agent is None:
            raise Refused(Code.UNKNOWN_TARGET, f"There is no device {key!r} in config.yaml.")
        self._availability.hear(key, word(payload), now)
        if agent.online is False:
            self._availability.retract(agent.devices, now)

    def on_up(self, now: Moment) -> None:
        """The link to the broker is there again: nobody's silence before counts."""
        self._availability.on_up()
        for agent in self._agents.values():
            agent.seen = now.mono
            agent.online = agent.online or None

    def on_time(self, now: Moment) -> None:
        """Find out who is silent."""
        stalled, self._looked = now.mono - self._looked > STALL, now.mono
        for agent in self._agents.values():
            if stalled:
                agent.seen = now.mono
            elif agent.online is not False and now.mono - agent.seen >= SILENCE:
                self._offline(agent, now)

    def next_due(self) -> float:
        """When `on_time` is needed next, on the monotonic clock."""
        return min((agent.seen + SILENCE for agent in self._agents.values() if agent.online is not False), default=1e18)

    def guard(self, name: str) -> tuple[str, int]:
        """Boot and beat of the agent's latest heartbeat. Raises Refused (agent_offline)."""
        agent = self._agent(name)
        if not agent.online:
            raise Refused(Code.AGENT_OFFLINE, f"The agent {name} is not there; nothing was done. Look at its machine.")
        return agent.boot, agent.beat

    def served(self, name: str) -> Collection[str]:
        """The devices of an agent that can be commanded now."""
        agent = self._agents[name]
        return agent.devices if agent.online else ()

    @property
    def agents(self) -> Iterable[Agent]:
        """All of them, to be looked at."""
        return self._agents.values()

    def word(self, key: str) -> Availability | None:
        """Whether a device is there; None while nobody has said so."""
        return self._availability.word(key)

    def doubt(self, key: str) -> str | None:
        """The code why nothing that the device has shown is to be believed; None when it is there."""
        agent, said = self._of_device[key], self.word(key)
        if not agent.online or said is Availability.OFFLINE:
            return Code.AGENT_OFFLINE
        if said is Availability.FAULT:
            code = agent.health.get(key, "ok")
            return Code.NO_ANSWER if code == "ok" else code
        return None

    def differs(self, agent: Agent) -> bool:
        """Whether the agent runs with another config.yaml than the hub."""
        return agent.config != self._config_hash

    def is_of(self, name: str, boot: str) -> bool:
        """Whether a heartbeat with that boot is of the agent, not of another one of its name."""
        return self._agent(name).boot == boot

    def is_live(self, name: str, epoch: str) -> bool:
        """Whether a reading of that epoch is of the agent, as far as is known."""
        return self._agents[name].epoch in ("", epoch)

    def _agent(self, name: str) -> Agent:
        agent = self._agents.get(name)
        if agent is None:
            raise Refused(Code.UNKNOWN_TARGET, f"There is no agent {name!r} in config.yaml.")
        return agent

    def _tell_double(self, agent: Agent) -> None:
        if agent.double != agent.rival:
            agent.double = agent.rival
            log.warning("two agents call themselves %s; I follow the first. Stop one of them.", agent.name)

    def _offline(self, agent: Agent, now: Moment) -> None:
        if agent.online is not False:
            self.lost.append(agent.name)
        agent.online, agent.boot, agent.epoch = False, "", ""
        self._write(agent, now, tell=True)
        self._availability.retract(agent.devices, now)

    def _write(self, agent: Agent, now: Moment, *, tell: bool) -> None:
        data = {
            "availability": Availability.ONLINE if agent.online else Availability.OFFLINE,
            "boot": agent.boot,
            "config": agent.config,
            "health": agent.health,
            "ms": now.ms,
        }
        self._out.journal.agent(agent.name, data, tell=tell)
