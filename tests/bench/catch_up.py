"""A day without the hub: how long the agent needs to hand over what it kept, and whether live values wait for it."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import redis

from agents.catalog.catalog import describe
from agents.drivers import DRIVERS
from agents.outbox.outbox import Outbox
from agents.outbox.place import in_memory
from hub.contract import times, topics
from hub.contract.channels import Action, Choice, Value
from hub.contract.description import Description
from hub.contract.reading import Reading
from hub.contract.topics import Leaf
from hub.state import keys
from tests.bench.figures import Figure
from tests.bench.installation import Installation, shipped, started

DAY = 86_400
EXAMPLES: dict[str, Value] = {"number": 21.37, "switch": False, "text": "none"}


def measure(folder: Path) -> list[Figure]:
    """The demonstration is started with an outbox in which its agent has a whole day of readings."""
    installation = Installation(shipped(folder))
    descriptions = list(describe(installation.config, DRIVERS).values())
    kept = _keep_a_day(installation, descriptions)
    with started(installation):
        began, oldest = time.monotonic(), 0.0
        first = _stored(installation.redis)
        while (stored := _stored(installation.redis)) < kept:
            oldest = max(oldest, *_ages(installation.redis, descriptions))
            time.sleep(0.05)
        took = time.monotonic() - began
        _look_whether_all_is_there(installation.redis, kept)
    rate = (stored - first) / took
    return [
        Figure("readings of a day without the hub", kept, ""),
        Figure("handed over", rate, "messages/s"),
        Figure("caught up, times real time", rate * DAY / kept, "", goal=20, at_most=False),
        Figure("oldest live value meanwhile", oldest, "periods", goal=3),
    ]


def _keep_a_day(installation: Installation, descriptions: list[Description]) -> int:
    """Fill the outbox of the only agent; returns the last number."""
    (agent,) = installation.config.agents
    memory = in_memory(installation.places, installation.environment) / agent
    memory.mkdir(parents=True)
    outbox = Outbox(memory, installation.places.var / "outbox" / agent)
    for moment, device in _polls(descriptions):
        outbox.add(topics.device(device.key, Leaf.STATE), partial(_reading, device, time.time() - DAY + moment), moment)
        if outbox.newest % 500 == 0:
            _until_on_disk(outbox, moment)
    outbox.close()
    return outbox.newest


def _reading(device: Description, at: float, epoch: str, n: int) -> bytes:
    values: dict[str, Value | None] = {}
    for channel in device.channels:
        if not isinstance(channel, Action):
            values[channel.name] = channel.options[0] if isinstance(channel, Choice) else EXAMPLES[channel.kind]
    return Reading(times.instant(at), epoch, n, values).encode()


def _until_on_disk(outbox: Outbox, moment: float) -> None:
    """As once a second over the day."""
    outbox.tend(moment, time.time())
    outbox.tend(moment + 10, time.time())


def _polls(descriptions: list[Description]) -> Iterator[tuple[float, Description]]:
    """Which device is read when, over a day, in order."""
    for second in range(DAY):
        yield from ((second, device) for device in descriptions if second % device.period < 1)


def _stored(client: redis.Redis) -> int:
    """The last number that the hub has stored; 0 while it has none."""
    found: dict[bytes, bytes] = client.hgetall(keys.SEQUENCE)  # type: ignore[assignment]
    return max((int(word.split()[1]) for word in found.values()), default=0)


def _ages(client: redis.Redis, descriptions: list[Description]) -> list[float]:
    """How old what each device shows is, in its periods."""
    seconds, micros = client.time()
    now = seconds + micros / 1e6
    states: dict[bytes, bytes] = client.hgetall(keys.STATE)  # type: ignore[assignment]
    periods = {device.key.encode(): device.period for device in descriptions}
    return [(now - int(state.split(b" ")[0]) / 1000) / periods[key] for key, state in states.items()]


def _look_whether_all_is_there(client: redis.Redis, kept: int) -> None:
    """Raises AssertionError unless history has all of it, in order, without a gap."""
    entries: Any = client.xrange(keys.READINGS, count=kept)
    numbers = [int(fields[b"n"]) for _, fields in entries]
    assert numbers == list(range(1, kept + 1)), "history is not whole"
