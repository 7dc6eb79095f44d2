"""Simulators of drivers from outside: FOLDER/simulators/KIND.py says what hangs on the line, or which board answers.

It names either INSTRUMENT, a class for a serial line with its class of faults, or BOARD, a class that answers HTTP.
"""

import importlib.util
from pathlib import Path
from typing import Any


def file_of(folder: Path, kind: str) -> Path:
    """Where the simulator of a driver in `folder` is looked for."""
    return folder / "simulators" / f"{kind}.py"


def load(folder: Path, kind: str) -> tuple[Any, Any]:
    """INSTRUMENT and BOARD of the driver's simulator; None for what it does not name. Ends the process if both are."""
    file = file_of(folder, kind)
    spec = importlib.util.spec_from_file_location(f"clayhub_simulators_{kind}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise SystemExit(f"There is no simulator for the driver {kind}: neither in clayhub nor at {file}.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    instrument, board = getattr(module, "INSTRUMENT", None), getattr(module, "BOARD", None)
    if instrument is None and board is None:
        raise SystemExit(f"{file} names neither INSTRUMENT nor BOARD.")
    return instrument, board
