"""`clayhub hub`: the hub alone, as systemd runs it."""

import logging
import signal

import click

from hub.cli.checking import checked
from hub.cli.secrets import REDIS
from hub.contract.config.load import file_hash
from hub.contract.notify import notify
from hub.contract.places import Places
from hub.service import Service
from hub.settings import Settings


@click.command()
def command() -> None:
    """Run the hub, which stores what agents say and does what is asked. Of two hubs one waits for the other's end."""
    places = Places.from_environment()
    config, _ = checked(places.config)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    settings = Settings(
        config=config,
        config_hash=file_hash(places.config),
        redis_password=places.read_secret(places.secrets / REDIS),
        mqtt_password=places.read_secret(places.password_file("hub")),
    )
    service = Service(settings, notify)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: service.stop())
    service.run()
