"""Whether the history is whole: every reading that a device made stands in Redis, once and in order."""

import orjson

from hub.state import keys
from tests.faults.system import CHAMBER, System
from tests.servers import wait_until

BOARD = "phytotron.chamber"


class History:
    """The chamber's readings from now on. Truth is what its simulator was asked, and when."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._begin, self._known = self._made()[-1], len(system.stream(keys.READINGS))

    def wait_for_more(self, count: int = 10) -> None:
        """The board is read so many more times."""
        made = len(self._made())
        wait_until(lambda: len(self._made()) >= made + count, "the board is read")

    def check_whole(self) -> None:
        """Each answer of the board until now stands in Redis, once and in order, and there is no gap."""
        end = self._made()[-1]
        wait_until(lambda: self._stored()[-1] >= end, "all is stored")
        made = [ts for ts in self._made() if self._begin <= ts < end]
        stored = [ts for ts in self._stored() if self._begin <= ts < end]
        assert len(stored) == len(made), f"made {made}, stored {stored}"
        assert stored == sorted(set(stored)), "out of order, or twice"
        entries = [entry for entry in self._system.stream(keys.READINGS)[self._known :] if entry["a"] == "bench"]
        numbers = [int(entry["n"]) for entry in entries]
        assert numbers == sorted(set(numbers)), "out of order, or twice"
        assert not [entry for entry in entries if "gap" in entry]

    def _made(self) -> list[str]:
        """When the board answered."""
        return [entry["ts"] for entry in self._system.seen(BOARD) if entry["request"] == "GET /info"]

    def _stored(self) -> list[str]:
        """When the readings that are stored were obtained."""
        entries = self._system.stream(keys.READINGS)
        return [orjson.loads(entry["j"])["ts"] for entry in entries if entry.get("d") == CHAMBER]
