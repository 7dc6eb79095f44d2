"""What the interlocks forbid of one device, and what follows from it for its outputs. Pure: time is an argument."""

from collections.abc import Mapping

from agents.verdict import Verdict
from hub.contract.channels import Value


class Obedience:
    """`key` is the device's, `safe` has the safe values of its outputs. Times are seconds of one monotonic clock."""

    def __init__(self, key: str, verdict: Verdict, safe: Mapping[str, Value]) -> None:
        self._key, self._verdict, self._safe = key, verdict, safe
        self._obeyed: set[str] = set()
        """The outputs that are forbidden and that were made safe, or owe it, since they are."""
        self._away: set[str] = set()
        """The outputs that were seen at another value than their safe one."""

    def objection(self, channel: str, value: Value, now: float) -> str | None:
        """Why the channel must not be set to this value; None when it may. The safe value may always be set."""
        reason = self._verdict.forbidden(self._key, now).get(channel)
        if reason is None:
            self._obeyed.discard(channel)  # it is about to be set, so it must be made safe when it is forbidden again
        return None if value == self._safe.get(channel) else reason

    def news(self, now: float) -> dict[str, str | None]:
        """The outputs to be made safe: those that are forbidden since the last time, or were seen at another value
        since. Each has the reason if it was seen so, for then people want to know."""
        forbidden = self._verdict.forbidden(self._key, now)
        news, self._obeyed = forbidden.keys() - self._obeyed, set(forbidden)
        return {name: forbidden[name] if name in self._away else None for name in sorted(news)}

    def seen(self, at_safe: Mapping[str, bool]) -> None:
        """The device was read: whether each of these outputs is at its safe value."""
        self._away = {name for name, safe in at_safe.items() if not safe}
        self._obeyed -= self._away
