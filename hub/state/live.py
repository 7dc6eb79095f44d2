"""What devices show now, on its way into Redis and to the panels."""

from hub.state.lane import Word


class Live:
    """The latest reading of each device that has a new one."""

    def __init__(self) -> None:
        self.shown: dict[str, tuple[int, bytes]] = {}
        """When each was received (ms since 1970), and what."""
        self.awaited = False
        """Whether somebody has commanded a device and waits to see that it did."""

    def __bool__(self) -> bool:
        return bool(self.shown)

    def show(self, key: str, received: int, payload: bytes) -> None:
        """The device `key` shows this reading, received at that time (ms since 1970)."""
        self.shown[key] = (received, payload)

    def update(self, other: "Live") -> None:
        """Show also what `other` shows, which is newer."""
        self.shown |= other.shown

    def words(self) -> list[Word]:
        """All of it as operations of write.lua."""
        words: list[Word] = []
        for key, (received, payload) in self.shown.items():
            words += (b"s", key, received, payload)
        return [*words, b"t"] if words else words
