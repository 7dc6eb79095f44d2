"""Procedures and schedules at work: what their engine and book ask for becomes commands and records."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hub.contract.command import Status
from hub.contract.config.schema import Config
from hub.contract.description import Description
from hub.contract.errors import Code, Refused
from hub.core.commands import Commands
from hub.core.effects import Effects
from hub.procedures import effects as procedure_effects
from hub.procedures.effects import Ended, Moment, Save, Send
from hub.procedures.engine import Engine
from hub.schedule import book as schedule_effects
from hub.schedule.book import Arm, Book, Keep, StartRun
from hub.state.record import Record, pending
from hub.state.restored import Memory

Json = dict[str, Any]
_UNDONE = (Status.EXPIRED, Status.UNKNOWN)
"""Of commands that the device has not heard of, as far as is known."""


class Automation:
    """`memory` is what is kept of each: at first what earlier hubs left, then as it changes."""

    def __init__(
        self,
        config: Config,
        descriptions: Mapping[str, Description],
        memory: Memory,
        commands: Commands,
        out: Effects,
    ) -> None:
        self.memory = memory
        self._engine = Engine(config.procedures, descriptions)
        self._book = Book(config.schedules, descriptions)
        self._commands, self._out = commands, out

    def restore(self, now: Moment) -> None:
        """Take up the runs that a hub before this one left in the middle."""
        self._perform(self._engine.restore(dict(self.memory.runs), now), now)

    def on_clock_set(self, now: Moment) -> None:
        """The clock can be trusted: answer for what was missed and arm what comes."""
        self._perform(self._book.open(dict(self.memory.schedules), self.memory.runs, now.ms), now)

    def on_due(self, name: str, due: int, now: Moment) -> None:
        """A schedule's instant has come: by the timer's clock, of which ours may be some milliseconds behind."""
        now = now._replace(wall=max(now.wall, due / 1000))
        self._perform(self._book.on_due(name, due, now.ms), now)

    def on_request(self, record: Record, now: Moment) -> None:
        """Somebody starts, stops, resets or clears a procedure or schedule. The record gets its end."""
        try:
            asked = self._procedure(record, now) if record["kind"] == "procedure" else self._schedule(record, now)
        except Refused as refusal:
            self._commands.end(record, Status.REJECTED, now, refusal.code, str(refusal))
            return
        self._commands.end(record, Status.DONE, now)
        self._perform(asked, now)

    def on_ended(self, record: Record, now: Moment) -> None:
        """A command has its outcome."""
        if record["source"] == "procedure":
            self._perform(self._engine.on_outcome(record["id"], record["status"], record["reason"], now), now)
        elif record["source"] == "schedule":
            undone = record["status"] in _UNDONE or record["code"] == Code.AGENT_OFFLINE
            unreached = record["key"] if undone else None
            self._perform(self._book.on_ended(record["id"], record["status"], now.ms, unreached=unreached), now)

    def on_heard(self, devices: Collection[str], now: Moment) -> None:
        """The agent that serves these devices gave a sign of life."""
        self._perform(self._book.on_heard(devices, now.ms), now)

    def on_time(self, now: Moment) -> None:
        """Go on with every run whose wait is over."""
        self._perform(self._engine.on_time(now), now)

    def next_due(self) -> float:
        """When `on_time` is needed next, on the monotonic clock."""
        due = self._engine.next_due()
        return 1e18 if due is None else due

    def _procedure(self, record: Record, now: Moment) -> Sequence[procedure_effects.Effect]:
        name, by, run_id = record.get("name", ""), record["who"] or record["source"], record["id"]
        match record.get("action"):
            case "start":
                return self._engine.start(name, by, run_id, now)
            case "stop":
                return self._engine.stop(name, by, now)
            case "reset":
                return self._engine.reset(name, by, run_id, now)
            case "clear":
                return self._engine.clear(name)
        raise _no_such_action(record)

    def _schedule(self, record: Record, now: Moment) -> Sequence[schedule_effects.Effect]:
        name = record.get("name", "")
        match record.get("action"):
            case "start" | "stop" as action:
                return self._book.enable(name, action == "start", now.ms)
            case "reset":
                return self._book.reset(name, now.ms)
            case "clear":
                return self._book.clear(name, now.ms)
        raise _no_such_action(record)

    def _perform(self, effects: Sequence[procedure_effects.Effect | schedule_effects.Effect], now: Moment) -> None:
        for effect in effects:
            match effect:
                case Save(name, run):
                    self._keep(self.memory.runs, name, run)
                    self._out.journal.run(name, run)
                case Keep(name, schedule):
                    self._keep(self.memory.schedules, name, schedule)
                    self._out.journal.schedule(name, schedule)
                case Send(command_id, key, channel, value, _run, by):
                    record = pending(command_id, "set", by, "procedure", now.ms, key, channel, value)
                    self._commands.ask(record, now)
                case StartRun():
                    self._start(effect, now)
                case Arm():
                    self._out.arms.append(effect)
                case Ended(_name, run_id, outcome):
                    self._perform(self._book.on_ended(run_id, outcome, now.ms), now)

    def _keep(self, kept: dict[str, Json], name: str, data: Json | None) -> None:
        if data is None:
            kept.pop(name, None)
        else:
            kept[name] = data

    def _start(self, asked: StartRun, now: Moment) -> None:
        schedule = asked.schedule
        if schedule.procedure is not None:
            try:
                begun = self._engine.start(schedule.procedure, f"schedule {asked.name}", asked.run, now)
            except Refused as refusal:
                self._perform(self._book.on_ended(asked.run, str(refusal), now.ms), now)
                return
            self._perform(begun, now)
        elif schedule.set is not None and schedule.to is not None:
            device, channel = schedule.set.split(".")
            by, key = f"schedule {asked.name}", f"{schedule.stand}/{device}"
            record = pending(asked.run, "set", by, "schedule", now.ms, key, channel, schedule.to)
            self._commands.ask(record, now)


def _no_such_action(record: Record) -> Refused:
    return Refused(
        Code.BAD_MESSAGE, f"{str(record.get('action'))[:40]!r} is no action; it is start, stop, reset or clear."
    )
