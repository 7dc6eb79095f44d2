"""Something that happened to a device by itself, such as a reboot. It changes no value; people should know."""

from dataclasses import dataclass

from hub.contract import wire


@dataclass(frozen=True, slots=True)
class DeviceEvent(wire.Message):
    """What happened, on `.../event`."""

    ts: str
    epoch: str
    n: int
    text: str
    """One or two sentences for a person."""
