"""`python -m tests.faults.campaign --seed 7 --faults 300`: exit code 1 when a goal was missed."""

import argparse
import logging
import signal
import sys
import tempfile
from pathlib import Path

import orjson

from tests.faults.campaign.campaign import run
from tests.faults.campaign.plan import KINDS, plan
from tests.faults.campaign.report import report
from tests.faults.campaign.system import System


def main() -> int:
    """Run it, write the report, and say the most of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.campaign", description="Faults against clayhub.")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same faults (default: 1)")
    parser.add_argument("--faults", type=int, default=300, help="how many (default: 300)")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(KINDS), help="kinds, with commas")
    parser.add_argument("--out", type=Path, default=Path("var/faults.json"), help="default: var/faults.json")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all is stopped on the way out
    logging.disable(logging.WARNING)  # that our clients lose the broker now and then is no news
    if unknown := set(asked.only) - KINDS.keys():
        parser.error(f"there is no kind {', '.join(unknown)}; there are {', '.join(KINDS)}")
    with tempfile.TemporaryDirectory(prefix="clayhub-faults-", ignore_cleanup_errors=True) as folder:
        with System(Path(folder)) as system:
            left_out = [] if system.small_disk else ["disk full"]
            left_out += [] if system.disk_can_be_slow else ["slow disk"]
            faults = plan(asked.seed, asked.faults, [kind for kind in asked.only if kind not in left_out])
            seen = run(system, faults, asked.seed, lambda line: print(line, flush=True))
        found = {"planned": asked.faults, **report(seen, asked.seed, left_out)}
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    for name in ("readings", "commands", *(name for name in found if name.endswith("_s") and name != "duration_s")):
        print(f"{name}: {orjson.dumps(found[name]).decode()}")
    for name, violation in found["violations"].items():
        print(f"{violation['count']} times {name}; for example: {violation['evidence'][0]}")
    print(f"All of it is in {asked.out}.")
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
