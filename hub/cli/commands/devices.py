"""`clayhub devices`: what there is."""

import json
from typing import Any

import click

from hub.cli.installation import latest, store
from hub.cli.tables import plain, show


@click.command(epilog="Example: clayhub devices --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object by stand/device, for scripts.")
def command(as_json: bool) -> None:
    """List the devices that the hub knows, whether they are there, and their channels."""
    with store() as redis:
        found = latest(redis)
    devices = found["devices"]
    if as_json:
        click.echo(json.dumps(devices, indent=2, ensure_ascii=False))
        return
    table = plain("device", "title", "driver", "agent", "is", "identity", "channels (* can be set)")
    for key, device in devices.items():
        info = device["info"]
        who = " ".join((info.get("identity") or {}).values()) or "-"
        state = (device["availability"] if found["hub"] else None) or "unknown"
        table.add_row(key, info["title"], info["driver"], info["agent"], state, who, _channels(info))
    show(table)


def _channels(info: dict[str, Any]) -> str:
    return " ".join(name + ("*" if channel.get("writable") else "") for name, channel in info["channels"].items())
