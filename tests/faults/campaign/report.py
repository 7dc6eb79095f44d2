"""What a campaign has shown, in numbers, and each goal that was missed, with its evidence."""

import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.faults.campaign.campaign import Evidence
from tests.faults.campaign.verdict import SAFE_WITHIN, Verdict, verdict

GOALS = {"safe_after_lease_s": SAFE_WITHIN, "recovered_s": 10.0, "growth_mb": 10.0}
SHOWN = 40
"""Violations of one kind that are listed; all are counted."""

Json = dict[str, Any]


def report(seen: Evidence, seed: int, left_out: Sequence[str]) -> Json:
    """All of it; `violations` is empty when every goal was reached."""
    found, memory = verdict(seen), seen.memory.figures()
    return {
        "seed": seed,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seen.began)),
        "duration_s": round(seen.ended - seen.began),
        "faults": len(seen.windows),
        "kinds": dict(Counter(window.fault.kind for window in seen.windows)),
        "left_out": list(left_out),
        **_figures(found),
        "recovered_s": _spread([max(seconds.values()) for _, seconds in seen.recovered]),
        "memory": memory,
        "goals": GOALS,
        "violations": {
            name: {"count": len(each), "evidence": each[:SHOWN]}
            for name, each in _violations(seen, found, memory).items()
            if each
        },
    }


def _figures(found: Verdict) -> Json:
    read, given = found.readings, found.orders
    on_return = [*found.leases.on_return, *found.longest.on_return, *found.interlocks.on_return]
    return {
        "readings": {
            "made": read.made,
            "stored": read.stored,
            "lost": len(read.lost),
            "lost_in_power_cuts": len(read.in_budget),
            "made_before_the_cut_s": round(max(read.in_budget, default=0.0), 2),
            "doubled": len(read.doubled),
            "out_of_order": len(read.out_of_order),
            "gaps": read.gaps,
        },
        "commands": {
            "given": given.given,
            "written": given.writes,
            "outcomes": dict(given.outcomes),
            "wrong": len(given.wrong),
            "slowest_s": round(given.slowest, 2),
            "slowest_with_faults_s": {by: round(seconds, 2) for by, seconds in given.slowest_of_all.items()},
        },
        "safe_after_lease_s": _spread(found.leases.late),
        "safe_after_max_on_s": _spread(found.longest.late),
        "safe_after_interlock_s": _spread(found.interlocks.late),
        "safe_after_return_s": _spread(on_return),
        "safe_after_agent_kill_s": _spread(found.leases.after_kill),
    }


def _violations(seen: Evidence, found: Verdict, memory: Json) -> dict[str, list[str]]:
    slow = [f"{fault}: {seconds}" for fault, seconds in seen.recovered if max(seconds.values()) > GOALS["recovered_s"]]
    grown = [f"{name}: {each}" for name, each in memory.items() if each.get("growth_mb", 0) > GOALS["growth_mb"]]
    return {
        "lost": found.readings.lost,
        "doubled": found.readings.doubled,
        "out of order": found.readings.out_of_order,
        "wrong actuations": found.orders.wrong,
        "without one outcome": found.orders.undecided,
        "not safe in time": [*found.leases.too_late, *found.longest.too_late, *found.interlocks.too_late],
        "not recovered in time": slow,
        "memory grown": grown,
        "load": seen.load.crashed,
    }


def _spread(values: Sequence[float]) -> Json:
    """How many, the middle, the 99th of 100, and the most."""
    if not values:
        return {"count": 0}
    ranked = sorted(values)
    return {
        "count": len(ranked),
        "p50": round(statistics.median(ranked), 2),
        "p99": round(ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))], 2),
        "max": round(ranked[-1], 2),
    }
