"""Which processes make the installation, in the order in which they are started."""

import sys
from functools import partial

import redis

from hub.cli import ready, render
from hub.cli.child import Program
from hub.contract.config.schema import Config
from hub.contract.places import Places
from hub.state.view import View

GRACE = {"web": 0.6, "hub": 0.8, "agent": 2.6, "simulator": 0.2, "mosquitto": 0.3, "redis": 0.4}
"""Seconds to end by itself; together less than 5. Most of them are the agents', who make the outputs safe."""


def stages(config: Config, places: Places, client: redis.Redis) -> list[list[Program]]:
    """Each stage is started when the one before serves."""
    view = View(client)
    store = Program(
        "redis",
        ("redis-server", str(render.redis_file(places))),
        partial(ready.answers_ping, client),
        GRACE["redis"],
    )
    broker = Program(
        "mosquitto",
        ("mosquitto", "-c", str(render.broker_file(places))),
        partial(ready.accepts, config.mqtt.host, config.mqtt.port),
        GRACE["mosquitto"],
    )
    return [
        [store],
        [broker],
        simulators(config, places),
        [Program("hub", _python("hub.cli.main", "hub"), partial(ready.hub_is_new, view), GRACE["hub"])],
        [
            Program(f"agent-{name}", _python("agents", name), partial(ready.agent_is_new, view, name), GRACE["agent"])
            for name in config.agents
        ],
        [Program("web", _python("hub.cli.main", "web"), partial(ready.healthy, config.web), GRACE["web"])],
    ]


def simulators(config: Config, places: Places) -> list[Program]:
    """One for each device of the stands that say `simulate: true`."""
    return [
        Program(
            f"simulator-{name}",
            _python("agents.simulators", device.driver, "--name", name, "--folder", str(places.simulators)),
            partial(ready.simulator_answers, places.simulators / f"{name}.address"),
            GRACE["simulator"],
        )
        for stand_name, stand in config.stands.items()
        if stand.simulate
        for name, device in ((f"{stand_name}.{device_name}", device) for device_name, device in stand.devices.items())
    ]


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
