"""What a run has to do in each of its phases, and the words for it."""

from collections.abc import Mapping, Sequence

from hub.contract.channels import Value
from hub.contract.config.procedures import Procedure, SetStep, Step
from hub.contract.description import Description
from hub.procedures.run import Phase, Run


def actions(procedure: Procedure, run: Run, descriptions: Mapping[str, Description]) -> Sequence[Step]:
    """The steps of the run's present phase."""
    if run.phase is Phase.STEPS:
        return procedure.steps
    if run.phase is Phase.FINALLY:
        return procedure.finally_
    return safe_steps(procedure, run.reached, descriptions)


def safe_steps(procedure: Procedure, reached: int, descriptions: Mapping[str, Description]) -> Sequence[SetStep]:
    """Sets to the safe value every channel that the first `reached` steps may have changed.

    What `finally` names is left as `finally` wants it, and what has no safe value is left alone.
    """
    named = set(references(procedure.finally_))
    found = []
    for reference in dict.fromkeys(references(procedure.steps[:reached])):
        value = safe_value(procedure.stand, reference, descriptions)
        if reference not in named and value is not None:
            found.append(SetStep(set=reference, to=value, label=f"making {reference} safe"))
    return found


def safe_value(stand: str, reference: str, descriptions: Mapping[str, Description]) -> Value | None:
    """The safe value that the channel `reference` declares, None when it declares none."""
    device, channel = reference.split(".")
    description = descriptions.get(f"{stand}/{device}")
    found = description.by_name.get(channel) if description is not None else None
    return found.safe if found is not None else None


def references(steps: Sequence[Step]) -> list[str]:
    """The channels that the steps set, `device.channel`."""
    return [step.set for step in steps if isinstance(step, SetStep)]


def owned(procedure: Procedure) -> set[str]:
    """The channels that a run owns, `stand/device.channel`."""
    return {f"{procedure.stand}/{found}" for found in references((*procedure.steps, *procedure.finally_))}


def label(step: Step) -> str:
    """The step in a few words."""
    if step.label:
        return step.label
    if not isinstance(step, SetStep):
        return f"waiting {step.wait:g} s"
    words = {True: "on", False: "off"}
    return f"setting {step.set} to {words[step.to] if isinstance(step.to, bool) else step.to}"
