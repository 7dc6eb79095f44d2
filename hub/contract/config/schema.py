"""What may stand in config.yaml: one file describes the whole installation, and every machine has the same one."""

from typing import Literal

from pydantic import ConfigDict, Field

from hub.contract.config.fields import ChannelId, Duration, Id, Items, Model, Name, Port, Scalar, StandId, Title
from hub.contract.config.procedures import Procedure, Schedule


class Listen(Model):
    """Where a server listens and is found."""

    host: str = "127.0.0.1"
    port: Port


class Redis(Listen):
    """The private Redis. `memory` bounds it, in MB."""

    port: Port = 16379
    memory: int = Field(default=256, ge=16)


class Mqtt(Listen):
    """The private Mosquitto."""

    port: Port = 11883


class Web(Listen):
    """The panel. `origins` are the addresses under which browsers reach it, if not by host and port."""

    port: Port = 8080
    origins: Items[str] = ()


class Agent(Model):
    """A machine beside the hardware."""

    title: Title | None = None


class ChannelConfig(Model):
    """One channel of a device: `source` is the driver's word for it, by default the channel's own name."""

    source: str | None = None
    title: Title | None = None
    safe: Scalar | None = None
    lease: Duration | None = None


class Device(Model):
    """A device. Keys that do not stand here are options of its driver, checked by the driver's declaration."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    driver: Id
    title: Title | None = None
    period: Duration = Field(default=2.0, ge=0.05)
    commands: Literal["anyone", "hub"] = "anyone"
    channels: dict[ChannelId, ChannelConfig] | None = None
    """The channels wanted, by the names they shall have; all of the driver's when left out."""

    @property
    def options(self) -> dict[str, object]:
        """The driver's options as they stand in the file."""
        return dict(self.model_extra or {})


class Stand(Model):
    """Devices that make one experiment, all beside one agent."""

    title: Title | None = None
    agent: Id
    simulate: bool = False
    devices: dict[Id, Device]


class Config(Model):
    """config.yaml."""

    version: Literal[1]
    title: Title = "clayhub"
    web: Web = Web()
    mqtt: Mqtt = Mqtt()
    redis: Redis = Redis()
    agents: dict[Id, Agent]
    stands: dict[StandId, Stand]
    procedures: dict[Name, Procedure] = Field(default_factory=dict)
    schedules: dict[Name, Schedule] = Field(default_factory=dict)

    def stands_of(self, agent: str) -> dict[str, Stand]:
        """The stands whose devices `agent` serves, by name."""
        return {name: stand for name, stand in self.stands.items() if stand.agent == agent}

    def agent_of(self, key: str) -> str | None:
        """The agent that serves the device `stand/device`; None when there is no such device."""
        stand_name, _, device = key.partition("/")
        stand = self.stands.get(stand_name)
        return stand.agent if stand is not None and device in stand.devices else None
