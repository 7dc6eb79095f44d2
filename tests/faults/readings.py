"""Whether the history is whole: every reading that a device made stands in Redis, once and in order."""

import orjson

from hub.state import keys
from tests.faults.system import CHAMBER, System
from tests.servers import wait_until

BOARD = "phytotron.chamber"


class History:
    """The chamber's readings from now on. Truth is what its simulator was asked, and when: it is asked again only once
    the reading is obtained, perhaps in the same millisecond."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._begin, self._newest = self._made()[-1], system.newest(keys.READINGS)

    def wait_for_more(self, count: int = 10) -> None:
        """The board is read so many more times."""
        made = len(self._made())
        wait_until(lambda: len(self._made()) >= made + count, "the board is read")

    def latest(self) -> str:
        """When the board answered last."""
        return self._made()[-1]

    def check_whole(self) -> None:
        """Each answer of the board until now stands in Redis, once and in order, and there is no gap."""
        latest = self._made()[-1]
        end = wait_until(lambda: self._border(latest), "all is stored")
        begin = self._border(self._begin) or end
        made = [ts for ts in self._made() if begin <= ts < end]
        stored = [ts for ts in self._stored() if begin <= ts < end]
        assert len(stored) == len(made), f"made {made}, stored {stored}"
        assert stored == sorted(stored), "out of order"
        entries = [entry for entry in self._system.stream(keys.READINGS, self._newest) if entry["a"] == "bench"]
        numbers = [int(entry["n"]) for entry in entries]
        assert numbers == sorted(set(numbers)), "out of order, or twice"
        assert not [entry for entry in entries if "gap" in entry]

    def _border(self, since: str) -> str:
        """The first moment since then when the board was asked, and which no stored reading has for its own, so that
        all are either earlier or later. Empty as long as nothing later is stored."""
        stored = self._stored()
        asked = [ts for ts in self._made() if since <= ts < stored[-1]]
        return next((ts for ts in asked if ts not in stored), "")

    def _made(self) -> list[str]:
        """When the board was asked."""
        return [entry["ts"] for entry in self._system.seen(BOARD) if entry["request"] == "GET /info"]

    def _stored(self) -> list[str]:
        """When the readings that are stored were obtained."""
        entries = self._system.stream(keys.READINGS)
        return [orjson.loads(entry["j"])["ts"] for entry in entries if entry.get("d") == CHAMBER]
