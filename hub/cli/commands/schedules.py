"""`clayhub schedules`: when something is done by itself."""

import json
from typing import Any

import click

from hub.cli.actions import add_actions
from hub.cli.installation import latest, store
from hub.cli.tables import duration, local, plain, show


@click.group(epilog="\b\nExamples:\n  clayhub schedules list --json\n  clayhub schedules stop ventilation")
def command() -> None:
    """List the schedules, or start, stop, reset or clear one."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object by schedule.")
def list_(as_json: bool) -> None:
    """List the schedules that the hub has, with their last and next run (local time)."""
    with store() as redis:
        schedules = latest(redis)["schedules"]
    if as_json:
        click.echo(json.dumps(schedules, indent=2, ensure_ascii=False))
        return
    table = plain("schedule", "title", "is", "when", "next", "last", "outcome")
    for name, schedule in schedules.items():
        table.add_row(
            name,
            schedule.get("title") or name,
            "on" if schedule["enabled"] else "off",
            _when(schedule),
            local(schedule.get("next")) or "-",
            local(schedule.get("last")) or "-",
            schedule.get("last_outcome") or "-",
        )
    show(table)


def _when(schedule: dict[str, Any]) -> str:
    if schedule.get("every"):
        return f"every {duration(schedule['every'])}"
    return f"cron {schedule['cron']}" if schedule.get("cron") else f"at {schedule.get('at')}"


add_actions(command, "schedule")
