"""`clayhub up`: start everything, in order, and keep it running."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import click

from hub.cli import preflight, processes, welcome
from hub.cli.checking import broken, checked
from hub.cli.installation import client
from hub.cli.record import Record
from hub.cli.render import render
from hub.cli.supervisor import Supervisor
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.places import Places
from hub.state.sessions import Sessions


@click.command(epilog="Logs are in var/log, one file a process; simulated devices are in var/simulators.")
def command() -> None:
    """Start Redis, Mosquitto, simulated devices, hub, agents and panel: in order, each waited for.

    What ends is started again. Ctrl-C stops all within five seconds, outputs safe first; a second Ctrl-C is quicker.
    What a killed `clayhub up` left running is ended first.
    """
    places = Places.from_environment()
    config, descriptions = checked(places.config)
    for wrong in broken(descriptions):
        click.echo(f"{wrong} Its devices have a fault until it is mended.", err=True)
    environment = preflight.environment(places.to_environment())
    preflight.check_programs(environment["PATH"])
    record = Record(places.var / "run")
    with record.locked():
        left = record.clean_up()
        if left:
            click.echo(f"Ended what an earlier clayhub left running: {', '.join(left)}.")
        preflight.check_ports(config)
        render(config, places)
        _run(config, places, record, environment, descriptions.values())


def _run(
    config: Config,
    places: Places,
    record: Record,
    environment: Mapping[str, str],
    descriptions: Iterable[Description],
) -> None:
    with client(config, places, timeout=1.0) as redis:

        def greet() -> None:
            token = Sessions(redis).create_link("operator")
            click.echo(welcome.text(config, places, token, descriptions))

        click.echo(f"Starting; logs are in {places.var / 'log'}.")
        Supervisor(processes.stages(config, places, redis), record, places.var / "log", environment, _say).run(greet)
        _say("All has stopped.")


def _say(line: str) -> None:
    with suppress(OSError):  # the terminal may have been closed
        click.echo(line)
