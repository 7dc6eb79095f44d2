"""How each fault is done, and undone."""

import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
import redis

from hub.contract import topics
from hub.state import keys
from tests.faults.campaign.attacks import attack
from tests.faults.campaign.load import Load
from tests.faults.campaign.plan import Fault
from tests.faults.campaign.system import System
from tests.servers import wait_until
from tests.slow_disk import SlowDisk

FILL = keys.ROOT + "campaign"
PIECE = 1_000_000
MODES = {"cut": "cut", "half-open": "swallow", "answers lost": "mute", "slow": "slow", "delay": "delay"}
SILENCE = 4.0
"""Seconds that a silent board holds what it is asked, much longer than anybody waits."""
BOARD_FAULTS = {
    "silent": {"slow": SILENCE},
    "garbling": {"garbling": True},
    "reboot": {"reboot": True},
    "refuse": {"refuse": True},
}
SBA5_FAULTS: dict[str, dict[str, object]] = {"silent": {"silent": True}, "garbling": {"garbage": True}}


@dataclass(frozen=True)
class Window:
    """A fault that was done, and from when until when, in seconds since 1970."""

    fault: Fault
    begin: float
    end: float


class Harm:
    """Does faults to the system under load."""

    def __init__(self, system: System, load: Load) -> None:
        self._system, self._load = system, load
        self._waste = system.var / "waste"
        self._slow_disk: SlowDisk | None = None

    def begin(self, fault: Fault) -> None:
        """Do it."""
        target = fault.target
        match fault.kind:
            case "kill" | "kill two":
                for name in target.split():
                    self._system.signal(name, signal.SIGKILL)
            case "freeze":
                self._system.signal(target, signal.SIGSTOP)
            case "cut" | "half-open" | "answers lost" | "slow" | "delay":
                self._system.network(MODES[fault.kind], target)
            case "silent" | "garbling" | "reboot" | "refuse":
                faults = SBA5_FAULTS if target.endswith("co2") else BOARD_FAULTS
                self._fault_file(target).write_bytes(orjson.dumps(faults[fault.kind]))
            case "retained" | "twice" | "hostile" | "replayed":
                attack(fault, self._load)
            case _:
                self._take_away(fault)

    def end(self, fault: Fault) -> None:
        """Undo it. What was killed comes back by itself."""
        match fault.kind:
            case "freeze":
                self._system.signal(fault.target, signal.SIGCONT)
            case "half-open" | "answers lost" | "slow" | "delay":
                self._system.network("pass", fault.target)
            case "redis full":
                wait_until(self._empty_redis, "Redis is there to be emptied")
            case "disk full":
                self._waste.unlink(missing_ok=True)
            case "slow disk" if self._slow_disk is not None:
                self._slow_disk.kill()
            case "silent" | "garbling" | "refuse":
                self._fault_file(fault.target).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Take away what may stay after a fault, once all has recovered."""
        for file in (self._system.folder / "simulators").glob("*.faults"):
            file.unlink()
        for key in ("bench/first", "bench/second", "room/third"):
            self._load.operator.publish(topics.set_of(key, "program"), b"", retain=True)

    def _fault_file(self, device: str) -> Path:
        return self._system.folder / "simulators" / f"{device}.faults"

    def _take_away(self, fault: Fault) -> None:
        """What clayhub keeps, or the room for it."""
        match fault.kind:
            case "redis full":
                self._fill_redis()
            case "redis flushed":
                self._flush()
            case "redis emptied":
                self._kill_without("redis", self._system.var / "redis/appendonlydir")
            case "power cut":
                self._kill_without(fault.target, self._system.memory(fault.target.removeprefix("agent-")))
            case "disk full":
                self._fill_disk()
            case "slow disk":
                self._slow_disk = self._system.slow_disk()

    def _kill_without(self, name: str, folder: Path) -> None:
        """Kill it and remove its folder; frozen before, so that nothing happens in between."""
        self._system.signal(name, signal.SIGSTOP)
        shutil.rmtree(folder, ignore_errors=True)
        self._system.signal(name, signal.SIGKILL)

    def _fill_redis(self) -> None:
        with suppress(redis.RedisError):
            for _ in range(200):
                self._system.truth.rpush(FILL, b"x" * PIECE)

    def _empty_redis(self) -> bool:
        try:
            self._system.truth.delete(FILL)
        except redis.RedisError:
            return False
        return True

    def _flush(self) -> None:
        script = "local all = redis.call('SCAN', 0, 'COUNT', 100000)[2] return redis.call('DEL', unpack(all))"
        with suppress(redis.RedisError):
            self._system.truth.eval(script, 0)

    def _fill_disk(self) -> None:
        free = shutil.disk_usage(self._system.var).free
        with suppress(OSError), self._waste.open("wb", buffering=0) as file:
            os.posix_fallocate(file.fileno(), 0, free)
            os.lseek(file.fileno(), 0, os.SEEK_END)
            while True:
                file.write(b"x" * 4096)
