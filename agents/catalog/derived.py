"""The derived channels of config.yaml: each formula understood, and every channel in it found."""

from collections.abc import Iterator, Mapping

from agents.catalog.broken import UnknownChannels
from hub.contract.channels import Number, Switch
from hub.contract.config.problems import Keys, Problem
from hub.contract.config.schema import Derived
from hub.contract.description import Description
from hub.contract.formula import Formula
from hub.contract.suggestion import did_you_mean


def declared(name: str, config: Derived) -> Number:
    """The channel, as everybody shall know it."""
    formula = " ".join(config.formula.split())
    return Number(name, title=config.title or "", unit=config.unit or "", decimals=config.decimals, formula=formula)


def understood(
    device: Description,
    derived: Mapping[str, Derived],
    measured: Mapping[str, Description],
    where: Keys,
    problems: list[Problem],
) -> dict[str, Formula]:
    """The formulas of a device, by channel; `measured` are all devices by key, without what is derived."""
    found: dict[str, Formula] = {}
    for name, config in derived.items():
        if name in device.by_name:
            problems.append(Problem((*where, name), "the device has a channel of that name; choose another"))
        try:
            formula = Formula(config.formula)
        except ValueError as error:
            problems.append(Problem((*where, name, "formula"), str(error)))
            continue
        problems += [Problem((*where, name, "formula"), text) for text in _dangling(device, formula, measured)]
        found[name] = formula
    return found


def _dangling(device: Description, formula: Formula, measured: Mapping[str, Description]) -> Iterator[str]:
    """Each channel in the formula that there is not, or that has no number."""
    for reference in sorted(formula.references):
        other, dot, name = reference.rpartition(".")
        source = measured.get(f"{device.stand}/{other}") if dot else device
        if isinstance(source, UnknownChannels):
            continue
        if source is None:
            names = [each.device for each in measured.values() if each.stand == device.stand]
            yield f"{device.stand} has no device {other!r}{did_you_mean(other, names)}"
        elif name not in source.by_name:
            yield f"{source.device} has no measured channel {name!r}{did_you_mean(name, source.by_name)}"
        elif not isinstance(source.by_name[name], Number | Switch):
            yield f"{reference!r} is a {source.by_name[name].kind}; formulas reckon with numbers and switches"
