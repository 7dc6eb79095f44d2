"""`clayhub check`: config.yaml, without any hardware."""

import click

from hub.cli.checking import broken, checked
from hub.contract.errors import ConfigError
from hub.contract.places import Places


@click.command()
def command() -> None:
    """Check config.yaml: the file, the drivers' options, procedures, schedules and alarms against the devices.

    Every mistake is named with its line and what to write instead. The exit code is 0 when there is none.
    """
    places = Places.from_environment()
    config, descriptions = checked(places.config)
    wrong = broken(descriptions)
    if wrong:
        raise ConfigError("\n".join(wrong))
    parts = ("stands", "procedures", "schedules", "alarms")
    stands, *others = (f"{len(getattr(config, part))} {part}" for part in parts)
    click.echo(f"{places.config}: no mistake ({', '.join((stands, f'{len(descriptions)} devices', *others))}).")
