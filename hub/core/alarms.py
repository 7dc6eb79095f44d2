"""Alarms at work: what the hub hears is judged, and what changes is stored, published and told."""

from dataclasses import asdict
from typing import Any

from hub.alarms.alarm import Alarm
from hub.alarms.board import Board
from hub.alarms.definitions import definitions, device_alarm
from hub.alarms.findings import Finding, Findings
from hub.alarms.notices import Notices
from hub.contract import topics
from hub.contract.alarm import Kind, State
from hub.contract.command import Status
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.contract.presence import Availability
from hub.contract.reading import Reading
from hub.core.commands import Commands
from hub.core.devices import Devices
from hub.core.diagnostics import Diagnostics
from hub.core.effects import Effects, Publish
from hub.core.interlocks import Interlocks
from hub.core.presence import Presence
from hub.procedures.effects import Moment
from hub.state.record import Record

Json = dict[str, Any]


class Alarms:
    """`memory` is how each stands, as JSON by its id: at first what earlier hubs left, then as it changes."""

    def __init__(
        self,
        config: Config,
        devices: Devices,
        presence: Presence,
        interlocks: Interlocks,
        commands: Commands,
        memory: dict[str, Json],
        token: int,
        out: Effects,
        now: Moment,
    ) -> None:
        self.memory = memory
        self._board = Board(definitions(config), memory)
        self._diagnostics = Diagnostics(devices, presence, now)
        self._presence, self._interlocks, self._commands, self._out = presence, interlocks, commands, out
        self._findings = Findings(config)
        self._notices = None if config.notify is None else Notices(config.notify, config.title)
        self._clock_set = False
        self._token, self._changes = token, 0
        self._messages = {alarm.id: alarm.encode() for alarm in self._board.standing.values()}
        """The last word on each alarm, for a broker that has not heard it."""
        for gone in memory.keys() - self._board.standing.keys():
            self._forget(gone)
        for alarm in self._board.standing.values():
            self._keep(alarm, tell=True)  # a Redis that lost its data does not know of it

    def on_reading(self, description: Description, reading: Reading, now: Moment) -> None:
        """A live reading. What has no value, or one that is doubted, neither raises an alarm nor ends it."""
        self._diagnostics.heard(description.key, now)
        for finding in self._findings.of(description, reading, self._board.is_active):
            self.on_finding(finding, now)

    def on_interlocks(self, now: Moment) -> None:
        """An interlock of the hub that has tripped is latched by its alarm: this cannot wait until time passes."""
        if self._interlocks.has_news:
            for finding in self._interlocks.findings():
                self.on_finding(finding, now)

    def on_retained(self, key: str, channel: str, now: Moment) -> None:
        """An agent has refused a retained command: over at once, but somebody has to find out who sends such things."""
        name = device_alarm(Kind.RETAINED, key)
        said = f"A retained command for {key}/{channel[:40]} was refused and cleared; its sender must not retain it."
        self.on_finding(Finding(name, True, said), now)
        self.on_finding(Finding(name, False, ""), now)

    def on_finding(self, finding: Finding, now: Moment) -> None:
        """Somebody has found out whether the cause of an alarm is there."""
        name, active, said, value = finding
        self._tell(self._board.judge(name, active, said, now, value), now)

    def on_up(self, now: Moment) -> None:
        """The broker is there: it may have kept nothing, and missed what happened meanwhile."""
        self._diagnostics.listen(now)
        for alarm_id in self._messages:
            self._publish(alarm_id)

    def on_clock_set(self) -> None:
        """The machine knows the time: a daily sign of life can have its hour."""
        self._clock_set = True

    def on_time(self, now: Moment) -> None:
        """Judge what shows by silence, and send what is due. At least every second."""
        for finding in (*self._diagnostics.judge(now), *self._interlocks.findings()):
            self.on_finding(finding, now)
        self.remind(now)
        if self._notices is not None and self._clock_set:
            sign = self._notices.sign_of_life(self._board.standing.values(), self._devices_there(), now)
            self._out.notices += [sign] if sign is not None else []

    def remind(self, now: Moment) -> None:
        """Have people told of what they have not been told, or not for long."""
        for name, notice in self._notices.due(self._board.standing, now).items() if self._notices else ():
            self._keep(self._board.told(name, now), tell=False)
            self._out.notices.append(notice)

    def on_request(self, record: Record, now: Moment) -> None:
        """Somebody acknowledges an alarm. The record gets its end."""
        by, note = record["who"] or record["source"], record.get("note") or None
        try:
            if record.get("action") != "acknowledge":
                raise Refused(Code.BAD_MESSAGE, "An alarm is only to be acknowledged.")
            self._tell(self._board.acknowledge(record.get("name", ""), by, note, now), now)
        except Refused as refusal:
            self._commands.end(record, Status.REJECTED, now, refusal.code, str(refusal))
        else:
            self._commands.end(record, Status.DONE, now)

    def _tell(self, alarm: Alarm | None, now: Moment) -> None:
        if alarm is None:
            return
        self._keep(alarm, tell=True)
        self._changes += 1
        self._out.journal.alarm_changed(f"{self._token}-{self._changes}", {"at": now.ms, **asdict(alarm)})
        self._messages[alarm.id] = alarm.encode()
        self._publish(alarm.id)
        if alarm.state == State.NORMAL:
            self._interlocks.release(alarm.id)
        ended = self._notices.ended(alarm) if self._notices and alarm.state == State.NORMAL else None
        if ended is not None:
            self._out.notices.append(ended)

    def _keep(self, alarm: Alarm, *, tell: bool) -> None:
        if alarm.state == State.NORMAL:
            self.memory.pop(alarm.id, None)
            self._out.journal.alarm(alarm.id, None, tell=tell)
        else:
            self.memory[alarm.id] = asdict(alarm)
            self._out.journal.alarm(alarm.id, self.memory[alarm.id], tell=tell)

    def _publish(self, alarm_id: str) -> None:
        self._out.publishes.append(Publish(topics.alarm(alarm_id), self._messages[alarm_id], retain=True))

    def _forget(self, alarm_id: str) -> None:
        """It is not defined any more."""
        del self.memory[alarm_id]
        self._out.journal.alarm(alarm_id, None, tell=True)
        self._messages[alarm_id] = b""

    def _devices_there(self) -> str:
        words = [self._presence.word(key) for key in self._diagnostics.keys]
        return f"{words.count(Availability.ONLINE)} of {len(words)} devices are there."
