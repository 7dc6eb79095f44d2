"""What the demonstration costs while nobody touches it: memory of each of our processes, processor time of all."""

import time
from pathlib import Path

from tests.bench import processes
from tests.bench.figures import Figure
from tests.bench.installation import shipped, up

SETTLE, WATCH = 5, 20
"""Seconds before, and of, the measurement."""
OTHERS = ("redis-server", "mosquitto")


def measure(folder: Path) -> list[Figure]:
    """The figures of the configuration as it is shipped, started by `clayhub up`."""
    with up(shipped(folder)) as supervisor:
        time.sleep(SETTLE)
        pids = processes.family(supervisor.pid)
        before = processes.cpu_seconds(pids)
        time.sleep(WATCH)
        busy = (processes.cpu_seconds(pids) - before) / WATCH * 100
        memory = [(_name(pid), processes.resident_mb(pid)) for pid in pids if processes.program(pid) not in OTHERS]
    ours = [Figure(f"memory of {name}", size, "MB", goal=60) for name, size in memory]
    return [*ours, Figure("processor time of the idle demonstration", busy, "% of a core", goal=5)]


def _name(pid: int) -> str:
    """A process's name for people: `hub`, `agent bench`, `simulator phytotron.co2`, `web`."""
    words = processes.command(pid)
    if "agents.simulators" in words:
        return f"simulator {words[words.index('--name') + 1]}"
    return f"agent {words[-1]}" if "agents" in words else words[-1]
