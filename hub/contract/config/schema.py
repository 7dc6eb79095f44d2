"""What may stand in config.yaml: one file describes the whole installation, and every machine has the same one."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from hub.contract.config.alarms import Alarm, Finite, Notify
from hub.contract.config.calibration import Calibration
from hub.contract.config.fields import (
    AgentId,
    ChannelId,
    Duration,
    Host,
    Id,
    Items,
    Model,
    Name,
    Origin,
    Port,
    Scalar,
    StandId,
    Title,
    at_least,
)
from hub.contract.config.interlocks import Interlock, InterlockId
from hub.contract.config.procedures import Procedure, Schedule


class Listen(Model):
    """Where a server listens and is found."""

    host: Host = "127.0.0.1"
    """The address; 127.0.0.1 is reached from this machine only."""
    port: Port
    """The TCP port."""

    @property
    def netloc(self) -> str:
        """Host and port as addresses have them: those of IPv6 in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Redis(Listen):
    """The private Redis, which holds live state."""

    port: Port = 16379
    """The TCP port."""
    memory: int = Field(default=256, ge=16)
    """How much memory it may take, in MB."""


class Mqtt(Listen):
    """The private Mosquitto, through which everything speaks."""

    port: Port = 11883
    """The TCP port."""


class Web(Listen):
    """The panel."""

    port: Port = 8080
    """The TCP port."""
    origins: Items[Origin] = ()
    """Further addresses under which browsers reach it, such as https://lab.example.org."""


class Agent(Model):
    """A machine beside the hardware."""

    title: Title | None = None
    """What the panel calls it; by default its name."""


class ChannelConfig(Model):
    """One channel of a device. Keys that do not stand here are for its driver, checked by the driver's declaration."""

    model_config = ConfigDict(extra="allow")

    source: str | None = None
    """The driver's word for it; by default the channel's own name."""
    title: Title | None = None
    """What the panel calls it; by default the driver's words."""
    safe: Scalar | None = None
    """What the agent sets when it starts or stops and when control is lost; by default it leaves the output alone."""
    lease: Duration | None = None
    """How long a set value holds without renewal, then it goes to `safe`; by default for ever."""
    max_on: Duration | None = None
    """The longest that it may be at another value than `safe`, however often it is set; by default for ever."""
    confirm: Literal["none", "dialog", "hold"] | None = None
    """What the panel asks of a person who commands it: nothing, a dialog, or a button held down; else the driver's."""
    frozen_after: Duration | None = None
    """Its value is doubtful when it has not changed at all for so long; by default it may stay as it is."""
    rails: Annotated[tuple[Finite, Finite], Field(strict=False)] | None = None
    """The ends of what its sensor can show: there and beyond, its value is doubtful; by default there are none."""
    calibration: Calibration | None = None
    """How its value follows from what the device shows; by default it is that."""

    @property
    def options(self) -> dict[str, object]:
        """What the file says of it to the driver."""
        return dict(self.model_extra or {})


class Derived(Model):
    """A number that the agent works out from channels of the device, or of others of the stand."""

    formula: str
    """Of numbers, channels (`red`, or `lamp.red` of another device), operators, `a if b else c`, and functions."""
    title: Title | None = None
    """What the panel calls it; by default its name."""
    unit: str | None = None
    """Its unit."""
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    """Decimals worth showing."""


class Device(Model):
    """A device. Keys that do not stand here are options of its driver, checked by the driver's declaration."""

    model_config = ConfigDict(extra="allow")

    driver: Id
    """The kind of device; `clayhub driver list` lists them."""
    title: Title | None = None
    """What the panel calls it; by default its name."""
    period: Annotated[Duration, at_least("50ms")] = Field(default=2.0, json_schema_extra={"default": "2s"})
    """From reading to reading. A value older than three periods is stale."""
    commands: Literal["anyone", "hub"] = "anyone"
    """Who may command it: any MQTT client with the right to, or only the hub (panel, command line, procedures)."""
    expect: Title | None = None
    """The serial number that the device must tell; another device at its address is not touched."""
    channels: dict[ChannelId, ChannelConfig] | None = None
    """The channels wanted, by the names they shall have; by default all that the driver has."""
    derived: dict[ChannelId, Derived] = Field(default={})
    """Channels that are worked out from others, by name."""

    @property
    def options(self) -> dict[str, object]:
        """The driver's options as they stand in the file."""
        return dict(self.model_extra or {})


class Stand(Model):
    """Devices that make one experiment, all beside one agent."""

    title: Title | None = None
    """What the panel calls it; by default its name."""
    agent: Id
    """The machine beside its devices, one of `agents`."""
    simulate: bool = False
    """Whether simulators take the place of the real devices."""
    devices: dict[Id, Device]
    """The devices, by their names."""
    interlocks: dict[InterlockId, Interlock] = Field(default={})
    """Under which conditions outputs must keep their safe values, by name."""


class Config(Model):
    """config.yaml: the whole installation. Every machine has the same copy."""

    version: Literal[1]
    """The version of this format."""
    drivers: str | None = None
    """A folder with drivers of your own, one a file; relative to this file. By default there are none."""
    title: Title = "clayhub"
    """What the panel calls the laboratory."""
    web: Web = Web()
    """The panel."""
    mqtt: Mqtt = Mqtt()
    """The broker."""
    redis: Redis = Redis()
    """The store of live state."""
    agents: dict[AgentId, Agent]
    """Machines beside the hardware, by their names."""
    stands: dict[StandId, Stand]
    """Stands, by their names."""
    procedures: dict[Name, Procedure] = Field(default={})
    """What is done step by step, by name."""
    schedules: dict[Name, Schedule] = Field(default={})
    """When something happens, by name."""
    alarms: dict[Id, Alarm] = Field(default={})
    """Limits of channels, by name."""
    notify: Notify | None = None
    """Telling of alarms by mail, messenger and the like; by default nobody is told."""

    def agent_of(self, key: str) -> str | None:
        """The agent that serves the device `stand/device`; None when there is no such device."""
        stand_name, _, device = key.partition("/")
        stand = self.stands.get(stand_name)
        return stand.agent if stand is not None and device in stand.devices else None
