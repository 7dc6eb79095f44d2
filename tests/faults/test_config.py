"""Row 36: a config.yaml that cannot be meant."""

import os
import re
import signal
from pathlib import Path

from tests.faults.case import Case
from tests.faults.system import BASIC, CHAMBER, HEATER, System
from tests.servers import wait_until

CONFIG = BASIC + "alarms: {hot: {stand: phytotron, channel: chamber.temp, high: 40}}\n"

BOMB = "".join(f"{name}: &{name} [{f'*{before}, ' * 9}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True))
TITLE, FAN = "title: Laboratory of faults", "fan: {source: ch0, safe: false, lease: 2s}"
WRONG = [
    (TITLE, f"a: &a [x]\n{BOMB}", r"[Aa]nchors? and aliases|alias"),
    (TITLE, 'title: !!python/object/apply:os.system ["touch planted"]', r"tag"),
    (TITLE, "title: !!python/name:os.system", r"tag"),
    (TITLE, f"{TITLE}\n{TITLE}", r"title.*(twice|again|before)"),
    (TITLE, "title: Laboratory of faults: two", r"colon|quot"),
    (TITLE, "titel: Laboratory of faults", r"titel.*did you mean 'title'"),
    (TITLE, "\ttitle: x", r"tab"),
    (FAN, "fan: {source: ch0, safe: NO}", r"safe.*(false|quot)"),
    (FAN, "fan: {source: ch0, safe: off}", r"safe.*(false|quot)"),
    (FAN, "fan: {source: ch0, safe: 0}", r"safe.*(true or false|false)"),
    (FAN, "fan: {source: ch0, safe: false, lease: 12:30}", r"lease.*12m30s or 12h30m"),
    (FAN, "fan: {source: ch0, safe: false, lease: 2}", r"lease.*write"),
    (FAN, "fan: {source: ch0, safe: false, lease: 2 sec}", r"lease.*write"),
    (FAN, "fan: {source: ch9, safe: false}", r"ch9"),
    (FAN, "fan: {source: ch0, safe: false, unit: V}", r"unit"),
    ("driver: esp32_relay", "driver: esp32_rely", r"driver.*did you mean 'esp32_relay'"),
    ("period: 200ms", "period: 0s", r"period.*50ms"),
    ("agent: roof", "agent: rooof", r"rooof.*did you mean 'roof'|roof"),
    ("address: http://192.168.1.50", "address: 192.168.1.50", r"cannot be: write where.*http://"),
    ("unit: V, low: 0", "unit: V, low: .nan", r"low"),
    ("high: 12", "high: -1", r"high|low"),
    ("channel: chamber.temp", "channel: chamber.tmp", r"tmp.*did you mean 'temp'"),
    ("high: 40", "high: .inf", r"high"),
    ("agents: {bench: {}, roof: {}}", "agents: {Bench: {}, roof: {}}", r"Bench"),
]
"""What stands in the file, what is written in its place, and words of the answer."""


def test_fault_36_what_cannot_be_meant_is_refused_with_its_line(system: System, case: Case) -> None:
    """Each of these mistakes is written into the config.yaml of the running system: `clayhub check` refuses it with
    file, line and what to write instead, and runs nothing that stands in it."""
    right = system.config.read_text()
    for old, new, words in WRONG:
        line = right[: right.index(old)].count("\n") + 1
        system.edit(old, new)
        answer = system.clayhub("check")
        system.config.write_text(right)
        assert answer.exit_code == 1, new
        found = re.match(r"clayhub: config\.yaml:(\d+): (.*)", answer.stderr)
        assert found, answer.stderr
        assert line <= int(found[1]) <= line + new.count("\n"), new
        assert re.search(words, found[2]), answer.stderr
    assert not Path("planted").exists()
    assert system.clayhub("check").exit_code == 0


def test_fault_36_a_hub_that_runs_keeps_the_configuration_it_has(system: System, case: Case) -> None:
    """config.yaml gets a mistake while all runs, and then is cut off: hub, agent and panel go on with all devices, and
    a second hub refuses to start."""
    right, before = system.config.read_text(), system.view.snapshot()["hub"]
    try:
        system.edit("agent: roof", "agent: rooof")
        answer = system.process("hub")
        assert answer.returncode in (1, 2)
        assert "config.yaml:29: stands.greenhouse.agent: there is no agent 'rooof'" in answer.stderr
        system.config.write_text("stands: [")
        for key, channel in ((CHAMBER, "valve"), (HEATER, "heat")):
            for value in (True, False):
                assert system.ask(key, channel, value)["status"] == "done"
        assert system.visitor().get("/").status == 200
        assert system.view.snapshot()["hub"]["boot"] == before["boot"]
    finally:
        system.config.write_text(right)


def test_fault_36_an_agent_that_is_killed_meanwhile_comes_back_and_makes_safe(system: System, case: Case) -> None:
    """A valve is on when config.yaml gets a mistake and its agent `kill -9`: the agent begins anew with the
    configuration that it had, closes the valve, says why, and takes commands."""
    right, told = system.config.read_text(), len(system.posts("phytotron.chamber"))
    assert system.ask(CHAMBER, "valve", True)["status"] == "done"
    try:
        system.config.write_text(right[:200])
        os.kill(system.processes()["agent-bench"], signal.SIGKILL)
        case.killed = {"agent-bench"}
        case.check()
        posts = [post for post in system.posts("phytotron.chamber")[told:] if '"channel":1' in post]
        assert ['"state":1' in post for post in posts] == [True, False]
        wait_until(lambda: system.ask(CHAMBER, "valve", True)["status"] == "done", "commands are done")
        assert system.ask(CHAMBER, "valve", False)["status"] == "done"
        assert case.said("I go on with the config.yaml of ") == 1
        assert not any(name.startswith("config-") for name in system.alarms())
    finally:
        system.config.write_text(right)
