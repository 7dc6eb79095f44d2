"""One interlock at work: where it stands, and why. Pure: it is told what its inputs are."""

from collections.abc import Mapping

from hub.contract.interlock import BLOCKED, LATCHED, NORMAL, TRIPPED, WAITING, Interlock, Unknown


class Watch:
    """It begins without knowing its inputs, so its outputs are kept safe until they are known and all is well.

    Not knowing them latches only after they were known: else every restart would need a reset.
    """

    def __init__(self, interlock: Interlock, *, latched: bool) -> None:
        """`latched`: it was when the process ended that evaluates it."""
        self.interlock = interlock
        self.latched = latched and interlock.latched
        """Whether somebody must reset it before its outputs may be set again."""
        self.cause: str | None = "its inputs are not known yet"
        """Why it must keep its outputs safe; None when nothing is the matter now."""
        self._known = False
        """Whether all its inputs were known once."""

    @property
    def name(self) -> str:
        """`stand/interlock`."""
        return f"{self.interlock.stand}/{self.interlock.name}"

    @property
    def state(self) -> str:
        """One of the words of `hub.contract.interlock`."""
        if self.cause is None:
            return LATCHED if self.latched else NORMAL
        if self._known:
            return BLOCKED if self.interlock.permissive else TRIPPED
        return LATCHED if self.latched else WAITING

    @property
    def reason(self) -> str | None:
        """Why its outputs may not be set; None when they may."""
        if self.cause is not None:
            return self.interlock.reason(self.cause)
        reset = "acknowledged its alarm" if self.interlock.agent is None else "reset it"
        return self.interlock.reason(f"its cause has gone, but nobody has {reset}") if self.latched else None

    def judge(self, values: Mapping[str, bool | float | Unknown]) -> str | None:
        """Look at its inputs, by the words of its condition. Returns None when its state is the same, else what people
        should know of that, which may be nothing."""
        before = self.state
        self.cause = self.interlock.cause(values)
        self._known = self._known or not any(isinstance(value, Unknown) for value in values.values())
        if self.cause is not None and self._known:
            self.latched = self.interlock.latched
        return self._told(before) if self.state != before else None

    def reset(self) -> str | None:
        """Release it if its cause has gone. Returns None when it was not latched or has a cause, else what to say."""
        if self.state != LATCHED or self.cause is not None:
            return None
        self.latched = False
        return f"{self.interlock.label} was reset."

    def _told(self, before: str) -> str:
        label, outputs = self.interlock.label, ", ".join(sorted(map(_word, self.interlock.outputs)))
        match self.state:
            case "tripped":
                return f"{label} has tripped: {self.interlock.rule}; {self.cause}. It keeps {outputs} safe."
            case "latched":
                return f"{label}: the cause has gone. It is latched, and keeps {outputs} safe until somebody resets it."
            case "normal" if before not in (WAITING, BLOCKED):
                return f"{label}: the cause has gone. {outputs} may be set again."
        return ""


def _word(point: tuple[str, str]) -> str:
    return f"{point[0].partition('/')[2]}.{point[1]}"
