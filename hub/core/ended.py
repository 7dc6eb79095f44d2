"""Commands that have their end: so that an answer that comes twice is recognised, and so is a question."""

from hub.state.record import Record

REMEMBERED = 1_000
LATELY = 10_000
"""Milliseconds within which a Redis that was killed may have lost the record of an end, and must get it again."""


class Ended:
    """The latest of them. Of what others commanded only the ids are known."""

    def __init__(self) -> None:
        self._known: dict[str, Record | None] = {}

    def __contains__(self, command_id: str) -> bool:
        return command_id in self._known

    def add(self, command_id: str, final: Record | None = None) -> None:
        """It has its end."""
        self._known[command_id] = final
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def get(self, command_id: str) -> Record | None:
        """The record of its end, if it was one of the hub's own commands."""
        return self._known.get(command_id)

    @property
    def records(self) -> tuple[Record, ...]:
        """Of the hub's own commands, oldest first."""
        return tuple(record for record in self._known.values() if record is not None)


def lately(records: tuple[Record, ...], now_ms: int) -> list[Record]:
    """Those that ended a short time ago."""
    return [record for record in records if (record["ended"] or 0) > now_ms - LATELY]
