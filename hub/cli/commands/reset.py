"""`clayhub reset`: back to a clean state."""

import shutil

import click

from agents.outbox.place import in_memory
from hub.cli.installation import find
from hub.cli.preflight import check_ports
from hub.cli.record import Record

DELETED = ("redis", "hub", "outbox", "simulators", "log")
"""Folders in var: live state, history and audit; the hub's reserve of room; what agents have not got stored; files of
simulated devices; logs.
"""


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(yes: bool) -> None:
    """Delete live state, history, the audit of commands, and logs. config.yaml and the secrets stay.

    It refuses while clayhub runs.
    """
    places, config = find()
    record = Record(places.var / "run")
    with record.locked():
        record.clean_up()
        check_ports(config)
        folders = [*(places.var / name for name in DELETED), in_memory(places)]
        found = [folder for folder in folders if folder.exists()]
        if not found:
            click.echo(f"Nothing to delete in {places.var}.")
            return
        click.echo("This deletes for ever:\n" + "\n".join(f"  {path}" for path in found))
        if not yes:
            click.confirm("Delete it?", abort=True)
        for path in found:
            shutil.rmtree(path)
        click.echo("Deleted.")
