"""Commands: checked, guarded, sent, and each brought to exactly one end."""

from dataclasses import dataclass

from hub.contract import times, topics
from hub.contract.channels import Value
from hub.contract.command import Command, Result, Status
from hub.contract.errors import Code, Refused
from hub.contract.topics import Leaf
from hub.core.devices import Devices
from hub.core.effects import Effects, Publish
from hub.core.ended import Ended, lately
from hub.core.interlocks import Interlocks
from hub.core.presence import Presence
from hub.procedures.effects import Moment
from hub.state.record import Record, is_final, pending
from hub.state.restored import Restored

RESULT_TIMEOUT = 10.0
"""Seconds that an agent has for its result. It refuses itself what has waited 5 s for the device."""


@dataclass(slots=True)
class Sent:
    """A command whose result is awaited."""

    record: Record
    agent: str
    due: float


class Commands:
    """`ended` collects records with their final status, for whoever asked."""

    def __init__(self, devices: Devices, presence: Presence, interlocks: Interlocks, token: int, out: Effects) -> None:
        self._devices, self._presence, self._interlocks, self._out = devices, presence, interlocks, out
        self._token, self._counter = token, 0
        self._sent: dict[str, Sent] = {}
        self._latest: dict[tuple[str, str], str] = {}
        self._done = Ended()
        self.ended: list[Record] = []

    @property
    def in_hand(self) -> tuple[Record, ...]:
        """Those that were sent, and those whose end is not written yet."""
        records = [sent.record for sent in self._sent.values()] + self._out.journal.records
        return tuple({record["id"]: record for record in records}.values())

    @property
    def ended_before(self) -> tuple[Record, ...]:
        """Those that have an end, oldest first."""
        return self._done.records

    def restore(self, kept: Restored, now: Moment) -> None:
        """Take up what was sent before: a result may still come, or time runs out.

        What this process had in hand counts when it had lost its lock, and what ended just before that: a Redis that
        was killed may have forgotten it.
        """
        in_hand = (*kept.memory.commands, *lately(kept.memory.ended, now.ms))
        for record in (*kept.unended, *sorted((*kept.commands, *in_hand), key=lambda record: record["requested"])):
            key, channel = record["key"], record["channel"]
            if key is None or channel is None or key not in self._devices.agents:
                continue
            self._latest[key, channel] = record["id"]
            if not is_final(record):
                self._sent[record["id"]] = Sent(record, self._devices.agents[key], now.mono + RESULT_TIMEOUT)
        for record in filter(is_final, in_hand):
            self._sent.pop(record["id"], None)
            self._done.add(record["id"], record)
            self._write(record)

    def ask(self, record: Record, now: Moment) -> None:
        """Send the command that a pending record asks for, or end it at once. The same one is not sent twice: whoever
        asks for it again, as a run does that goes on after a restart, gets the end that it had."""
        if self._knows(record):
            final = self._done.get(record["id"])
            self.ended += [final] if final is not None else []
            return
        key, channel = record["key"] or "", record["channel"] or ""
        try:
            description = self._devices.described(key)
            description.channel(channel)
            self._latest[key, channel] = record["id"]
            value = description.writable(channel).check(record["value"])
            self._interlocks.check(key, channel, value, now)
            agent = self._devices.agent_of(key)
            boot, beat = self._presence.guard(agent)
        except Refused as refusal:
            self.end(record, Status.REJECTED, now, refusal.code, str(refusal))
            return
        self._send(record, key, channel, value, boot, beat)
        self._sent[record["id"]] = Sent(record, agent, now.mono + RESULT_TIMEOUT)
        self._out.journal.record(record, latest=True)

    def expire(self, record: Record, now: Moment) -> None:
        """It comes too late, unless it was taken in time and Redis did not hear of that."""
        if not self._knows(record):
            reason = "The hub was not there in time, so nothing was done. Ask again."
            self.end(record, Status.EXPIRED, now, Code.EXPIRED, reason)

    def on_result(self, key: str, payload: bytes, now: Moment) -> None:
        """An agent's answer. Raises Refused (unknown_target, bad_json, bad_message)."""
        result = Result.decode(payload)
        record = foreign(key, result, now.ms)
        if not self._presence.is_live(self._devices.agent_of(key), result.epoch):
            return  # by another agent of the same name, which refuses what is not meant for it
        if not self.answered(key, result, now) and result.id not in self._done:
            self._done.add(result.id)
            known = self._devices.has(key, result.channel)
            if known:
                self._latest[key, result.channel] = result.id
            self._out.journal.foreign(record, latest=known)

    def answered(self, key: str, result: Result, now: Moment) -> bool:
        """End the command that this is the answer to, also when it comes with the backlog; False when none waits for
        it. Raises Refused (bad_message)."""
        sent = self._sent.get(result.id)
        if sent is None or sent.record["key"] != key or sent.record["channel"] != result.channel:
            return False
        until = None if result.until is None else instant_ms(result.until)
        self.end(sent.record, result.status, now, result.code, result.reason, until)
        return True

    def on_answered_before(self, key: str, result: Result, now: Moment) -> None:
        """An answer comes with the backlog: its agent was not told that it is stored. Raises Refused (bad_message)."""
        final = self._done.get(result.id)
        if not self.answered(key, result, now) and final is not None:
            self._write(final)  # its record is then perhaps not stored either

    def on_lost(self, agent: str, now: Moment) -> None:
        """The agent went offline: nobody knows what became of the commands that it has."""
        for sent in [sent for sent in self._sent.values() if sent.agent == agent]:
            reason = f"The agent {agent} was lost before it answered; look at the device itself."
            self.end(sent.record, Status.UNKNOWN, now, Code.AGENT_OFFLINE, reason)

    def on_unsent(self, command_id: str, now: Moment) -> None:
        """The command could not be handed to the broker."""
        sent = self._sent.get(command_id)
        if sent is not None:
            reason = "There is no connection to the broker, so nothing was done. Try again when it is back."
            self.end(sent.record, Status.REJECTED, now, Code.AGENT_OFFLINE, reason)

    def on_time(self, now: Moment) -> None:
        """End what has waited too long."""
        for sent in [sent for sent in self._sent.values() if sent.due <= now.mono]:
            reason = (
                f"The agent did not say within {RESULT_TIMEOUT:.0f} s what became of it; look at the device itself."
            )
            self.end(sent.record, Status.UNKNOWN, now, Code.NO_RESULT, reason)

    def next_due(self) -> float:
        """When `on_time` is needed next, on the monotonic clock."""
        return min((sent.due for sent in self._sent.values()), default=1e18)

    def end(
        self,
        record: Record,
        status: Status,
        now: Moment,
        code: str | None = None,
        reason: str | None = None,
        until_ms: int | None = None,
    ) -> None:
        """Give a record of any kind its final status."""
        final = record.copy()
        final.update({"status": status, "code": code, "reason": reason, "ended": now.ms, "until": until_ms})
        self._sent.pop(record["id"], None)
        self._done.add(record["id"], final)
        self._write(final)
        self.ended.append(final)

    def _send(self, record: Record, key: str, channel: str, value: Value, boot: str, beat: int) -> None:
        self._counter += 1
        command = Command(record["id"], channel, value, boot, beat, self._token, self._counter)
        topic = topics.device(key, Leaf.COMMAND)
        self._out.publishes.append(Publish(topic, command.encode(), command=record["id"]))

    def _knows(self, record: Record) -> bool:
        return record["id"] in self._sent or record["id"] in self._done

    def _write(self, final: Record) -> None:
        target = (final["key"] or "", final["channel"] or "")
        self._out.journal.record(final, latest=self._latest.get(target) == final["id"])


def foreign(key: str, result: Result, when: int) -> Record:
    """The record of a command that somebody gave by MQTT, made from its result. Raises Refused (bad_message)."""
    record = pending(result.id, "set", None, "mqtt", when, key, result.channel, result.value)
    until = None if result.until is None else instant_ms(result.until)
    record.update(
        {"status": result.status, "code": result.code, "reason": result.reason, "ended": when, "until": until}
    )
    return record


def instant_ms(text: str) -> int:
    """An agent's instant in ms since 1970. Raises Refused (bad_message)."""
    try:
        return round(times.seconds(text) * 1000)
    except (ValueError, TypeError):
        raise Refused(Code.BAD_MESSAGE, f"{str(text)[:40]!r} is no instant.") from None
