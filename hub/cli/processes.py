"""Which processes make the installation, the order in which they are started, and that in which they are stopped."""

import sys
from collections.abc import Callable
from functools import partial

import redis

from hub.cli import ready, render
from hub.cli.child import Check, Program
from hub.contract.config import interlocks
from hub.contract.config.schema import Config
from hub.contract.places import Places
from hub.state.view import View

STOPPING = {"web": 0.6, "hub": 0.8, "agent": 12.0, "simulator": 0.2, "mosquitto": 0.3, "redis": 0.4}
"""The order of stopping, and the seconds that each has to end by itself: together less than 3 but for the agents.
They make the outputs safe, after the hub, which then commands no more, and before what they need for it; that is done
at once unless an instrument is slow or silent."""


def stages(config: Config, places: Places, client: redis.Redis) -> list[list[Program]]:
    """The order of starting: each stage begins when the one before serves."""
    view = View(client)
    answers = partial(ready.answers_ping, client)
    accepts = partial(ready.accepts, config.mqtt.host, config.mqtt.port)
    return [
        [_program("redis", "redis", _python("hub.cli.main", "redis"), answers)],
        [_program("mosquitto", "mosquitto", ("mosquitto", "-c", str(render.broker_file(places))), accepts)],
        [_program("hub", "hub", _python("hub.cli.main", "hub"), partial(ready.hub_is_new, view))],
        worlds(config, places) + simulators(config, places),
        [
            _program("agent", f"agent-{name}", _python("agents", name), partial(ready.agent_is_new, view, name))
            for name in config.agents
        ],
        [_program("web", "web", _python("hub.cli.main", "web"), partial(ready.healthy, config.web))],
    ]


def simulators(config: Config, places: Places) -> list[Program]:
    """One for each device of the stands that say `simulate: true`."""
    drivers = {
        f"{stand_name}.{name}": device.driver
        for stand_name, stand in config.stands.items()
        if stand.simulate
        for name, device in stand.devices.items()
        if device.driver != interlocks.DEVICE  # which has no hardware
    }
    own = () if config.drivers is None else (f"--drivers={places.config.parent / config.drivers}",)
    return [_simulator(f"simulator-{name}", driver, name, places, *own) for name, driver in drivers.items()]


def worlds(config: Config, places: Places) -> list[Program]:
    """For each simulated stand what surrounds its devices, which is told the names of the relays' channels."""
    return [
        _simulator(
            f"world-{stand_name}",
            "world",
            stand_name,
            places,
            *(
                f"--relay={name}.{channel.source or channel_name}={channel_name}"
                for name, device in stand.devices.items()
                if device.driver == "esp32_relay"
                for channel_name, channel in (device.channels or {}).items()
            ),
        )
        for stand_name, stand in config.stands.items()
        if stand.simulate
    ]


def _simulator(name: str, driver: str, of: str, places: Places, *more: str) -> Program:
    argv = _python("agents.simulators", driver, "--name", of, "--folder", str(places.simulators), *more)
    return _program("simulator", name, argv, partial(ready.simulator_answers, places.simulators / f"{of}.address"))


def _program(kind: str, name: str, argv: tuple[str, ...], is_ready: Callable[[], Check]) -> Program:
    return Program(name, argv, is_ready, turn=list(STOPPING).index(kind), grace=STOPPING[kind])


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
