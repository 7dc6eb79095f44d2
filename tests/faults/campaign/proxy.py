"""The network between clayhub and its servers, which can go bad: a process of its own, so that it disturbs no timing.

`python -m tests.faults.campaign.proxy LISTEN TARGET ...` passes on from port to port. Each line of its standard input
is a mode and a port, such as `delay 11883`:

pass      from now on all is well; connections of which something was held back are ended
cut       every connection is ended, once
swallow   connections stay, and nothing comes through
mute      the same of what servers say; what they are told comes through
slow      BYTES_A_SECOND come through
delay     everything comes DELAY seconds later
"""

import asyncio
import sys
from collections.abc import Container
from contextlib import suppress

PIECE = 16_384
BYTES_A_SECOND = 40_000
DELAY = 0.3


class Stretch:
    """One listening port and what is connected through it."""

    def __init__(self, target: int) -> None:
        self._target, self._mode = target, "pass"
        self._open: set[asyncio.StreamWriter] = set()
        self._passes = asyncio.Event()
        self._passes.set()

    def turn(self, mode: str) -> None:
        """From now on behave so. What was swallowed is not said later: such a connection is ended."""
        if mode == "cut" or self._mode in ("swallow", "mute"):
            for writer in self._open:
                writer.transport.abort()
        self._mode = "pass" if mode == "cut" else mode
        self._passes.clear() if mode == "swallow" else self._passes.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        await self._passes.wait()  # a stretch that swallows lets nobody through
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there}
        await asyncio.wait(
            [
                asyncio.create_task(self._carry(reader, there, ("swallow",))),
                asyncio.create_task(self._carry(there_reader, writer, ("swallow", "mute"))),
            ],
            return_when=asyncio.FIRST_COMPLETED,
        )
        for each in (writer, there):
            self._open.discard(each)
            each.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, held: Container[str]) -> None:
        with suppress(OSError):
            while data := await source.read(PIECE):
                if self._mode == "slow":
                    await asyncio.sleep(len(data) / BYTES_A_SECOND)
                elif self._mode == "delay":
                    await asyncio.sleep(DELAY)
                if self._mode not in held:
                    sink.write(data)
                    await sink.drain()


async def main() -> None:
    """Serve until standard input ends."""
    ports = [int(word) for word in sys.argv[1:]]
    stretches = {listen: Stretch(target) for listen, target in zip(ports[::2], ports[1::2], strict=True)}
    servers = [await asyncio.start_server(stretch.serve, "127.0.0.1", port) for port, stretch in stretches.items()]
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        mode, port = line.split()
        stretches[int(port)].turn(mode)
        print(line.strip(), flush=True)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main())
