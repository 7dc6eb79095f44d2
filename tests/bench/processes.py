"""What the kernel knows of processes: who belongs to whom, how much memory is resident, what was used and written."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def resident_mb(pid: int) -> float:
    """Resident memory, with what is shared with others counted in full."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that the processes have used, in user and system mode."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def written(pids: list[int]) -> int:
    """Bytes that the processes have caused to be written to a disk; files in memory do not count."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/io").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


def command(pid: int) -> list[str]:
    """The command line's words."""
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]


def program(pid: int) -> str:
    """The name of the program file, whatever the process calls itself."""
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
