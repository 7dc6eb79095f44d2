"""Whether devices are there: by their agents' word, or by the hub's when an agent cannot speak any more."""

from collections.abc import Iterable, Mapping

from hub.contract import topics
from hub.contract.errors import Code, Refused
from hub.contract.presence import Availability
from hub.contract.topics import Leaf
from hub.core.effects import Effects, Publish
from hub.procedures.effects import Moment


class DeviceAvailability:
    """The last word on each device, by device key."""

    def __init__(self, out: Effects) -> None:
        self._words: dict[str, Availability] = {}
        self._known = set[str]()
        """Of which devices the broker has the last word."""
        self._out = out

    def on_up(self) -> None:
        """The broker is there: it may have kept nothing, and missed what was said meanwhile."""
        self._known.clear()

    def hear(self, key: str, said: Availability, now: Moment) -> None:
        """Somebody said so on the device's topic."""
        self._known.add(key)
        if self._words.get(key) != said:
            self._words[key] = said
            self._out.journal.availability(key, said, now.ms)

    def word(self, key: str) -> Availability | None:
        """The last word on a device; None before the first."""
        return self._words.get(key)

    def retract(self, keys: Iterable[str], now: Moment) -> None:
        """Say of devices whose agent is gone that they are offline."""
        for key in keys:
            if key not in self._known or self._words.get(key) is not Availability.OFFLINE:
                self._say(key, Availability.OFFLINE, now)

    def restore(self, keys: Iterable[str], health: Mapping[str, str], doubted: bool, now: Moment) -> None:
        """A device that was taken back while its agent lives (it was frozen, or a will came late) is there again.

        With `doubted` any word may be that of a second agent of the same name, and only the health counts.
        """
        for key in keys:
            if key in health and (doubted or self._words.get(key) is Availability.OFFLINE):
                said = Availability.ONLINE if health[key] == "ok" else Availability.FAULT
                if self._words.get(key) is not said:
                    self._say(key, said, now)

    def _say(self, key: str, said: Availability, now: Moment) -> None:
        self._out.publishes.append(Publish(topics.device(key, Leaf.AVAILABILITY), said.encode(), retain=True))
        self.hear(key, said, now)


def word(payload: bytes) -> Availability:
    """The payload of an availability topic. Raises Refused (bad_message)."""
    try:
        return Availability(payload.decode())
    except ValueError:
        raise Refused(Code.BAD_MESSAGE, "An availability is online, offline or fault.") from None
