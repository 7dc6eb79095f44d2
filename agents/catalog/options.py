"""A driver's options as config.yaml gives them: all that its declaration says against them, in words for a person."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agents.driver import Driver, DriverOptions
from hub.contract.config import explain
from hub.contract.config.problems import Keys, Problem
from hub.contract.config.schema import ChannelConfig, Device
from hub.contract.suggestion import did_you_mean


def given(driver: type[Driver], device: Device) -> dict[str, object]:
    """The driver's options as they stand in the file, with those of the channels if it has such."""
    if device.channels is None or not describes_channels(driver):
        return device.options
    return device.options | {"channels": {name: channel.options for name, channel in device.channels.items()}}


def describes_channels(driver: type[Driver]) -> bool:
    """Whether config.yaml describes the driver's channels."""
    return "channels" in driver.Options.model_fields


def presumed(driver: type[Driver], given: Mapping[str, object]) -> DriverOptions:
    """The options, with an address in any case."""
    return driver.Options.model_validate({"address": driver.Options.somewhere, **given})


def mistakes(
    driver: type[Driver], device: Device, given: Mapping[str, object], simulated: bool, where: Keys
) -> Iterator[Problem]:
    """What the driver's declaration says against the options. The address of a simulated device comes later."""
    if not describes_channels(driver):
        for channel, config in (device.channels or {}).items():
            for name in config.options:
                hint = did_you_mean(name, ChannelConfig.model_fields)
                yield Problem((*where, "channels", channel, name), f"there is no such key here{hint}")
    try:
        driver.Options.model_validate({"address": driver.Options.somewhere, **given} if simulated else given)
    except ValidationError as error:
        for one, told in zip(
            error.errors(include_url=False), explain.problems(error, given, driver.Options), strict=True
        ):
            if len(one["loc"]) <= 1:
                yield _wrong_option(driver, one, where)
            elif one["type"] == "extra_forbidden":
                known = {*explain.known_keys(driver.Options, told.keys[:-1]), *ChannelConfig.model_fields}
                hint = did_you_mean(str(told.keys[-1]), known)
                yield Problem((*where, *told.keys), f"there is no such key here{hint}")
            else:
                yield Problem((*where, *told.keys), told.text)


def _wrong_option(driver: type[Driver], error: ErrorDetails, where: Keys) -> Problem:
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        hint = did_you_mean(name, [*driver.Options.model_fields, *Device.model_fields])
        return Problem((*where, name), f"the driver {driver.kind} has no option {name!r}{hint}")
    if error["type"] == "missing":
        return Problem(where, f"the driver {driver.kind} needs the option {name!r}; write it here")
    if not name:
        return Problem(where, str(error["ctx"]["error"]))
    text = str(error["ctx"]["error"]) if error["type"] == "value_error" else error["msg"]
    return Problem((*where, name), f"{error['input']!r} cannot be: {text}")
