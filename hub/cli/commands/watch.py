"""`clayhub watch`: live values."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import click
from rich.live import Live
from rich.table import Table

from hub.cli.installation import known_device, store
from hub.cli.tables import plain
from hub.contract.reading import STALE_PERIODS
from hub.state.view import Lost, View

Devices = dict[str, dict[str, Any]]

BLOCK = 1.0
"""Seconds between looks when nothing comes, so that ages count on."""


@click.command(epilog="\b\nExamples:\n  clayhub watch\n  clayhub watch phytotron/co2 --json")
@click.argument("wanted", nargs=-1, metavar="[STAND/DEVICE]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line and reading, for scripts.")
def command(wanted: tuple[str, ...], as_json: bool) -> None:
    """Show the values of all devices, or of those named, until Ctrl-C."""
    with store() as redis, contextlib.suppress(KeyboardInterrupt):
        for key in wanted:
            known_device(View(redis), key)
        if as_json:
            _print(View(redis), wanted)
        else:
            _show(View(redis), wanted)


def _show(view: View, wanted: tuple[str, ...]) -> None:
    devices: Devices = {}
    with Live(auto_refresh=False) as live:
        for changed, now in follow(view):
            _merge(devices, changed)
            live.update(table({key: devices[key] for key in wanted or devices if key in devices}, now), refresh=True)


def _print(view: View, wanted: tuple[str, ...]) -> None:
    devices: Devices = {}
    for changed, now in follow(view):
        _merge(devices, changed)
        for key, change in changed.items():
            if change.get("state") and (not wanted or key in wanted):
                device = devices[key]
                said = {"device": key, "is": _is(device, now), "received": device["received"], "state": device["state"]}
                click.echo(json.dumps(said, ensure_ascii=False))


def _merge(devices: Devices, changed: Devices) -> None:
    for key, change in changed.items():
        devices[key] = devices.get(key, {}) | change


def follow(view: View) -> Iterator[tuple[Devices, float]]:
    """What is new of each device, all of it at first, with the time of Redis in ms; now and then nothing is new."""
    while True:
        snapshot = view.snapshot()
        cursor, offset = snapshot["cursor"], snapshot["time"] - time.monotonic() * 1000
        changed: Devices = snapshot["devices"]
        try:
            while True:
                yield changed, time.monotonic() * 1000 + offset
                cursor, deltas = view.follow(cursor, BLOCK)
                changed = {}
                for delta in deltas:
                    for key, change in delta.get("devices", {}).items():
                        changed[key] = changed.get(key, {}) | (change or {"availability": None})
        except Lost:
            continue


def table(devices: Devices, now: float) -> Table:
    """One line a channel; a value that is too old or doubtful never looks good."""
    found = plain("device", "channel", "value", "unit", "age", "")
    for key, device in devices.items():
        info, state = device.get("info"), device.get("state") or {}
        if info is None:
            continue
        age, word = _age(device, now), _is(device, now)
        for name, channel in info["channels"].items():
            if channel["kind"] == "action":
                continue
            said = (state.get("quality") or {}).get(name)
            doubt = ", ".join(each for each in (said, word) if each and each != "online")
            shown = f"{age:.0f} s" if age is not None else "-"
            row = (key, name, _text(state.get(name), channel), channel.get("unit", ""), shown, doubt)
            found.add_row(*row, style="dim" if doubt else None)
    return found


def _age(device: dict[str, Any], now: float) -> float | None:
    """Seconds since the last reading came."""
    return (now - device["received"]) / 1000 if device.get("received") else None


def _is(device: dict[str, Any], now: float) -> str:
    """`online` while its values are live, else why they are not."""
    age, availability = _age(device, now), device.get("availability")
    if availability == "online" and (age is None or age > STALE_PERIODS * device["info"]["period"]):
        return "stale"
    return availability or "unknown"


def _text(value: object, channel: dict[str, Any]) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "ON" if value else "OFF"
        case float() if channel.get("decimals") is not None:
            return f"{value:.{channel['decimals']}f}"
        case _:
            return str(value)
