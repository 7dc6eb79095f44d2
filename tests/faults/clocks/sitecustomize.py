"""A clock that a test can set, for agents and hub: Python imports this module when it starts, if PYTHONPATH leads here.

In the folder CLAYHUB_TEST_CLOCKS the file `agent-bench` (or `hub`) holds the seconds by which that process's wall clock
is ahead, and `agent-bench.unsynchronised` is there while the machine says that its clock is not synchronised.
"""

import os
import sys
import time
from pathlib import Path

FOLDER, NAME = Path(os.environ["CLAYHUB_TEST_CLOCKS"]), "-".join(sys.orig_argv[-2:]).replace("agents-", "agent-")


def ahead() -> float:
    """Seconds."""
    try:
        return float((FOLDER / NAME).read_text())
    except FileNotFoundError:
        return 0.0


if NAME.startswith("agent-"):
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from hub.contract import clock

    right = time.time
    time.time = lambda: right() + ahead()
    clock.is_set = lambda root=Path("/"): not (FOLDER / f"{NAME}.unsynchronised").exists()
