"""`clayhub hub`: the hub alone, as systemd runs it."""

import gc
import logging
import signal

import click

from hub.cli.checking import checked
from hub.cli.secrets import NOTIFY, REDIS, notify_urls
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
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it tells each failure anew; the notifier does so once
    settings = Settings(
        config=config,
        config_hash=file_hash(places.config),
        redis_password=places.read_secret(places.secrets / REDIS),
        var=places.var,
        mqtt_password=places.read_secret(places.password_file("hub")),
        notify_urls=notify_urls(places) if config.notify is not None else (),
    )
    if config.notify is not None and not settings.notify_urls:
        logging.warning("config.yaml says `notify`, but %s names no address: nobody is told.", places.secrets / NOTIFY)
    service = Service(settings, notify)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: service.stop())
    gc.freeze()  # what was imported stays: to look through it again and again stopped the hub for 35 ms each time
    service.run()
