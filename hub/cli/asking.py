"""Asking something of the hub, waiting for the outcome, and telling it, by the exit code too."""

import getpass
import json
import sys

import click

from hub.cli.main import REFUSED, UNCERTAIN
from hub.contract.channels import Value
from hub.contract.command import Status
from hub.state.record import Record
from hub.state.requests import Requests

PATIENCE = 15.0
"""Seconds; the hub itself gives up after ten."""

EXIT_CODES = {Status.DONE: 0, Status.REJECTED: REFUSED, Status.FAILED: REFUSED}


def ask(requests: Requests, kind: str, as_json: bool, **fields: Value) -> None:
    """Ask, wait, say what became of it, and end with its exit code. Raises ClayhubError (hub_down, busy)."""
    record = requests.wait(requests.send(kind, getpass.getuser(), "cli", **fields), PATIENCE)
    status = Status(record["status"]) if record else Status.UNKNOWN
    if as_json:
        click.echo(json.dumps(record))
    else:
        click.echo(_sentence(status, record), err=status is not Status.DONE)
    sys.exit(EXIT_CODES.get(status, UNCERTAIN))


def _sentence(status: Status, record: Record | None) -> str:
    if status is Status.PENDING:
        return "unknown: the hub has not answered; look at `clayhub watch` or the panel."
    reason = record["reason"] if record else None
    code = record["code"] if record else None
    return f"{status}" + (f": {reason}" if reason else "") + (f" ({code})" if code else "")
