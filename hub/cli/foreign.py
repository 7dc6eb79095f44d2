"""Devices of others that speak MQTT on our own broker: their accounts, and the topics between them and their agents."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import ValidationError

from agents.catalog import options
from agents.drivers.mqtt import Mqtt
from agents.drivers.mqtt_options import MqttOptions
from hub.contract.config.schema import Config


class Foreign(NamedTuple):
    """One device. It writes the topics that are `heard`, and reads those that are `told`."""

    account: str
    agent: str
    heard: list[str]
    told: list[str]


def foreign(config: Config) -> Iterator[Foreign]:
    """All of them. One with mistakes is passed over: `clayhub check` names them, and it is given no rights."""
    for stand_name, stand in config.stands.items():
        for name, device in stand.devices.items():
            if stand.simulate or device.driver != Mqtt.kind or {"address", "account"} & device.options.keys():
                continue
            given = Mqtt.completed(options.given(Mqtt, device), config.mqtt, stand.agent)
            try:
                found = MqttOptions.model_validate(given)
            except ValidationError:
                continue
            yield Foreign(f"device-{stand_name}-{name}", stand.agent, found.heard(), found.told())
