"""What the demonstration costs while nobody touches it: memory of each of our processes, processor time and writing."""

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
        agents = [pid for pid in pids if "agents" in processes.command(pid)]
        before, written, by_agents = processes.cpu_seconds(pids), processes.written(pids), processes.written(agents)
        time.sleep(WATCH)
        busy = (processes.cpu_seconds(pids) - before) / WATCH * 100
        written, by_agents = processes.written(pids) - written, processes.written(agents) - by_agents
        memory = [(_name(pid), processes.resident_mb(pid)) for pid in pids if processes.program(pid) not in OTHERS]
    ours = [Figure(f"memory of {name}", size, "MB", goal=60) for name, size in memory]
    return [
        *ours,
        Figure("processor time of the idle demonstration", busy, "% of a core", goal=5),
        Figure("written to disk by the agent", by_agents / WATCH * 3.6, "kB/h", goal=0),
        Figure("written to disk by all, chiefly Redis", written / WATCH * 3600 / 1e6, "MB/h"),
    ]


def _name(pid: int) -> str:
    """A process's name for people: `hub`, `agent bench`, `simulator phytotron.co2`, `web`."""
    words = processes.command(pid)
    if "agents.simulators" in words:
        return f"simulator {words[words.index('--name') + 1]}"
    return f"agent {words[-1]}" if "agents" in words else words[-1]
