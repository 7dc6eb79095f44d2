"""`clayhub web`: the panel alone, as systemd runs it."""

import sys

import click
from gunicorn.app import wsgiapp

from hub.contract.config.load import load
from hub.contract.places import Places


@click.command()
def command() -> None:
    """Run the panel. It needs Redis and does nothing by itself: the hub may come and go."""
    load(Places.from_environment().config)
    sys.argv = ["gunicorn", "--config", "python:web.gunicorn_conf", "web.app:create_app()"]
    wsgiapp.run()
