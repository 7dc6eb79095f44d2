"""All that the agent says: numbered readings and results, descriptions, availability, heartbeats, the backlog.

Used by the agent's loop only, so numbers go out in order.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import orjson

from agents.messages import Finished, Happened, Health, Identified, Obtained, Request
from agents.outbox.outbox import Outbox
from agents.outbox.segment import Entry
from hub.contract import clock, presence, times, topics
from hub.contract.channels import Value
from hub.contract.command import Result, Status
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.event import DeviceEvent
from hub.contract.presence import Availability, Heartbeat
from hub.contract.reading import UNSYNCED, Reading
from hub.contract.strict import MAX_BYTES
from hub.contract.topics import Leaf
from hub.link.link import Link

log = logging.getLogger(__name__)

MOST_WORDS = 1_000
"""Characters of a reason and of what happened that are told: a driver may be talkative."""


class Publisher:
    """`boot` is this run's id, `config` the hash of the config.yaml it runs with."""

    def __init__(self, agent: str, link: Link, devices: Mapping[str, Description], config: str, outbox: Outbox) -> None:
        self._agent, self._link, self._devices, self._config = agent, link, dict(devices), config
        self.boot = secrets.token_hex(4)
        self.outbox = outbox
        self._beat = 0
        self._clock_is_set = clock.is_set()
        self._health: dict[str, Code | None] = {}
        self._too_large: set[str] = set()
        self._backlog_topic = topics.agent(agent, Leaf.BACKLOG)

    def reading(self, event: Obtained) -> None:
        """A device was read. What the hub could not take is told of once and gets no number: it would come for ever."""
        ts, said = times.instant(event.at), "" if self._clock_is_set else UNSYNCED

        def encode(epoch: str, n: int) -> bytes:
            values, quality, raw = dict(event.values), dict(event.quality), dict(event.raw)
            payload = Reading(ts, epoch, n, values, quality, raw, said).encode()
            if len(payload) > MAX_BYTES:
                raise Refused(Code.TOO_LARGE, f"A reading has {len(payload)} bytes; {MAX_BYTES} are the most.")
            return payload

        try:
            self._numbered(topics.device(event.key, Leaf.STATE), encode, retain=True)
        except Refused as refusal:
            if event.key not in self._too_large:
                log.warning("%s: %s It is left aside until it has fewer or shorter texts.", event.key, refusal)
                self._too_large.add(event.key)
        else:
            self._too_large.discard(event.key)

    def finished(self, event: Finished) -> bytes:
        """What became of a job; returns the result as it was sent."""
        value = None if event.status is Status.REJECTED else event.job.value
        return self._result(event.job.request, value, event.status, event.code, event.reason, event.until)

    def refused(self, request: Request, refusal: Refused) -> bytes:
        """A request was refused; returns the result as it was sent."""
        return self._result(request, None, Status.REJECTED, refusal.code, str(refusal), None)

    def again(self, request: Request, result: bytes | None) -> None:
        """A second delivery gets the same answer; when there is none yet, the one that comes serves both."""
        if result is None:
            return
        self._link.publish(topics.device(request.key, Leaf.RESULT), result)
        self._reply(request, result)

    def clear(self, topic: str) -> None:
        """Take a retained message off the broker."""
        self._link.publish(topic, b"", retain=True)

    def happened(self, event: Happened) -> None:
        """Something happened to a device by itself."""
        ts = times.instant(event.at)
        self._numbered(
            topics.device(event.key, Leaf.EVENT),
            lambda epoch, n: DeviceEvent(ts, epoch, n, event.text[:MOST_WORDS]).encode(),
        )

    def identified(self, event: Identified) -> None:
        """A device said what it is: its description says so from now on."""
        self._devices[event.key] = replace(self._devices[event.key], identity=dict(event.identity))
        self._describe(event.key)

    def health(self, event: Health) -> None:
        """A device works, or has a fault."""
        self._health[event.key] = event.fault
        self._available(event.key)

    def announce(self) -> None:
        """Say who is here and what there is: at each connection."""
        for key in self._devices:
            self._describe(key)
            self._available(key)
        self.online()

    def online(self) -> None:
        """Say that the agent is there."""
        self._link.publish(topics.agent(self._agent, Leaf.AVAILABILITY), Availability.ONLINE.encode(), retain=True)

    def beat(self) -> int | None:
        """Send the next heartbeat. Returns its number; None when there is no connection."""
        self.outbox.tend(time.monotonic(), time.time())
        self._clock_is_set = self._clock_is_set or clock.is_set()
        self._beat += 1
        beat = Heartbeat(
            boot=self.boot,
            beat=self._beat,
            ts=times.instant(time.time()),
            epoch=self.outbox.epoch,
            oldest=self.outbox.oldest,
            newest=self.outbox.newest,
            config=self._config,
            health={key: fault or "ok" for key, fault in self._health.items()},
            trouble=self.outbox.trouble or None,
        )
        sent = self._link.publish(topics.agent(self._agent, Leaf.HEARTBEAT), beat.encode(), qos=0)
        return self._beat if sent else None

    def backlog(self) -> None:
        """Send again what the hub did not confirm; to be called while it lives."""
        for each in self.outbox.resend(time.monotonic()):
            if isinstance(each, Entry):
                said = orjson.dumps({"topic": each.topic, "payload": orjson.Fragment(each.payload)})
            else:
                said = presence.Gap(self.outbox.epoch, [each.first, each.last]).encode()
            self._link.publish(self._backlog_topic, said)

    def leave(self) -> None:
        """Say that the devices, and then the agent, are no longer served."""
        for key in self._devices:
            self._link.publish(topics.device(key, Leaf.AVAILABILITY), Availability.OFFLINE.encode(), retain=True)
        self._link.publish(topics.agent(self._agent, Leaf.AVAILABILITY), Availability.OFFLINE.encode(), retain=True)

    def _result(
        self,
        request: Request,
        value: Value | None,
        status: Status,
        code: Code | None,
        reason: str | None,
        until: float | None,
    ) -> bytes:
        now, end = times.instant(time.time()), None if until is None else times.instant(until)
        reason = reason and reason[:MOST_WORDS]
        payload = self._numbered(
            topics.device(request.key, Leaf.RESULT),
            lambda epoch, n: Result(
                request.id, request.channel, value, status, now, epoch, n, code, reason, end
            ).encode(),
        )
        self._reply(request, payload)
        return payload

    def _numbered(self, topic: str, encode: Callable[[str, int], bytes], *, retain: bool = False) -> bytes:
        """Number a message, keep it until it is stored, and publish it if there is a connection."""
        payload = self.outbox.add(topic, encode, time.monotonic())
        self._link.publish(topic, payload, retain=retain)
        return payload

    def _reply(self, request: Request, result: bytes) -> None:
        """MQTT 5: the answer also goes where the request wanted it."""
        if request.response_topic is not None:
            self._link.publish(request.response_topic, result, correlation=request.correlation)

    def _describe(self, key: str) -> None:
        self._link.publish(topics.device(key, Leaf.INFO), self._devices[key].encode(), retain=True)

    def _available(self, key: str) -> None:
        """Say whether the device works. Nothing is said before it was tried."""
        if key in self._health:
            state = Availability.ONLINE if self._health[key] is None else Availability.FAULT
            self._link.publish(topics.device(key, Leaf.AVAILABILITY), state.encode(), retain=True)
