"""Rows 18 to 21: who may hear and say what, and who is who."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.contract.topics import ROOT
from tests.faults.case import Case
from tests.faults.system import CHAMBER, HEATER, System
from tests.servers import wait_until
from tests.wire.agents import Ear

REFUSED = "mosquitto: refused without"
VALVE = f"{ROOT}/{CHAMBER}/valve/set"
ONLINE = [f"{ROOT}/agent/bench/availability", f"{ROOT}/{CHAMBER}/availability"]


def heard(ear: Ear) -> set[str]:
    """The last level of the topics of all that was heard."""
    return {message.topic.rpartition("/")[2] for message in ear.heard}


def test_fault_18_a_subscription_to_all_brings_only_what_the_account_may_read(system: System, case: Case) -> None:
    """Operator, viewer and both agents' accounts subscribe to `#`, and mosquitto_sub to `$SYS/#` and `+/+/+/command`,
    while the panel commands a device: the hub's commands and confirmations come to the agent concerned and to nobody
    else."""
    with system.ear("operator") as operator, system.ear("viewer") as viewer, system.ear("agent-roof") as roof:
        with system.ear("agent-bench") as bench:
            for value in (True, False):
                assert system.ask(CHAMBER, "valve", value)["status"] == "done"
            bench.wait(f"{ROOT}/{CHAMBER}/command", count=2)
            for ear in (operator, viewer):
                ear.wait("clayhub/agent/roof/heartbeat", count=2)
            stored = len(bench.all(f"{ROOT}/hub/stored/bench"))
            bench.wait(f"{ROOT}/hub/stored/bench", count=stored + 3)
            assert heard(bench) <= {"command", "bench", "availability", "heartbeat"}
        levels = {"state", "info", "result", "availability", "heartbeat"}
        for ear in (operator, viewer):
            wait_until(lambda ear=ear: heard(ear) >= levels, "all that it may read")  # type: ignore[misc]
            assert not heard(ear) & {"command", "backlog", "bench", "roof"}
        assert not [message.topic for message in roof.heard if "phytotron" in message.topic or "bench" in message.topic]
    for topic in ("$SYS/#", "+/+/+/command", "clayhub/hub/stored/+"):
        argv = system.mosquitto("mosquitto_sub", "-t", topic, "-t", f"{ROOT}/hub/heartbeat", "-C", "2", "-F", "%t")
        said = subprocess.run(argv, capture_output=True, text=True, timeout=30).stdout
        assert set(said.split()) == {f"{ROOT}/hub/heartbeat"}


@pytest.mark.parametrize("name", ["+", "#", "operator/#", "agent-+", "$share", "%u"])
def test_fault_18_an_account_named_like_a_wildcard_is_nobody(system: System, case: Case, name: str) -> None:
    """mosquitto_sub as `+`, `#` and other names that are patterns in the broker's rules: refused, with each password
    there is."""
    for account in ("operator", "hub"):
        argv = system.mosquitto("mosquitto_sub", "-t", "#", "-C", "1", account=account)
        argv[argv.index("-u") + 1] = name
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=30)
        assert answer.returncode != 0
        assert "not authorised" in answer.stderr.lower() + answer.stdout.lower()


def test_fault_19_what_is_not_theirs_is_denied(system: System, case: Case) -> None:
    """One agent's account says states, availability and results of the other's devices and switches them; a viewer sets
    a channel; an operator speaks as hub and agent and sets a channel that only the hub may. MQTT 5 clients are told
    that they may not; nobody hears any of it; and a viewer's POST to the panel is answered 403."""
    foreign = [f"{ROOT}/{CHAMBER}/{leaf}" for leaf in ("state", "info", "availability", "result", "event", "valve/set")]
    foreign += [f"{ROOT}/agent/bench/{leaf}" for leaf in ("heartbeat", "availability", "backlog")]
    of_hub = [
        f"{ROOT}/hub/heartbeat",
        f"{ROOT}/hub/stored/bench",
        f"{ROOT}/{CHAMBER}/command",
        f"{ROOT}/alarm/all_well",
    ]
    denied = {
        "agent-roof": foreign + of_hub,
        "viewer": [VALVE, *foreign, *of_hub],
        "operator": [f"{ROOT}/{HEATER}/heat/set", *foreign[:5], *foreign[6:], *of_hub],
        "hub": [VALVE, f"{ROOT}/{CHAMBER}/state", f"{ROOT}/agent/bench/heartbeat"],
    }
    with system.ear() as ear, system.ear("agent-bench") as bench:
        for account, topics in denied.items():
            for topic in topics:
                argv = system.mosquitto("mosquitto_pub", "-V", "5", "-q", "1", "-t", topic, "-m", "ON", account=account)
                answer = subprocess.run(argv, capture_output=True, text=True, timeout=30)
                assert "Not authorized" in answer.stderr + answer.stdout, (account, topic)
        ear.ask("valve", "false", "last", CHAMBER)
        bench.wait(VALVE, lambda said: isinstance(said, dict))
        assert [message for message in [*ear.heard, *bench.heard] if message.payload == b"ON"] == []
    assert system.clayhub("password", "vik", "--role", "viewer", given="correct horse\n" * 2).exit_code == 0
    refusal = system.visitor("vik").ask("/api/command", {"key": CHAMBER, "channel": "valve", "value": True})
    assert (refusal.status, refusal.json["code"]) == (403, "forbidden")
    off = 'POST /relay {"channel":1,"state":0}'
    assert (case.posts("phytotron.chamber"), case.posts("greenhouse.heater")) == ([off], [])


def test_fault_20_without_the_right_password_nobody_gets_in(system: System, case: Case) -> None:
    """mosquitto_pub without account, without password and with a wrong one, 60 times in all; redis-cli without and with
    a wrong one; 15 wrong passwords for one name at the panel. All are refused; `clayhub up` tells of the broker's once
    a minute, of the panel's until no more are looked at."""
    port, told, began = str(system.ports["11883"]), system.text().count(REFUSED), time.monotonic()
    for attempt in range(60):
        who = [[], ["-u", "operator"], ["-u", "operator", "-P", "wrong"], ["-u", "root", "-P", "x"]][attempt % 4]
        version = ["311", "5"][attempt // 4 % 2]
        argv = ["mosquitto_pub", "-V", version, "-h", "127.0.0.1", "-p", port, *who, "-t", VALVE, "-m", "ON"]
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=30)
        assert answer.returncode != 0
    for password in ([], ["-a", "wrong"]):
        argv = ["redis-cli", "-p", str(system.ports["16379"]), *password, "get", "clayhub:hub"]
        assert "NOAUTH" in subprocess.run(argv, capture_output=True, text=True, timeout=30).stdout
    guest = system.guest()
    statuses = [guest.submit("/signin", name="operator", password=f"wrong {number}").status for number in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    assert guest.get("/api/snapshot").status == 401
    case.may_repeat.append("Sign-in as 'operator'")
    wait_until(lambda: REFUSED in system.text(), "a word on it")
    assert system.text().count(REFUSED) - told <= 2 + (time.monotonic() - began) // 60
    wait_until(lambda: system.text().count("Sign-in as 'operator'") == 10, "the first ten of the panel")
    assert 'POST /relay {"channel":1,"state":1}' not in case.posts("phytotron.chamber")


def test_fault_21_two_clients_of_one_account_both_work(system: System, case: Case) -> None:
    """Two clients with the operator's account set the same valve in turn, and both hear both results, without either
    having lost its connection."""
    with system.ear() as one, system.ear() as other:
        assert one.ask("valve", "true", "one", CHAMBER) == other.result("one", CHAMBER)
        assert other.ask("valve", "false", "other", CHAMBER) == one.result("other", CHAMBER)


@contextmanager
def double(system: System, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A second agent `bench`, as if on another machine: the same configuration and password, folders of its own."""
    simulators = folder / "var/simulators"
    simulators.mkdir(parents=True)
    for file in (system.folder / "var/simulators").glob("*.address"):
        (simulators / file.name).write_text(file.read_text())
    (folder / "runtime").mkdir()
    places = {"CLAYHUB_VAR": str(folder / "var"), "XDG_RUNTIME_DIR": str(folder / "runtime")}
    argv = [sys.executable, "-m", "agents", "bench"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(argv, env={**system.environment, **places}, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def test_fault_21_a_second_agent_of_a_name_is_an_alarm_and_nothing_flaps(
    system: System, case: Case, tmp_path: Path
) -> None:
    """A second agent of the same name runs for some seconds, with folders of its own as on another machine. The hub
    follows the first, which goes on taking commands; one alarm is raised and goes when the second ends; nobody hears
    `offline` while both run."""
    first = system.view.snapshot()["agents"]["bench"]["boot"]
    with system.ear() as ear:
        with double(system, tmp_path):
            wait_until(lambda: "double-bench" in system.alarms(), "the alarm")
            ear.wait(f"{ROOT}/hub/heartbeat", count=len(ear.all(f"{ROOT}/hub/heartbeat")) + 3)
            assert system.view.snapshot()["agents"]["bench"]["boot"] == first
            for value in (True, False):
                assert system.ask(CHAMBER, "fan", value)["status"] == "done"
            assert [said for topic in ONLINE for said in ear.all(topic) if said != "online"] == []
        wait_until(lambda: system.alarms().get("double-bench", {}).get("cleared", True), "the cause is gone")
        assert system.view.snapshot()["agents"]["bench"]["boot"] == first
    assert len([line for line in case.lines() if "two agents call themselves bench" in line]) == 1
