"""`clayhub schema`: the JSON Schema of config.yaml."""

import json

import click

from hub.contract.config.load import json_schema


@click.command(epilog="Example: clayhub schema > config.schema.json")
def command() -> None:
    """Print the JSON Schema of config.yaml, for editors that complete and check while you write."""
    click.echo(json.dumps(json_schema(), indent=2))
