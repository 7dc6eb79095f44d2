"""`clayhub info`: where everything is."""

import json

import click

from hub.cli import secrets, welcome
from hub.cli.checking import checked
from hub.contract.places import Places


@click.command(epilog="Example: clayhub info --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for scripts.")
def command(as_json: bool) -> None:
    """Show addresses, accounts, and where secrets lie (not the secrets)."""
    places = Places.from_environment()
    config, descriptions = checked(places.config)
    found = {
        "title": config.title,
        "web": f"http://{config.web.netloc}",
        "mqtt": config.mqtt.netloc,
        "redis": config.redis.netloc,
        "config": str(places.config),
        "var": str(places.var),
        "secrets": str(places.secrets),
        "accounts": {name: str(places.password_file(name)) for name in secrets.accounts(config)},
        "agents": list(config.agents),
        "watch": welcome.watch_line(places),
        "command": welcome.command_line(places, descriptions.values()),
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        click.echo(f"{name + ':':10}{_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {name:14}{path}" for name, path in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value or "-")
