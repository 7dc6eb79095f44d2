"""`clayhub procedures`: what can be done step by step, and what is being done."""

import json

import click

from hub.cli.actions import add_actions
from hub.cli.installation import find, latest, store
from hub.cli.tables import local, plain, show


@click.group(epilog="\b\nExamples:\n  clayhub procedures list\n  clayhub procedures start ventilation")
def command() -> None:
    """List the procedures, or start, stop, reset or clear one."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object by procedure: its latest run, or null.")
def list_(as_json: bool) -> None:
    """List the procedures of config.yaml, with the stage of their latest run."""
    _, config = find()
    with store() as redis:
        runs = latest(redis)["runs"]
    if as_json:
        click.echo(json.dumps({name: runs.get(name) for name in config.procedures}, indent=2, ensure_ascii=False))
        return
    table = plain("procedure", "title", "is", "stage", "started", "by", "reason")
    for name, procedure in config.procedures.items():
        run = runs.get(name, {})
        cells = (run.get("state"), run.get("stage"), local(run.get("started")), run.get("by"), run.get("reason"))
        table.add_row(name, procedure.title, *(cell or "-" for cell in cells))
    show(table)


add_actions(command, "procedure")
