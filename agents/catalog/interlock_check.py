"""What is wrong with interlocks in config.yaml that their schema cannot see: whether channels are of the right kind."""

from collections.abc import Iterator, Mapping

from agents.catalog.broken import UnknownChannels
from hub.contract.channels import Action, Channel, Number, Switch
from hub.contract.condition import EXAMPLE
from hub.contract.config.problems import Keys, Problem
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.interlock import Interlock, Point, interlocks
from hub.contract.suggestion import did_you_mean

Descriptions = Mapping[str, Description]


def check(config: Config, descriptions: Descriptions) -> Iterator[Problem]:
    """Every mistake in the interlocks of all stands; `descriptions` are the devices by key, if they are known."""
    for interlock in interlocks(config):
        keys: Keys = ("stands", interlock.stand, "interlocks", interlock.name)
        for text in _inputs(interlock, descriptions):
            yield Problem((*keys, "needs" if interlock.needed else "when"), text)
        for number, output in enumerate(interlock.outputs):
            for text in _output(output, descriptions):
                yield Problem((*keys, "outputs", number), text)


def _inputs(interlock: Interlock, descriptions: Descriptions) -> Iterator[str]:
    for reference, point in interlock.inputs.items():
        match _channel(point, descriptions):
            case None | Switch():
                continue
            case str(mistake):
                yield mistake
            case Number() if reference in interlock.condition.switches:
                yield f"{reference!r} is a number, where true or false belongs; write for example {EXAMPLE}"
            case Channel(kind=kind) if kind != Number.kind:
                yield f"{reference!r} is a {kind}; conditions know numbers and switches"


def _output(point: Point, descriptions: Descriptions) -> Iterator[str]:
    match _channel(point, descriptions):
        case str(mistake):
            yield mistake
        case Action() | Channel(writable=False):
            yield f"{point.channel} cannot be kept at a value; name an output"
        case Channel(safe=None):
            yield f"{point.channel} has no safe value; give the channel `safe`, which the interlock sets"


def _channel(point: Point, descriptions: Descriptions) -> Channel | str | None:
    """The channel, or what is wrong; None when nobody can know, as that of a driver that cannot be used."""
    device = descriptions.get(point.key)
    if device is None or isinstance(device, UnknownChannels):
        return None
    hint = did_you_mean(point.channel, device.by_name)
    return device.by_name.get(point.channel) or f"{device.device} has no channel {point.channel!r}{hint}"
