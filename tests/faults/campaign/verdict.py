"""What a campaign has shown: its evidence, judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.campaign.campaign import FORGETFUL, TAIL_LOST, Evidence
from tests.faults.campaign.devices import Device
from tests.faults.campaign.faults import SILENCE, Window
from tests.faults.campaign.laboratory import AGENT_OF, LEASE, MAX_ON
from tests.faults.campaign.orders import PENDING, Orders, Write, orders
from tests.faults.campaign.plan import Fault
from tests.faults.campaign.safety import Safety, Span, against, judge, on_times, renewed, whenever
from tests.faults.campaign.truth import Readings, readings

BUS_TIMEOUT = 1.0
SAFE_WITHIN = BUS_TIMEOUT + 1.0
"""Seconds after the end of its lease within which an output must be safe."""
SLACK = 2 * BUS_TIMEOUT + 0.5
"""Seconds that a write may take on its bus after it was begun."""
AFTER = {"kill": 5.0, "reboot": 5.0, "silent": SILENCE}
"""Seconds after its end for which such a fault may keep a device away: it starts, or holds what it was asked last."""
INFORMED = 1.5
"""Seconds after a device showed that it is hot from which its agent must know it, and after it was away: a reading, and
a write that had begun."""


@dataclass(frozen=True)
class Verdict:
    """The parts of it."""

    readings: Readings
    orders: Orders
    leases: Safety
    longest: Safety
    interlocks: Safety


def verdict(seen: Evidence) -> Verdict:
    """Judge the evidence."""
    cuts = [(w.fault.target.removeprefix("agent-"), w.end) for w in seen.windows if w.fault.kind == "power cut"]
    made = {device.key: [each for each in device.made if each.at < seen.ended] for device in seen.devices.all}
    read = readings(made, seen.streams.stored, cuts)
    read.lost += [f"stored, but gone: {each}" for each in seen.vanished]
    given = orders(seen.ledger.asked, _writes(seen), lambda asked: _standing(asked.by, seen.windows), SLACK)
    given.undecided += _undecided(seen)
    given.wrong += _though_forbidden(seen)
    longest, interlocks = Safety(), Safety()
    for device in seen.devices.all:
        away = _away(device.key, seen.windows) + _killed(device, seen.windows)
        for on in whenever(device.shown, "timed"):
            judge(on, on.begin + MAX_ON, away, SAFE_WITHIN, f"{device.key}/timed", longest)
        for on in whenever(device.shown, "hot", "guarded"):
            judge(on, on.begin, away, SAFE_WITHIN, f"{device.key}/guarded", interlocks)
    return Verdict(read, given, _leases(seen), longest, interlocks)


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


def _undecided(seen: Evidence) -> Iterator[str]:
    """Commands that the hub took and never ended; a Redis that lost its data has also lost those."""
    lost = [window.end for window in seen.windows if window.fault.kind in (*FORGETFUL, TAIL_LOST)]
    for command in seen.ledger.asked.values():
        old = command.at < seen.ended - PENDING
        forgotten = any(command.at - 1 < at < command.at + PENDING for at in lost)
        if command.by in ("panel", "program") and command.id and not command.recorded and old and not forgotten:
            yield f"no outcome: {command}"


def _though_forbidden(seen: Evidence) -> Iterator[str]:
    """What was set on `guarded` though its agent knew that the device was hot."""
    for device in seen.devices.all:
        set_on = [(at, value) for at, channel, value in device.writes if channel == "guarded" and value]
        hot, away = whenever(device.shown, "hot"), _away(device.key, seen.windows)
        for at, value in against(set_on, hot, away, INFORMED):
            yield f"though its interlock forbids it: {device.key} guarded = {value} at {at:.3f}"


def _leases(seen: Evidence) -> Safety:
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
                judge(on, end, away, SAFE_WITHIN, name, found)
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
            found.append(Span(window.begin, window.end + AFTER.get(kind, 0.0)))
        elif kind == "freeze" and target == agent:
            found.append(Span(window.begin, window.end))
    return found
