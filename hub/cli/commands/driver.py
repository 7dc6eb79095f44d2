"""`clayhub driver`: the drivers there are, and the beginning of one of your own."""

import json

import click

from agents.drivers import DRIVERS
from agents.outside import folder, offers
from hub.cli.beginning import begin
from hub.cli.reference import reference
from hub.cli.tables import plain, show
from hub.contract.config.load import load, naming_lines
from hub.contract.errors import Code, Refused
from hub.contract.ids import is_id
from hub.contract.places import Places

USUAL = "drivers"


@click.group(epilog="\b\nExamples:\n  clayhub driver list\n  clayhub driver new stirrer")
def command() -> None:
    """List the drivers, or begin one of your own, with its simulator and its test. See docs/drivers.md."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object by driver, for scripts.")
def list_(as_json: bool) -> None:
    """List the drivers of clayhub, of other packages, and of the folder that config.yaml names."""
    places = Places.from_environment()
    with naming_lines(places.config):
        found = list(offers(folder(load(places.config), places.config)))
    if as_json:
        told = {
            each.driver.kind: {
                "from": each.origin,
                "mistake": each.why or None,
                "channels": {channel.name: channel.to_json() for channel in each.driver.channels},
            }
            for each in found
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    table = plain("driver", "from", "channels (* can be set)", "")
    for each in found:
        names = " ".join(channel.name + ("*" if channel.writable else "") for channel in each.driver.channels)
        table.add_row(each.driver.kind, each.origin, names or "as config.yaml says", each.why)
    show(table)


@command.command("new", epilog="Example: clayhub driver new stirrer")
@click.argument("name")
def new(name: str) -> None:
    """Write a driver NAME, its simulator and its test, which work as they are, into the folder of your own drivers."""
    if not is_id(name) or name in DRIVERS:
        text = f"{name!r} cannot name a new driver: use a-z, 0-9, _, beginning with a letter, and no driver's name."
        raise Refused(Code.BAD_CONFIG, text)
    places = Places.from_environment()
    config = load(places.config)
    own = places.config.parent / (config.drivers or USUAL)
    *files, test = begin(name, own)
    for file in (*files, test):
        click.echo(f"wrote {file}")
    if config.drivers is None:
        click.echo(f"Add this line to {places.config}:  drivers: ./{USUAL}")
    click.echo(f"Try it:  python -m pytest {test}")
    click.echo(f"Use it:  a device with `driver: {name}` and its `address`; with `simulate: true` its simulator runs.")


@command.command("reference")
def reference_() -> None:
    """Print docs/driver-reference.md: every option, channel, unit and range of clayhub's drivers."""
    click.echo(reference(DRIVERS), nl=False)
