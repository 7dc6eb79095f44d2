"""What a campaign has shown, in numbers, and each goal that was missed, with its evidence."""

import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.faults.campaign.campaign import Evidence
from tests.faults.campaign.devices import Device
from tests.faults.campaign.faults import Window
from tests.faults.campaign.orders import Write, orders
from tests.faults.campaign.plan import Fault
from tests.faults.campaign.safety import Safety, Span, judge, on_times, renewed
from tests.faults.campaign.system import AGENT_OF, LEASE
from tests.faults.campaign.truth import readings

BUS_TIMEOUT = 1.0
GOALS = {"safe_after_lease_s": BUS_TIMEOUT + 1.0, "recovered_s": 10.0, "growth_mb": 10.0}
SLACK = 2 * BUS_TIMEOUT + 0.5
"""Seconds that a write may take on its bus after it was begun."""
SHOWN = 40
"""Violations of one kind that are listed; all are counted."""

Json = dict[str, Any]


def report(seen: Evidence, seed: int, left_out: Sequence[str]) -> Json:
    """All of it; `violations` is empty when every goal was reached."""
    cuts = [(w.fault.target.removeprefix("agent-"), w.end) for w in seen.windows if w.fault.kind == "power cut"]
    made = {device.key: [each for each in device.made if each.at < seen.ended] for device in seen.devices.all}
    read = readings(made, seen.streams.stored, cuts)
    given = orders(seen.ledger.asked, _writes(seen), lambda asked: _standing(asked.by, seen.windows), SLACK)
    pending = _undecided(seen)
    safe = _safety(seen)
    worst = [max(seconds.values()) for _, seconds in seen.recovered]
    memory = seen.memory.figures()
    slow = [f"{fault}: {seconds}" for fault, seconds in seen.recovered if max(seconds.values()) > GOALS["recovered_s"]]
    grown = [f"{name}: {each}" for name, each in memory.items() if each.get("growth_mb", 0) > GOALS["growth_mb"]]
    violations = {
        "lost": read.lost + [f"stored, but gone: {each}" for each in seen.vanished],
        "doubled": read.doubled,
        "out of order": read.out_of_order,
        "wrong actuations": given.wrong,
        "without one outcome": given.undecided + pending,
        "not safe in time": safe.too_late,
        "not recovered in time": slow,
        "memory grown": grown,
        "load": seen.load.crashed,
    }
    return {
        "seed": seed,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seen.began)),
        "duration_s": round(seen.ended - seen.began),
        "faults": len(seen.windows),
        "kinds": dict(Counter(window.fault.kind for window in seen.windows)),
        "left_out": list(left_out),
        "readings": {
            "made": read.made,
            "stored": read.stored,
            "lost": len(read.lost) + len(seen.vanished),
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
        "safe_after_lease_s": _spread(safe.late),
        "safe_after_return_s": _spread(safe.on_return),
        "safe_after_agent_kill_s": _spread(safe.after_kill),
        "recovered_s": _spread(worst),
        "memory": memory,
        "goals": GOALS,
        "violations": {
            name: {"count": len(each), "evidence": each[:SHOWN]} for name, each in violations.items() if each
        },
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


def _writes(seen: Evidence) -> list[Write]:
    return [Write(at, device.key, name, value) for device in seen.devices.all for at, name, value in device.writes]


def _standing(by: str, windows: Sequence[Window]) -> list[Span]:
    """When something on a command's way stood still that cannot know its age.

    That of a request is known from when it is in Redis; that of a `set` from when its agent has it.
    """
    way = {"program": ("redis",), "panel": ("redis", "web")}.get(by)
    return [
        Span(window.begin, window.end)
        for window in windows
        if window.end - window.begin > 0.5 and (way is None or window.fault.target in way)
    ]


def _undecided(seen: Evidence) -> list[str]:
    """Commands that the hub took and never ended; a Redis that lost its data has also lost those."""
    lost = [window for window in seen.windows if window.fault.kind in ("redis flushed", "redis emptied")]
    found = []
    for command in seen.ledger.asked.values():
        old = command.at < seen.ended - 30
        forgotten = any(command.at - 1 < window.end < command.at + 30 for window in lost)
        if command.by in ("panel", "program") and command.id and not command.results and old and not forgotten:
            found.append(f"no outcome: {command}")
    return found


def _safety(seen: Evidence) -> Safety:
    found = Safety()
    unheard = [Span(window.begin, window.end) for window in seen.windows if _deafens(window.fault)]
    beats = [at for at, _ in seen.load.heartbeats if not any(span.begin < at <= span.end for span in unheard)]
    for device in seen.devices.all:
        killed = _killed(device, seen.windows)
        away = _away(device.key, seen.windows) + killed
        for output in ("client", "panel"):
            for value, on in on_times(device.shown, output):
                end = renewed(on.begin, LEASE, beats if output == "panel" else ())
                name = f"{device.key}/{output} = {value}"
                judge(on, end, away, GOALS["safe_after_lease_s"], name, found)
                found.after_kill += [on.end - span.begin for span in killed if on.begin < span.begin < on.end]
    return found


def _deafens(fault: Fault) -> bool:
    """Whether no heartbeat came through."""
    return "mosquitto" in fault.target or (fault.target == "mqtt" and fault.kind not in ("slow", "delay"))


def _killed(device: Device, windows: Sequence[Window]) -> list[Span]:
    """From when until when the device had no agent."""
    agent = f"agent-{AGENT_OF[device.key.split('/')[0]]}"
    killed = [w.begin for w in windows if agent in w.fault.target.split() and w.fault.kind != "freeze"]
    return [Span(at, min((run for run in device.runs if run > at), default=at)) for at in killed]


def _away(key: str, windows: Sequence[Window]) -> list[Span]:
    """When the device could not be reached, or its agent was frozen."""
    name, agent = key.replace("/", "."), f"agent-{AGENT_OF[key.split('/')[0]]}"
    found = []
    for window in windows:
        target, kind = window.fault.target, window.fault.kind
        if target.endswith(name):
            booting = 5.0 if kind in ("kill", "reboot") else 0.0
            found.append(Span(window.begin, window.end + booting))
        elif kind == "freeze" and target == agent:
            found.append(Span(window.begin, window.end))
    return found
