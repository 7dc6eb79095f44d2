"""`clayhub readings`: the recent history of one device, for a spreadsheet or a notebook."""

import csv
import json
import sys
from typing import Any

import click

from hub.cli.installation import store
from hub.contract import times
from hub.contract.errors import ClayhubError, Code
from hub.state.view import View


@click.command(
    epilog="\b\nExamples:\n  clayhub readings phytotron/co2 > co2.csv\n  clayhub readings phytotron/co2 --count 10"
)
@click.argument("key", metavar="STAND/DEVICE")
@click.option("--count", default=10_000, show_default=True, type=click.IntRange(1), help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
def command(key: str, count: int, as_json: bool) -> None:
    """Print the recent readings of a device, newest last: as CSV, with a column for each channel.

    A cell is empty where there is no value. The column `quality` then says why, and also of which values are
    doubtful: `co2=frozen`. A row with nothing but `gap` says that readings are missing there; its time is when that
    was found out. Times are UTC; `clock` is `unsynced` where the agent did not know the time.
    """
    with store() as redis:
        view = View(redis)
        device = view.snapshot()["devices"].get(key)
        if device is None:
            raise ClayhubError(Code.UNKNOWN_TARGET, f"There is no device {key[:80]!r}; `clayhub devices` lists them.")
        readings = view.readings(key, count, device["info"]["agent"])
    if as_json:
        for reading in readings:
            click.echo(json.dumps(reading, ensure_ascii=False))
        return
    channels = [name for name, channel in device["info"]["channels"].items() if channel["kind"] != "action"]
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["ts", *channels, "quality", "clock"])
    table.writerows(_row(reading, channels) for reading in readings)


def _row(reading: dict[str, Any], channels: list[str]) -> list[object]:
    if "gap" in reading:
        return [times.instant(reading["received"] / 1000), *(None for _ in channels), "gap", None]
    quality = " ".join(f"{name}={word}" for name, word in reading.get("quality", {}).items())
    return [reading["ts"], *(reading.get(name) for name in channels), quality, reading.get("clock")]
