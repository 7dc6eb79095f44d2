"""What `clayhub up` shows when all runs: the panel's address, and MQTT lines that work as they are."""

import shlex
from collections.abc import Iterable

from hub.cli.render import client_folder
from hub.contract import topics
from hub.contract.channels import PRESS, Channel, Choice, Number, Switch, Text
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.places import Places


def address(config: Config, token: str) -> str:
    """The address that signs in once."""
    origin = config.web.origins[0].rstrip("/") if config.web.origins else f"http://{config.web.netloc}"
    return f"{origin}/link/{token}"


def watch_line(places: Places) -> str:
    """The mosquitto_sub line that shows every message."""
    return f"{_as('viewer', places)} mosquitto_sub -v -t 'clayhub/#'"


def command_line(places: Places, descriptions: Iterable[Description]) -> str | None:
    """A mosquitto_pub line that sets the first channel which anybody with the right may set; None without one."""
    for description in descriptions:
        for channel in description.channels:
            if channel.writable and description.commands == "anyone":
                topic = topics.set_of(description.key, channel.name)
                payload = shlex.quote(_example(channel))
                return f"{_as('operator', places)} mosquitto_pub -t {topic} -q 1 -m {payload}"
    return None


def text(config: Config, places: Places, token: str, descriptions: Iterable[Description]) -> str:
    """The whole of it."""
    command = command_line(places, descriptions)
    lines = [
        "",
        f"{config.title} runs. Open this address; it signs you in, once (`clayhub link` makes another):",
        "",
        f"    {address(config, token)}",
        "",
        "Watch every message, in a second terminal:",
        "",
        f"    {watch_line(places)}",
        "",
        *(["Command a device, in a third:", "", f"    {command}", ""] if command else []),
        "Ctrl-C stops all and makes the outputs safe.",
    ]
    return "\n".join(lines)


def _as(account: str, places: Places) -> str:
    return f"XDG_CONFIG_HOME={shlex.quote(str(client_folder(places, account)))}"


def _example(channel: Channel) -> str:
    match channel:
        case Switch():
            return "ON"
        case Number(low=low):
            return str(low or 0)
        case Choice(options=options):
            return options[0]
        case Text():
            return "hello"
        case _:
            return PRESS
