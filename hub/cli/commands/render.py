"""`clayhub render`: the servers' configuration, for those who start the servers by other means."""

import click

from hub.cli.installation import find
from hub.cli.render import render


@click.command()
def command() -> None:
    """Write mosquitto.conf, its access rules and redis.conf below var, and the secrets they need.

    `clayhub up` does it by itself. Under systemd it is done after a change of config.yaml.
    """
    places, config = find()
    for path in render(config, places):
        click.echo(path)
