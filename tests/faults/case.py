"""One test of the list, and what must hold after it: every process lives, all is fresh and safe, nothing repeated."""

import re
from itertools import groupby, pairwise
from pathlib import Path

from tests.faults.system import System
from tests.servers import wait_until

_STAMP = re.compile(r"^[-\d]+ [:,\d]+ ")
"""What our own logs begin each line with."""
_SUBJECT = re.compile(r"^(\S+): [A-Z]+ (?:([\w./ -]+): )?")
"""Process, and what the line is about: a device, a link."""


class Case:
    """One test of the list, and what must hold at its end."""

    def __init__(self, system: System) -> None:
        self._system, self._pids = system, system.processes()
        self._logged = {file: file.stat().st_size for file in (system.folder / "var/log").glob("*.log")}
        self._posted = {name: len(system.posts(name)) for name in system.simulated()}
        self.killed: set[str] = set()
        """Processes that the test has killed: they must be there again, with another id."""
        self.may_repeat = ["lease over, back to the safe value"]
        """Words of lines that may be logged again: of events, and at a limited rate that the test looks at itself."""

    def check(self) -> None:
        """Every process lives, every device is fresh, every output safe, nothing was logged twice in a row of the same
        subject: in between stands at least that it was over.
        """
        system = self._system
        wait_until(self._alive, f"all processes live (killed: {self.killed or 'none'})")
        wait_until(system.redis_answers, "Redis answers")
        since = system.view.snapshot()["time"]
        wait_until(lambda: system.fresh(since), "every device online and fresh")
        wait_until(system.safe, "every output at its safe value")
        wait_until(system.healthy, "the panel serves")
        lines = [line for line in self.lines() if not any(words in line for words in self.may_repeat)]
        by_subject = groupby(sorted(lines, key=_subject), _subject)
        twice = [line for _, some in by_subject for line, following in pairwise(some) if line == following]
        assert twice == [], f"said twice in a row: {twice}"

    def lines(self) -> list[str]:
        """The warnings and errors that our own processes have logged in this case, and their ends, without times."""
        found: list[str] = []
        for file in sorted((self._system.folder / "var/log").glob("*.log")):
            if file.stem in ("hub", "web") or file.stem.startswith("agent-"):
                text = file.read_bytes()[self._logged.get(file, 0) :].decode(errors="replace")
                found += [
                    f"{file.stem}: {_STAMP.sub('', line)}"
                    for line in text.splitlines()
                    if re.search(r"\b(WARNING|ERROR|CRITICAL|Traceback|again)\b", line)
                ]
        return found

    def posts(self, device: str) -> list[str]:
        """What the simulated device was told to do in this case."""
        return self._system.posts(device)[self._posted[device] :]

    def said(self, words: str) -> int:
        """How many of those lines have these words."""
        return sum(words in line for line in self.lines())

    def _alive(self) -> bool:
        now = self._system.processes()
        return now.keys() == self._pids.keys() and all(
            (now[name] != pid if name in self.killed else now[name] == pid) and _runs(now[name])
            for name, pid in self._pids.items()
        )


def _subject(line: str) -> tuple[str, ...]:
    found = _SUBJECT.match(line)
    return found.groups("") if found else ()


def _runs(pid: int) -> bool:
    """Neither ended, nor a zombie, nor stopped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "TZX"
    except FileNotFoundError:
        return False
