"""Who evaluates an interlock of config.yaml, and the device by which everybody sees those of an agent."""

from hub.contract.condition import Condition
from hub.contract.config.interlocks import DEVICE, Interlock
from hub.contract.config.schema import Config, Device

PERIOD = 5.0
"""Seconds after which the interlocks of a stand are told again, though nothing has changed."""
TITLE = "Interlocks"


def device_key(stand: str, reference: str) -> str:
    """`stand/device` of `device.channel` of the stand, or of `stand.device.channel`."""
    *elsewhere, device, _ = reference.split(".")
    return f"{elsewhere[0] if elsewhere else stand}/{device}"


def evaluator(config: Config, stand: str, interlock: Interlock) -> str | None:
    """The agent that evaluates it, for all its inputs are its own; None: the hub."""
    keys = {device_key(stand, reference) for reference in Condition(interlock.condition).references}
    agent = config.stands[stand].agent
    return agent if {config.agent_of(key) for key in keys} == {agent} else None


def with_devices(config: Config) -> Config:
    """The configuration with a device `interlocks` in each stand whose agent evaluates some."""
    device = Device.model_validate({"driver": DEVICE, "title": TITLE, "period": f"{PERIOD:g}s"})
    stands = {
        name: stand.model_copy(update={"devices": {**stand.devices, DEVICE: device}})
        for name, stand in config.stands.items()
        if any(evaluator(config, name, each) for each in stand.interlocks.values())
    }
    return config.model_copy(update={"stands": {**config.stands, **stands}})
