"""What is asked of an agent by `.../set` and `.../command`: refused at once, or handed to the worker of the device, and
answered once."""

import logging
from collections.abc import Mapping

from agents import commands
from agents.guard import MAX_AGE, Answers, Guard
from agents.interlocks.keeper import Keeper
from agents.messages import Finished, Job
from agents.publisher import Publisher
from agents.transit import Transit
from agents.watchdog import Watchdog
from agents.worker import Worker
from hub.contract.command import Status
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.topics import Topic
from hub.link.link import Incoming

log = logging.getLogger(__name__)


class Admission:
    """Used by the agent's loop only."""

    def __init__(
        self,
        guard: Guard,
        transit: Transit,
        publisher: Publisher,
        workers: Mapping[str, Worker],
        devices: Mapping[str, Description],
        interlocks: Keeper,
        watchdog: Watchdog,
    ) -> None:
        """`workers` and `devices` by the devices' keys."""
        self._guard, self._transit, self._answers = guard, transit, Answers()
        self._publisher, self._interlocks, self._watchdog = publisher, interlocks, watchdog
        self._workers, self._devices = workers, devices

    def asked(self, incoming: Incoming, topic: Topic, at: float) -> None:
        """A request came at `at` (monotonic). It gets one answer: here when it is refused, else when it is finished."""
        if incoming.retain and not incoming.payload:
            return  # the echo of our own clearing
        request = commands.request(incoming, topic, at)
        try:
            job = commands.understand(incoming, topic.leaf, request, self._devices[topic.key])
            if not request.named or self._answers.first(request.topic, request.id, job.value):
                self._admit(job, at)
            else:
                self._publisher.again(request, self._answers.answer(request.topic, request.id))
        except Refused as refusal:
            self._publisher.refused(request, refusal)
        if incoming.retain:
            log.warning("A retained command on %s was refused and cleared.", incoming.topic)
            self._publisher.clear(incoming.topic)

    def finished(self, event: Finished) -> None:
        """A request has its outcome."""
        request = event.job.request
        self._answers.answered(request.topic, request.id, self._publisher.finished(event))

    def _admit(self, job: Job, at: float) -> None:
        request = job.request
        if job.command is None and not self._transit.prompt(at):
            reason = f"The connection stood still; the command may be more than {MAX_AGE:g} s old. Give it again."
            self.finished(Finished(job, Status.EXPIRED, Code.EXPIRED, reason))
            return
        try:
            if job.command is not None:
                self._guard.admit(job.command, at)
            if request.key not in self._workers:  # the interlocks, which have no hardware
                self._interlocks.reset(request.key, at)
                self.finished(Finished(job, Status.DONE))
                return
            if self._watchdog.hangs(request.key):
                raise Refused(Code.INTERNAL, f"The driver of {request.key} hangs; its agent must be started again.")
            if not self._workers[request.key].submit(job):
                raise Refused(Code.BUSY, f"Too many commands wait for {request.key}; give this one again later.")
        except Refused as refusal:
            self._answers.answered(request.topic, request.id, self._publisher.refused(request, refusal))
