"""`clayhub alarms`: what is wrong, and that somebody knows."""

import json
import sys

import click

from hub.alarms.notices import Notice
from hub.cli.asking import ask
from hub.cli.installation import find, latest, store
from hub.cli.main import REFUSED
from hub.cli.secrets import NOTIFY, notify_urls
from hub.cli.tables import local, plain, show
from hub.contract.errors import ConfigError
from hub.notifier import apprise_addresses
from hub.state.requests import Requests
from hub.state.view import View

EXAMPLES = """\b
Examples:
  clayhub alarms list
  clayhub alarms acknowledge too_hot --note "on my way"
  clayhub alarms history --count 10"""


@click.group(epilog=EXAMPLES)
def command() -> None:
    """List the alarms and their history, acknowledge one, or send a notice to try it out."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object by alarm.")
def list_(as_json: bool) -> None:
    """List the alarms that are not normal (local time)."""
    with store() as redis:
        alarms = latest(redis)["alarms"]
    if as_json:
        click.echo(json.dumps(alarms, indent=2, ensure_ascii=False))
        return
    if not alarms:
        click.echo("No alarms.")
        return
    table = plain("alarm", "priority", "is", "since", "message", "who knows", "note")
    for name, alarm in sorted(alarms.items()):
        known = (alarm["by"] or "-", alarm["note"] or "-")
        table.add_row(name, alarm["priority"], alarm["state"], local(alarm["raised"]), alarm["message"], *known)
    show(table)


@command.command()
@click.option("--count", default=50, show_default=True, type=click.IntRange(1), help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
def history(count: int, as_json: bool) -> None:
    """List the latest changes of alarms, newest first: what came, who knew, what went (local time)."""
    with store() as redis:
        changes = View(redis).alarm_history(count)
    if as_json:
        for change in changes:
            click.echo(json.dumps(change, ensure_ascii=False))
        return
    if not changes:
        click.echo("No alarm has changed yet.")
        return
    table = plain("when", "alarm", "priority", "became", "message", "who knows", "note")
    for change in changes:
        became = (change["id"], change["priority"], change["state"], change["message"])
        table.add_row(local(change["at"]), *became, change["by"] or "-", change["note"] or "-")
    show(table)


@command.command()
@click.argument("alarm")
@click.option("--note", default="", help="What to say about it, at most 200 characters.")
@click.option("--json", "as_json", is_flag=True, help="The record of the request, as one JSON object.")
def acknowledge(alarm: str, note: str, as_json: bool) -> None:
    """Say that you know of an alarm and look after it."""
    if len(note) > 200:
        raise click.BadParameter("at most 200 characters", param_hint="--note")
    with store() as redis:
        ask(Requests(redis), "alarm", as_json, name=alarm, action="acknowledge", note=note)


@command.command()
def test() -> None:
    """Send a notice to every address in notify.urls, and say which cannot be reached."""
    places, config = find()
    urls = notify_urls(places)
    if not urls:
        raise ConfigError(f"{places.secrets / NOTIFY} names no address; docs/alarms.md says what to write there.")
    notice = Notice(f"{config.title}: a test", "If you read this, notices of alarms reach you.")
    missed = 0
    for address in apprise_addresses(urls):
        sent = address.send(notice)
        missed += not sent
        click.echo(f"{address.name}: {'sent' if sent else 'could not be reached'}", err=not sent)
    sys.exit(REFUSED if missed else 0)
