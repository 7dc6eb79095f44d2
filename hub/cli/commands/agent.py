"""`clayhub agent NAME`: one agent, on the machine beside its hardware."""

import os
import sys

import click


@click.command(epilog="Example: clayhub agent bench")
@click.argument("name")
def command(name: str) -> None:
    """Run the agent NAME of config.yaml, for the stands that name it.

    It is the same as `python -m agents NAME`, which needs less to be installed. Its password is the file
    mqtt-agent-NAME.password: copy it from the hub's machine, and set CLAYHUB_SECRETS to its folder.
    """
    os.execv(sys.executable, [sys.executable, "-m", "agents", name])  # noqa: S606 - our own program
