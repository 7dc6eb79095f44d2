"""One thread per bus: it does what was commanded first, then the poll that is due, so that drivers need no locks and a
slow bus never delays another. On a bus of several devices a dead one costs the others one timeout now and then.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from agents.device import Device
from agents.guard import MAX_AGE
from agents.messages import Event, Finished, HubLives, Job, Order, Ping, Pong, Stop
from hub.contract.command import Status
from hub.contract.errors import Code

log = logging.getLogger(__name__)

MAX_WAITING = 100
"""Commands waiting for one bus; more are refused as `busy`."""


class Worker(threading.Thread):
    """The thread of one bus. Only `submit` is called from outside."""

    def __init__(self, bus: str, devices: Sequence[Device], emit: Callable[[Event], None]) -> None:
        super().__init__(name=f"bus {bus}", daemon=True)
        self._devices = {device.key: device for device in devices}
        self._emit = emit
        self._inbox: SimpleQueue[Order] = SimpleQueue()
        self._serving: Device | None = None
        self._job: Job | None = None
        self._crash: Exception | None = None
        self._stopping = self._ended = False
        self._left: set[str] = set()

    def submit(self, order: Order) -> bool:
        """Hand over an order. False when too many commands wait already."""
        if isinstance(order, Job) and self._inbox.qsize() >= MAX_WAITING:
            return False
        self._inbox.put(order)
        return True

    def run(self) -> None:
        """Serve until stopped. A driver's mistake ends neither the thread nor the other devices of the bus."""
        while not self._ended:
            try:
                self._recover()
                self._serve()
                self._leave()
            except Exception as error:
                log.exception("%s: unexpected; its outputs go to their safe values", self.name)
                self._crash = error

    def _serve(self) -> None:
        while not self._stopping:
            for order in self._orders():
                self._keep_safe()
                self._do(order)
            self._keep_safe()
            self._visit_next()

    def _keep_safe(self) -> None:
        """What must be safe by now becomes so, before anything else: commands that wait must not hold it up."""
        for device in self._devices.values():
            self._serving = device
            device.end_leases()
            device.obey()

    def _visit_next(self) -> None:
        self._serving = device = min(self._devices.values(), key=lambda device: device.due)
        if device.due <= time.monotonic() and not self._stopping:
            device.visit()
            device.obey()
        self._serving = None

    def _orders(self) -> Iterator[Order]:
        """All orders that wait now; if there are none, the first that comes before something else is due."""
        times = [device.due for device in self._devices.values()]
        times += [device.lease_ends for device in self._devices.values() if device.lease_ends is not None]
        with suppress(Empty):
            yield self._inbox.get(timeout=max(0.0, min(times) - time.monotonic()))
            for _ in range(self._inbox.qsize()):
                yield self._inbox.get_nowait()

    def _do(self, order: Order) -> None:
        match order:
            case Job() as job:
                self._job, self._serving = job, self._devices[job.request.key]
                self._emit(self._finish(job, self._serving))
                self._job = None
            case HubLives():
                for device in self._devices.values():
                    device.renew(order.token, order.at)
            case Ping():
                healths = [device.health for device in self._devices.values()]
                self._emit(Pong(next(iter(self._devices)), tuple(health for health in healths if health is not None)))
            case Stop():
                self._stopping = True

    def _finish(self, job: Job, device: Device) -> Finished:
        if self._stopping:
            return Finished(job, Status.REJECTED, Code.AGENT_OFFLINE, "The agent is being stopped.")
        if time.monotonic() - job.request.arrived > MAX_AGE:
            reason = f"The command waited more than {MAX_AGE:g} s for {device.key} and was not carried out."
            return Finished(job, Status.EXPIRED, Code.EXPIRED, reason)
        return device.command(job)

    def _leave(self) -> None:
        """Make each device safe once, those that work first."""
        for device in sorted(self._devices.values(), key=lambda device: not device.works):
            if device.key not in self._left:
                self._left.add(device.key)
                device.stop()
        self._ended = True

    def _recover(self) -> None:
        """After a crash: answer the command in hand, and start the device anew."""
        error, self._crash = self._crash, None
        job, self._job = self._job, None
        device, self._serving = self._serving, None
        if job is not None:
            reason = f"A mistake in the driver interrupted the command: {error!r:.200}"
            self._emit(Finished(job, Status.FAILED, Code.INTERNAL, reason))
        if device is not None and error is not None:
            device.crashed(error)
