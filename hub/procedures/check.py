"""Whether a procedure can be done with the devices there are, found out before its first step."""

from collections.abc import Mapping
from difflib import get_close_matches

from hub.contract.config.procedures import Procedure, SetStep
from hub.contract.description import Description
from hub.contract.errors import Refused

Path = tuple[str | int, ...]
"""Where in the procedure: `("steps", 2, "set")`."""


def check(procedure: Procedure, descriptions: Mapping[str, Description]) -> list[tuple[Path, str]]:
    """Every mistake in the procedure's steps, each with its place; an empty list when it can be started."""
    problems: list[tuple[Path, str]] = []
    for part, steps in (("steps", procedure.steps), ("finally", procedure.finally_)):
        for index, step in enumerate(steps):
            if isinstance(step, SetStep):
                found = check_set(procedure.stand, step.set, step.to, descriptions)
                problems += [((part, index, field), problem) for field, problem in found]
    return problems


def check_set(
    stand: str, reference: str, value: object, descriptions: Mapping[str, Description]
) -> list[tuple[str, str]]:
    """Whether `reference` (`device.channel` of the stand) can be set to `value`: the field at fault and why."""
    device, channel = reference.split(".")
    description = descriptions.get(f"{stand}/{device}")
    if description is None:
        devices = sorted(key.partition("/")[2] for key in descriptions if key.startswith(f"{stand}/"))
        near = get_close_matches(device, devices, 1)
        meant = f"did you mean {near[0]}?" if near else f"it has {', '.join(devices) or 'none'}."
        return [("set", f"{stand} has no device {device!r}; {meant}")]
    try:
        writable = description.writable(channel)
    except Refused as refused:
        return [("set", str(refused))]
    try:
        writable.check(value)
    except Refused as refused:
        return [("to", str(refused))]
    return []
