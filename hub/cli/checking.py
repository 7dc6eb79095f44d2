"""The whole check of config.yaml: the file, the drivers' options, and what is done with devices against the devices."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from agents.catalog.broken import UnknownChannels
from agents.catalog.catalog import describe
from agents.outside import drivers
from hub.alarms import check as alarms
from hub.contract.config.load import load, naming_lines
from hub.contract.config.problems import Problem, UnlocatedError
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.interlocks import check as interlocks
from hub.procedures import check as procedures
from hub.schedule import check as schedules


def checked(path: Path) -> tuple[Config, dict[str, Description]]:
    """The configuration, and every device as it describes itself. Raises ConfigError: file, line, what to write."""
    config = load(path)
    with naming_lines(path):
        descriptions = describe(config, drivers(config, path))
        checks = (interlocks.check, _procedures, _schedules, _alarms)
        problems = [one for check in checks for one in check(config, descriptions)]
        if problems:
            raise UnlocatedError(problems)
    return config, descriptions


def broken(descriptions: Mapping[str, Description]) -> list[str]:
    """What is wrong with drivers from outside that devices need. Those devices have a fault; all else works."""
    return sorted({each.why for each in descriptions.values() if isinstance(each, UnknownChannels)})


def _procedures(config: Config, descriptions: Mapping[str, Description]) -> Iterator[Problem]:
    for name, procedure in config.procedures.items():
        for place, text in procedures.check(procedure, descriptions):
            yield Problem(("procedures", name, *place), text)


def _schedules(config: Config, descriptions: Mapping[str, Description]) -> Iterator[Problem]:
    for name, schedule in config.schedules.items():
        for field, text in schedules.check(schedule, descriptions):
            yield Problem(("schedules", name, field), text)


def _alarms(config: Config, descriptions: Mapping[str, Description]) -> Iterator[Problem]:
    for name, alarm in config.alarms.items():
        for field, text in alarms.check(alarm, descriptions):
            yield Problem(("alarms", name, field), text)
