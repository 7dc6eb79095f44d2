"""What Redis was seen to hold, and what the simulated devices saw: read all the time, by threads of their own."""

import contextlib
import re
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import redis

from hub.state import keys
from tests.faults.campaign.ledger import Ledger
from tests.faults.campaign.plan import AGENTS
from tests.faults.campaign.truth import Made, Stored

_READ = re.compile(r"GET /read\?run=(\w+)&had=(\d+)")
_SET = re.compile(r"POST /set\?(\w+)=(\d+)")


class Streams:
    """Follows readings and commands in Redis, past the network. To be started once and stopped."""

    def __init__(self, client: redis.Redis, ledger: Ledger) -> None:
        self._redis, self._ledger = client, ledger
        self.stored: list[Stored] = []
        self.pending: set[str] = set()
        """Ids of commands that stood there without an outcome until now."""
        self._lives: Counter[str] = Counter()
        self._reborn: set[str] = set()
        self._cursors: dict[Any, Any] = {keys.READINGS: "0", keys.AUDIT: "0"}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="streams", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, with all that is there."""
        self._ending.set()
        self._thread.join(10)
        self._redis.close()

    def flushed(self) -> None:
        """Redis is about to lose its data: each agent's numbers then begin anew, with a gap that says `epoch`."""
        self._reborn = set(AGENTS)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                found: Any = self._redis.xread(self._cursors, count=5_000, block=500)
            except redis.RedisError:
                self._ending.wait(0.1)
                continue
            for name, entries in found:
                take = self._reading if name.decode() == keys.READINGS else self._record
                for entry, fields in entries:
                    take(entry.decode(), fields)
                    self._cursors[name.decode()] = entry.decode()

    def _reading(self, entry: str, fields: dict[bytes, bytes]) -> None:
        agent, epoch, n = fields[b"a"].decode(), fields[b"e"].decode(), int(fields[b"n"])
        if gap := fields.get(b"gap"):
            if gap == b"epoch" and agent in self._reborn:
                self._reborn.remove(agent)
                self._lives[agent] += 1
            self.stored.append(Stored(self._lives[agent], entry, agent, epoch, n, gap=gap.decode()))
            return
        count = orjson.loads(fields[b"j"]).get("count")
        if count is not None:
            self.stored.append(Stored(self._lives[agent], entry, agent, epoch, n, fields[b"d"].decode(), int(count)))

    def _record(self, _entry: str, fields: dict[bytes, bytes]) -> None:
        record = orjson.loads(fields[b"j"])
        if record["status"] == "pending":
            self.pending.add(record["id"])
        else:
            self.pending.discard(record["id"])
            self._ledger.result(record["id"], record["status"], recorded=True)


class Device:
    """Follows the log of one simulated device that counts."""

    def __init__(self, log: Path) -> None:
        self.key = log.name.removesuffix(".log").replace(".", "/")
        self.made: list[Made] = []
        self.shown: list[tuple[float, dict[str, int]]] = []
        """What its outputs were, each time that one changed and at each answer before."""
        self.writes: list[tuple[float, str, int]] = []
        """When which output was set to what."""
        self.heard = 0.0
        """When it answered last."""
        self._log, self._file, self._rest = log, None, b""
        self._inode = 0
        self._answers: dict[int, float] = {}
        self._taken: dict[str, int] = {}

    _file: BinaryIO | None

    def look(self) -> None:
        """Read what is new; a log that grew too long has been put aside, and a new one was begun."""
        with contextlib.suppress(FileNotFoundError):
            if self._file is None:
                self._file = self._log.open("rb")
                self._inode = self._log.stat().st_ino
            self._take(self._file.read())
            if self._log.stat().st_ino != self._inode:
                self._take(self._file.read())
                self._file.close()
                self._file = None

    def close(self) -> None:
        """Let go of the log."""
        if self._file is not None:
            self._file.close()

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            entry = orjson.loads(line)
            answer = entry["answer"]
            self._line(entry["request"], orjson.loads(answer[answer.index("{") :]))

    def _line(self, request: str, answer: dict[str, Any]) -> None:
        count, self.heard = answer.pop("count"), answer.pop("at")
        if self.shown and self.shown[-1][1] == answer and len(self.shown) > 1 and self.shown[-2][1] == answer:
            self.shown[-1] = (self.heard, answer)  # the last time that it was so
        else:
            self.shown.append((self.heard, answer))
        if found := _SET.match(request):
            self.writes.append((self.heard, found[1], int(found[2])))
        elif found := _READ.match(request):
            self._answers[count] = self.heard
            had = int(found[2])
            if had in self._answers and had > self._taken.get(found[1], 0):
                self._taken[found[1]] = had
                self.made.append(Made(had, self._answers.pop(had)))


class Devices:
    """The simulated devices that count, followed by a thread."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.all = [Device(folder / f"{name}.log") for name in names]
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, with all that is there."""
        self._ending.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ending.is_set():
            for device in self.all:
                device.look()
            time.sleep(0.2)
        for device in self.all:
            device.look()
            device.close()
