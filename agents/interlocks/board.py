"""All interlocks of one agent: what each reading, fault or passing second means for them. Pure: time is an argument."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from agents.messages import Health, Obtained
from agents.verdict import Ruling, Rulings
from hub.contract.interlock import Interlock, Point
from hub.contract.interlock_watch import Watch
from hub.contract.latest import Latest


class Change(NamedTuple):
    """An interlock that stands elsewhere now."""

    interlock: Interlock
    text: str
    """What has happened, for people; empty when they need not know."""


class Board:
    """Times are seconds of one monotonic clock."""

    def __init__(self, interlocks: Iterable[Interlock], periods: Mapping[str, float], latched: Collection[str]) -> None:
        """`periods` are the seconds from reading to reading of the devices, `latched` the names of the interlocks that
        were latched when the agent ended."""
        self._watches = [Watch(each, latched=f"{each.stand}/{each.name}" in latched) for each in interlocks]
        self._by_input: dict[str, list[Watch]] = {}
        for watch in self._watches:
            for key in {point.key for point in watch.interlock.inputs.values()}:
                self._by_input.setdefault(key, []).append(watch)
        self._latest = Latest({key: periods[key] for key in self._by_input})

    @property
    def stands(self) -> set[str]:
        """The stands that have interlocks."""
        return {watch.interlock.stand for watch in self._watches}

    @property
    def latched(self) -> frozenset[str]:
        """The names of the interlocks that somebody must reset."""
        return frozenset(watch.name for watch in self._watches if watch.latched)

    def concerns(self, key: str) -> bool:
        """Whether an interlock looks at this device."""
        return key in self._by_input

    def states(self, stand: str) -> dict[str, str]:
        """How the interlocks of a stand stand, by name."""
        return {watch.interlock.name: watch.state for watch in self._watches if watch.interlock.stand == stand}

    def obtained(self, reading: Obtained, now: float) -> list[Change]:
        """A device was read."""
        self._latest.obtained(reading.key, reading, now)
        return self._judge(self._by_input.get(reading.key, ()), now)

    def health(self, event: Health, now: float) -> list[Change]:
        """A device works, or has a fault."""
        self._latest.health(event.key, event.fault)
        return self._judge(self._by_input.get(event.key, ()), now)

    def tick(self, now: float) -> list[Change]:
        """Time has passed, so values may be too old now."""
        return self._judge(self._watches, now)

    def reset(self, stand: str, now: float) -> tuple[list[Change], str]:
        """Release the interlocks of the stand whose cause has gone. Returns what has changed; and when all that were
        latched still have a cause, the reasons."""
        changes = self._judge(self._watches, now)
        latched = [watch for watch in self._watches if watch.interlock.stand == stand and watch.latched]
        released = [Change(watch.interlock, text) for watch in latched if (text := watch.reset()) is not None]
        reasons = [] if released else [watch.reason for watch in latched if watch.reason is not None]
        return changes + released, " ".join(reasons)

    def rulings(self) -> Rulings:
        """What all of them say of their outputs."""
        found: dict[str, dict[str, tuple[Ruling, ...]]] = {}
        for watch in self._watches:
            ruling = self._ruling(watch)
            for key, channel in watch.interlock.outputs:
                channels = found.setdefault(key, {})
                channels[channel] = (*channels.get(channel, ()), ruling)
        return found

    def _judge(self, watches: Iterable[Watch], now: float) -> list[Change]:
        changes = []
        for watch in watches:
            values = {name: self._latest.value(point, now) for name, point in watch.interlock.inputs.items()}
            text = watch.judge(values)
            if text is not None:
                changes.append(Change(watch.interlock, text))
        return changes

    def _ruling(self, watch: Watch) -> Ruling:
        inputs: Iterable[Point] = watch.interlock.inputs.values()
        until = min(self._latest.until(point.key) for point in inputs)
        return Ruling(watch.reason, until, watch.interlock.reason("its inputs are older than three periods"))
