"""`clayhub set`: command a channel."""

import click
import orjson

from hub.cli.asking import ask
from hub.cli.installation import known_device, store
from hub.contract import description
from hub.contract.channels import Value
from hub.state.requests import Requests
from hub.state.view import View


@click.command(
    context_settings={"ignore_unknown_options": True},  # -5 is a value
    epilog="\b\nExamples:\n  clayhub set phytotron/chamber/fan_left ON\n  clayhub set phytotron/co2/pump OFF --json",
)
@click.argument("target", metavar="STAND/DEVICE/CHANNEL")
@click.argument("value")
@click.option("--json", "as_json", is_flag=True, help="The record of the command, as one JSON object.")
def command(target: str, value: str, as_json: bool) -> None:
    """Set a channel, and wait for what becomes of it.

    A switch takes ON or OFF, a number 60, an action PRESS. The exit code tells: 0 done; 1 refused or failed; 2 wrong
    usage; 3 not known, as somebody did not answer, or expired.
    """
    key, _, channel = target.rpartition("/")
    if key.count("/") != 1:
        raise click.UsageError(
            f"{target!r} is no channel; write STAND/DEVICE/CHANNEL, as `clayhub devices` lists them."
        )
    with store() as redis:
        parsed = _parse(View(redis), key, channel, value)
        ask(Requests(redis), "set", as_json, key=key, channel=channel, value=parsed)


def _parse(view: View, key: str, channel: str, text: str) -> Value:
    """What the text means to the channel. Raises Refused."""
    found = known_device(view, key)
    stand, _, device = key.partition("/")
    return description.decode(stand, device, orjson.dumps(found["info"])).writable(channel).parse(text)
