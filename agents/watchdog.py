"""Which workers still answer. A driver whose call never returns holds the thread of its bus for ever: no lease of its
outputs can end then, and only a new process can reach them.

Heartbeats are counted, not seconds: an agent that was frozen as a whole has waited for nobody.
"""

import logging
import time
from collections.abc import Iterator, Mapping

from agents.messages import Event, Happened, Health, Ping, Pong
from agents.worker import Worker
from hub.contract.description import Description
from hub.contract.errors import ClayhubError, Code

log = logging.getLogger(__name__)

PATIENCE = 30
"""Heartbeats that a worker may take to answer; the timeouts of a bus are much shorter."""


class DriverHangs(ClayhubError):  # noqa: N818 - reads as what happened: `raise DriverHangs(...)`
    """Outputs can no longer be reached by this process; another one may."""


class Watchdog:
    """Asks each worker, and tells what follows when one does not answer. Used by the agent's loop only."""

    def __init__(self, workers: Mapping[str, Worker], devices: Mapping[str, Description]) -> None:
        """Both by the devices' keys; devices of one bus have the same worker."""
        self._workers, self._devices = workers, devices
        self._unanswered = dict.fromkeys(workers.values(), 0)
        self._worked: set[str] = set()

    @property
    def given_up(self) -> set[Worker]:
        """Those that do not answer: whoever waits for them waits for ever."""
        return {worker for worker, unanswered in self._unanswered.items() if unanswered > PATIENCE}

    def hangs(self, key: str) -> bool:
        """Whether the worker of this device is given up, for now."""
        return self._workers[key] in self.given_up

    def beat(self) -> Iterator[Event]:
        """To be called once a heartbeat. Raises DriverHangs when only a new process can make outputs safe.

        A driver that hung before any device of its bus worked would hang again: its devices have a fault, and the agent
        stays for the others.
        """
        for worker, unanswered in self._unanswered.items():
            if unanswered == 0:
                worker.submit(Ping())
            self._unanswered[worker] += 1
            if unanswered == PATIENCE:
                keys = self._keys(worker)
                text = f"The driver of {', '.join(keys)} does not come back from a call."
                yield from (Happened(key, time.time(), text) for key in keys)
                yield from (Health(key, Code.INTERNAL) for key in keys)
                if self._worked.intersection(keys) and any(self._has_outputs(key) for key in keys):
                    raise DriverHangs(Code.INTERNAL, f"{text} The agent ends, so that it can be started anew.")
                log.error("%s Its devices have a fault until it does, or until the agent is started again.", text)

    def answered(self, pong: Pong) -> Iterator[Health]:
        """A worker answered; when it had been given up, its devices are again as it says."""
        worker = self._workers[pong.key]
        gone, self._unanswered[worker] = self._unanswered[worker] > PATIENCE, 0
        self._worked.update(health.key for health in pong.healths if health.fault is None)
        if gone:
            log.warning("The driver of %s has come back.", ", ".join(self._keys(worker)))
            yield from pong.healths

    def _keys(self, worker: Worker) -> list[str]:
        return [key for key, its in self._workers.items() if its is worker]

    def _has_outputs(self, key: str) -> bool:
        return any(channel.safe is not None for channel in self._devices[key].channels)
