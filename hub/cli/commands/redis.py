"""`clayhub redis`: the private Redis alone, as `clayhub up` and systemd run it."""

import logging
import os

import click

from hub.cli import render
from hub.cli.aof import mend
from hub.contract.places import Places


@click.command()
def command() -> None:
    """Run Redis, with the file that `clayhub render` has written. What a full disk did to its data is mended first."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    file = render.redis_file(Places.from_environment())
    mend(file.parent / "appendonlydir")
    supervised = ("--supervised", "systemd") if "NOTIFY_SOCKET" in os.environ else ()
    os.execvp("redis-server", ["redis-server", str(file), *supervised])  # noqa: S606 (no shell; the PATH is ours)
