"""One campaign: fault after fault against the system under load, and what is found out meanwhile."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.campaign.devices import Device, Devices
from tests.faults.campaign.faults import Harm, Window
from tests.faults.campaign.ledger import Ledger
from tests.faults.campaign.load import Load
from tests.faults.campaign.memory import Memory
from tests.faults.campaign.plan import COUNTERS, Fault
from tests.faults.campaign.recovery import Recovery
from tests.faults.campaign.streams import Streams
from tests.faults.campaign.system import System

CATCH_UP = 30.0
"""Seconds that the last readings may take into Redis."""
FORGETFUL = ("redis flushed", "redis emptied")
TAIL_LOST = "slow disk"
"""The kind with which Redis loses what nobody was told that it has."""


@dataclass
class Evidence:
    """All that was seen."""

    devices: Devices
    streams: Streams
    ledger: Ledger
    load: Load
    memory: Memory
    windows: list[Window] = field(default_factory=list)
    recovered: list[tuple[Fault, dict[str, float]]] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    """Readings that were stored once and are no longer."""
    began: float = 0.0
    ended: float = 0.0


def run(system: System, faults: Sequence[Fault], seed: int, say: Callable[[str], None]) -> Evidence:
    """Do all of them, and return what was seen. `say` is told of each."""
    ledger = Ledger()
    devices, streams = Devices(system.folder / "simulators", COUNTERS), Streams(system.open_redis(), ledger)
    memory = Memory(system)
    parts = (devices, streams, memory)
    for part in parts:
        part.start()
    with Load(system, ledger, seed) as load:
        found = Evidence(devices, streams, ledger, load, memory, began=time.time())
        harm, recovery = Harm(system, load), Recovery(system, load, ledger)
        recovery.measure(time.time())
        for fault in faults:
            _suffer(fault, harm, recovery, found, say)
        found.ended = time.time()
        _catch_up(found)
        found.vanished = streams.vanished()
        recovery.close()
    for part in parts:
        part.stop()
    return found


def _suffer(fault: Fault, harm: Harm, recovery: Recovery, found: Evidence, say: Callable[[str], None]) -> None:
    with _done(fault, harm, found):
        time.sleep(fault.seconds / 2)
        if fault.amid is not None:
            with _done(Fault(fault.number, *fault.amid, 0.0, 0.0), harm, found):
                pass
        time.sleep(fault.seconds / 2)
    seconds = recovery.measure(found.windows[-1].end)
    found.recovered.append((fault, seconds))
    harm.tidy()
    slowest = max(seconds, key=lambda name: seconds[name])
    say(f"{time.strftime('%H:%M:%S')} {fault}; all works after {seconds[slowest]:.1f} s (last: {slowest})")
    time.sleep(fault.pause)


@contextmanager
def _done(fault: Fault, harm: Harm, found: Evidence) -> Iterator[None]:
    """The fault lasts as long as the block."""
    if fault.kind in FORGETFUL:
        found.streams.flushed()
    begin = time.time()
    harm.begin(fault)
    yield
    harm.end(fault)
    if fault.kind == TAIL_LOST:
        found.streams.tail_lost()
    found.windows.append(Window(fault, begin, time.time()))


def _catch_up(found: Evidence) -> None:
    """Wait until what was made is stored: all of it, for the followers of the devices' logs may be late too."""
    limit = time.monotonic() + CATCH_UP
    while time.monotonic() < limit and not all(_made_since(device, found.ended) for device in found.devices.all):
        time.sleep(0.2)
    waiting = {device.key: device.made[-1].count for device in found.devices.all if device.made}
    while waiting and time.monotonic() < limit:
        for each in found.streams.stored[-5_000:]:
            if each.count >= waiting.get(each.device, float("inf")):
                del waiting[each.device]
        time.sleep(0.2)


def _made_since(device: Device, when: float) -> bool:
    return bool(device.made) and device.made[-1].at >= when
