"""`make bench`: measure all figures in one run and write them to var/bench.json."""

import os
import platform
import tempfile
import time
from pathlib import Path

import orjson

from tests.bench import catch_up, footprint, ingest, latency, scaling
from tests.bench.figures import table
from tests.bench.installation import ROOT

BUSY = 0.5
"""Load of the machine before, above which a person is warned."""


def main() -> None:
    """Measure, print, write."""
    began, others = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="clayhub-bench-") as name:
        folder = Path(name)
        print("Ingest ...", flush=True)
        figures, rate = ingest.measure(folder / "ingest")
        print("Latency ...", flush=True)
        figures += latency.measure(folder / "latency", rate)
        print("Cost with many channels ...", flush=True)
        figures += scaling.measure(folder / "scaling")
        print("A day without the hub ...", flush=True)
        figures += catch_up.measure(folder / "catch-up")
        print("The idle demonstration ...", flush=True)
        figures += footprint.measure(folder / "footprint")
    print(f"\n{table(figures)}\n\nTaken in {time.monotonic() - began:.0f} s on {machine()}.")
    if others > BUSY:
        print(f"Other programs kept {others:.1f} cores busy when it began: take the figures on a quiet machine.")
    path = ROOT / "var" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    written = {"machine": machine(), "load_before": others, "figures": [figure.to_json() for figure in figures]}
    path.write_bytes(orjson.dumps(written, option=orjson.OPT_INDENT_2))


def machine() -> str:
    """The machine in a few words: figures of two machines cannot be compared."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
