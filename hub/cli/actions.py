"""The actions that procedures and schedules share: start, stop, reset, clear."""

import click

from hub.cli.asking import ask
from hub.cli.installation import store
from hub.state.requests import Requests

HELP = {
    "procedure": {
        "start": "Start it.",
        "stop": "Stop it: its `finally` is done, which leaves the outputs safe.",
        "reset": "Stop it if it runs, and forget its latest run.",
        "clear": "Forget its latest run, if that has ended.",
    },
    "schedule": {
        "start": "Switch it on: it runs when it is due.",
        "stop": "Switch it off: it is not run until it is switched on again.",
        "reset": "Back to how config.yaml has it, with no last run.",
        "clear": "Forget its last run and outcome.",
    },
}


def add_actions(group: click.Group, kind: str) -> None:
    """Add the actions to the command group of `kind`, procedure or schedule."""
    for action, text in HELP[kind].items():
        group.add_command(_action(kind, action, text))


def _action(kind: str, action: str, text: str) -> click.Command:
    @click.command(action, help=text)
    @click.argument("name")
    @click.option("--json", "as_json", is_flag=True, help="The record of the request, as one JSON object.")
    def command(name: str, as_json: bool) -> None:
        with store() as redis:
            ask(Requests(redis), kind, as_json, name=name, action=action)

    return command
