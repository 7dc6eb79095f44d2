"""What is wrong with an interlock of the hub in config.yaml: it could not vouch for an output."""

from collections.abc import Iterator, Mapping

from hub.contract.config.problems import Keys, Problem
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.interlock import Interlock, interlocks


def check(config: Config, descriptions: Mapping[str, Description]) -> Iterator[Problem]:
    """Every mistake. An agent sees to its own interlocks; the hub can do so only as long as it is heard."""
    for interlock in interlocks(config):
        if interlock.agent is not None:
            continue
        keys: Keys = ("stands", interlock.stand, "interlocks", interlock.name, "outputs")
        why = f"{_elsewhere(interlock, config)} is another agent's, so the hub evaluates this interlock"
        for number, output in enumerate(interlock.outputs):
            device = descriptions.get(output.key)
            channel = None if device is None else device.by_name.get(output.channel)
            if device is None or channel is None:
                continue  # told already, or not known
            if device.commands != "hub":
                yield Problem(
                    (*keys, number), f"{why}; give {device.device} `commands: hub`, so that nobody else sets it"
                )
            if channel.lease is None:
                text = f"{why}; give {output.channel} a `lease`, so that it does not stay on when the hub is lost"
                yield Problem((*keys, number), text)


def _elsewhere(interlock: Interlock, config: Config) -> str:
    """The first input that the agent of the stand does not serve."""
    here = config.stands[interlock.stand].agent
    return next(name for name, point in interlock.inputs.items() if config.agent_of(point.key) != here)
