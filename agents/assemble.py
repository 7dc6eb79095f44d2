"""An agent put together: its link, its workers, and the queue between them and its loop."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue

from agents.agent import Agent
from agents.catalog.catalog import Entry
from agents.derivation import Derivations
from agents.device import Device
from agents.interlocks.board import Board
from agents.interlocks.keeper import Keeper
from agents.interlocks.latches import Latches
from agents.listener import subscriptions
from agents.messages import Arrived, Event, LinkUp
from agents.outbox.outbox import Outbox
from agents.publisher import Publisher
from agents.verdict import Verdict
from agents.worker import Worker
from hub.contract import topics
from hub.contract.config.schema import Mqtt
from hub.contract.interlock import Interlock, describe
from hub.contract.presence import Availability
from hub.contract.topics import Leaf
from hub.link.link import Link


def assemble(
    name: str,
    entries: Mapping[str, Entry],
    interlocks: Sequence[Interlock],
    *,
    broker: Mqtt,
    password: str,
    config_hash: str,
    outbox: Outbox,
    latches: Latches,
    simulators: Path,
    notify: Callable[[str], None],
) -> Agent:
    """The agent `name` with its devices and the interlocks that it evaluates, not yet running. Simulators leave their
    addresses in `simulators`."""
    events: SimpleQueue[Event] = SimpleQueue()
    devices = {key: entry.description for key, entry in entries.items()} | describe(interlocks)
    link = Link(
        f"agent {name}",
        host=broker.host,
        port=broker.port,
        account=f"agent-{name}",
        password=password,
        version=5,
        subscriptions=subscriptions(name, devices),
        on_message=lambda incoming: events.put(Arrived(incoming, time.monotonic())),
        on_up=lambda: events.put(LinkUp()),
        on_down=lambda _reason: None,  # the link itself comes back; until then nothing is heard or said
        will=(topics.agent(name, Leaf.AVAILABILITY), Availability.OFFLINE.encode()),
    )
    publisher, verdict = Publisher(name, link, devices, config_hash, outbox), Verdict()
    workers = _workers(entries, simulators, events.put, verdict)
    latched = latches.read({f"{each.stand}/{each.name}" for each in interlocks if each.latched})
    board = Board(interlocks, {key: entry.description.period for key, entry in entries.items()}, latched)
    keeper = Keeper(board, verdict, latches, publisher, workers)
    return Agent(events, link, publisher, workers, devices, Derivations(entries), keeper, notify)


def _workers(
    entries: Mapping[str, Entry], simulators: Path, emit: Callable[[Event], None], verdict: Verdict
) -> dict[str, Worker]:
    """The worker of each device, by the device's key; devices of one bus have the same."""
    buses: dict[str, list[Device]] = {}
    for entry in entries.values():
        buses.setdefault(entry.bus, []).append(Device(entry, simulators, emit, verdict=verdict))
    workers = {bus: Worker(bus, devices, emit) for bus, devices in buses.items()}
    return {key: workers[entry.bus] for key, entry in entries.items()}
