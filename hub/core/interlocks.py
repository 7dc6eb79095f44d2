"""The hub's interlocks at work: asked before each command, judged at each reading and about every second.

What trips them is commanded to its safe value; nothing is ever switched on again.
"""

from collections.abc import Collection, Iterable, Iterator

from hub.alarms import interlock as interlock_alarm
from hub.alarms.definitions import RESTART
from hub.alarms.findings import Finding
from hub.contract.channels import Value
from hub.contract.config.schema import Config
from hub.contract.errors import Code, Refused
from hub.contract.interlock import BLOCKED, LATCHED, NORMAL, TRIPPED, WAITING, Point, interlocks
from hub.contract.interlock_watch import Watch
from hub.contract.latest import Latest
from hub.contract.reading import Reading
from hub.core.devices import Devices
from hub.core.presence import Presence
from hub.interlocks.owed import Owed
from hub.procedures.effects import Moment
from hub.state.record import Record, pending


class Interlocks:
    """`wanted` collects the commands that bring outputs to their safe values."""

    def __init__(
        self,
        config: Config,
        devices: Devices,
        presence: Presence,
        standing: Collection[str],
        token: int,
        now: Moment,
    ) -> None:
        """`standing` are the ids of the alarms that stood when the hub ended: these interlocks are latched."""
        self._devices, self._presence, self._token = devices, presence, token
        self._watches = {
            interlock_alarm.name(each): Watch(each, latched=interlock_alarm.name(each) in standing)
            for each in interlocks(config)
            if each.agent is None
        }
        self._of_device: dict[str, list[Watch]] = {}
        for watch in self._watches.values():
            points = (*watch.interlock.inputs.values(), *watch.interlock.outputs)
            for key in {point.key for point in points}:
                self._of_device.setdefault(key, []).append(watch)
        self._latest = Latest({key: _period(config, key) for key in self._of_device})
        self._owed, self._count = Owed(), 0
        self._patient, self._patient_until = True, now.mono + RESTART
        """What runs is not switched off because the hub begins: first its inputs have time to be heard."""
        self._tripped: dict[str, str | None] = {}
        """Alarms of those that have tripped since they were asked for, with the cause."""
        self.wanted: list[Record] = []

    def on_reading(self, key: str, reading: Reading, now: Moment) -> None:
        """A live reading of a device."""
        watches = self._of_device.get(key, ())
        if not watches:
            return
        self._latest.obtained(key, reading, now.mono)
        self._judge(watches, now)
        self._command(now)
        for output in {output for watch in watches for output in watch.interlock.outputs if output.key == key}:
            self._compare(output, reading.values.get(output.channel))
        self._command(now)

    def on_time(self, now: Moment) -> None:
        """Time has passed, or somebody has gone or come."""
        self._judge(self._watches.values(), now)
        if self._patient and now.mono >= self._patient_until:
            self._patient = False
            for watch in self._watches.values():
                if watch.state == WAITING:
                    self._trip(watch)
        self._command(now)

    def check(self, key: str, channel: str, value: Value, now: Moment) -> None:
        """Whether a command may be given. Raises Refused (interlock)."""
        output = Point(key, channel)
        if value == self._safe(output):
            return
        self._judge(self._of_device.get(key, ()), now)
        if forbidding := self._forbidding(output):
            raise Refused(Code.INTERLOCK, " ".join(str(watch.reason) for watch in forbidding))

    @property
    def has_news(self) -> bool:
        """Whether one has tripped since `findings` was asked."""
        return bool(self._tripped)

    def findings(self) -> Iterator[Finding]:
        """What is known of their alarms."""
        tripped, self._tripped = self._tripped, {}
        for name, watch in self._watches.items():
            if name in tripped or watch.state == TRIPPED:
                cause = tripped.get(name, watch.cause)
                yield Finding(name, True, interlock_alarm.sentence(watch.interlock, cause))
            elif (
                watch.state == WAITING
                and not self._patient
                and not (watch.interlock.permissive or watch.interlock.latched)
            ):
                yield Finding(name, True, interlock_alarm.sentence(watch.interlock, watch.cause))
            if watch.state in (NORMAL, BLOCKED) or (watch.state == LATCHED and watch.cause is None):
                yield Finding(name, False, "")

    def release(self, alarm: str) -> None:
        """The alarm is over: somebody has acknowledged it after its cause had gone."""
        if alarm in self._watches:
            self._watches[alarm].latched = False

    def _judge(self, watches: Iterable[Watch], now: Moment) -> None:
        for watch in watches:
            inputs, before = watch.interlock.inputs, watch.state
            for point in inputs.values():
                self._latest.health(point.key, self._presence.doubt(point.key))
            watch.judge({name: self._latest.value(point, now.mono) for name, point in inputs.items()})
            if watch.state in (BLOCKED, TRIPPED) and watch.state != before:
                self._trip(watch)
            if watch.state == TRIPPED != before:
                self._tripped[interlock_alarm.name(watch.interlock)] = watch.cause

    def _forbidding(self, output: Point) -> list[Watch]:
        """Those that keep the output at its safe value."""
        watches = self._of_device.get(output.key, ())
        return [watch for watch in watches if output in watch.interlock.outputs and watch.reason is not None]

    def _compare(self, output: Point, shown: Value | None) -> None:
        """The output shows that value. If it must not, it is to be commanded."""
        if shown == self._safe(output):
            self._owed.forget(output)
            return
        for watch in self._forbidding(output):
            if shown is not None and not (watch.state == WAITING and self._patient):
                self._owed.owe(output, watch.interlock.name)

    def _trip(self, watch: Watch) -> None:
        for output in watch.interlock.outputs:
            self._owed.trip(output, watch.interlock.name)

    def _command(self, now: Moment) -> None:
        for output, name in self._owed.due(now.mono):
            if not self._forbidding(output):
                self._owed.forget(output)  # the cause went while nobody was there to be commanded
                continue
            safe = self._safe(output)
            if safe is None or self._presence.doubt(output.key) is not None:
                continue  # when it is there
            self._owed.commanded(output, now.mono)
            self._count += 1
            command = f"interlock-{self._token}-{self._count}"
            by = f"interlock {name}"
            self.wanted.append(pending(command, "set", by, "interlock", now.ms, output.key, output.channel, safe))

    def _safe(self, output: Point) -> Value | None:
        description = self._devices.descriptions.get(output.key)
        channel = None if description is None else description.by_name.get(output.channel)
        return None if channel is None else channel.safe


def _period(config: Config, key: str) -> float:
    stand, _, device = key.partition("/")
    return config.stands[stand].devices[device].period
