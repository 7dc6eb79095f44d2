"""`clayhub schedules`: when something is done by itself."""

import json

import click
from rich.console import Console
from rich.table import Table

from hub.cli.actions import add_actions
from hub.cli.installation import store
from hub.cli.times import local
from hub.state.view import View


@click.group(epilog="\b\nExamples:\n  clayhub schedules list --json\n  clayhub schedules stop ventilation")
def command() -> None:
    """List the schedules, or start, stop, reset or clear one."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object by schedule.")
def list_(as_json: bool) -> None:
    """List the schedules that the hub has, with their last and next run (local time)."""
    with store() as redis:
        schedules = View(redis).snapshot()["schedules"]
    if as_json:
        click.echo(json.dumps(schedules, indent=2, ensure_ascii=False))
        return
    table = Table("schedule", "title", "is", "when", "next", "last", "outcome", box=None, pad_edge=False)
    for name, schedule in schedules.items():
        when = next((f"{word} {schedule[word]}" for word in ("every", "cron", "at") if schedule.get(word)), "-")
        table.add_row(
            name,
            schedule.get("title") or name,
            "on" if schedule["enabled"] else "off",
            when,
            local(schedule.get("next")) or "-",
            local(schedule.get("last")) or "-",
            schedule.get("last_outcome") or "-",
        )
    Console().print(table)


add_actions(command, "schedule")
