"""Run one agent: `python -m agents NAME`. What it serves stands in config.yaml; see `hub.contract.places` for where."""

import argparse
import gc
import logging
import signal
import sys
from collections.abc import Sequence

from agents.assemble import assemble
from agents.configuration import configuration
from agents.interlocks.latches import Latches
from agents.outbox.outbox import Outbox
from agents.outbox.place import place
from agents.watchdog import DriverHangs
from hub.contract.errors import ConfigError
from hub.contract.interlock import interlocks
from hub.contract.notify import notify
from hub.contract.places import Places


def run(name: str, places: Places) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises ConfigError when the agent cannot be."""
    config, devices, config_hash = configuration(name, places)
    agent = assemble(
        name,
        {key: entry for key, entry in devices.items() if entry.description.agent == name},
        [each for each in interlocks(config) if each.agent == name],
        broker=config.mqtt,
        password=places.read_secret(places.password_file(f"agent-{name}")),
        config_hash=config_hash,
        outbox=Outbox(*place(places, name)),
        latches=Latches(places.var / "interlocks" / f"{name}.json"),
        simulators=places.simulators,
        notify=notify,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: agent.stop())
    gc.freeze()  # what was imported stays: to look through it again and again would stop all threads
    agent.run()


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 after a stop that was asked for, 1 when a driver hangs, 2 when the agent cannot be."""
    parser = argparse.ArgumentParser(prog="python -m agents", description="Run one of the agents of config.yaml.")
    parser.add_argument("name", help="the agent's name in config.yaml")
    name = parser.parse_args(arguments).name
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        run(name, Places.from_environment())
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except DriverHangs as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
