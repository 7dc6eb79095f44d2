"""What the simulated devices saw and made, by their logs: followed all the time by a thread of its own."""

import contextlib
import re
import time
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from tests.faults.campaign.follower import Follower
from tests.faults.campaign.truth import Made

_READ = re.compile(r"GET /read\?run=(\w+)&had=(\d+)")
_SET = re.compile(r"POST /set\?(\w+)=(\d+)")


class Device:
    """Follows the log of one simulated device that counts."""

    def __init__(self, log: Path) -> None:
        self.key = log.name.removesuffix(".log").replace(".", "/")
        self.made: list[Made] = []
        self.shown: list[tuple[float, dict[str, int]]] = []
        """What its outputs were, each time that one changed and at each answer before."""
        self.writes: list[tuple[float, str, int]] = []
        """When which output was set to what."""
        self.runs: list[float] = []
        """When each run of its agent read it for the first time."""
        self.heard = 0.0
        """When it answered last."""
        self._log, self._inode, self._rest = log, 0, b""
        self._file: BinaryIO | None = None
        self._answers: dict[int, float] = {}
        self._taken: dict[str, int] = {}
        self._known: set[str] = set()

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
            if found[1] not in self._known:
                self._known.add(found[1])
                self.runs.append(self.heard)
            had = int(found[2])
            if had in self._answers and had > self._taken.get(found[1], 0):
                self._taken[found[1]] = had
                self.made.append(Made(had, self._answers.pop(had)))


class Devices(Follower):
    """The simulated devices that count, followed by a thread."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        super().__init__()
        self.all = [Device(folder / f"{name}.log") for name in names]

    def run(self) -> None:
        """Follow their logs."""
        while not self.ending.is_set():
            for device in self.all:
                device.look()
            time.sleep(0.2)
        for device in self.all:
            device.look()
            device.close()
