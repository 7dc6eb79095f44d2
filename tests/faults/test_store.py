"""Rows 27 to 29: what becomes of readings and commands when Redis or a disk is full, and when an answer is lost."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis.exceptions import OutOfMemoryError

from hub.state import keys
from tests.faults.case import Case
from tests.faults.readings import BOARD, History
from tests.faults.system import BASIC, CHAMBER, System
from tests.proxy import Proxy
from tests.servers import MosquittoServer, RedisServer, wait_until
from tests.wire.hubs import Lab

CONFIG = (
    BASIC.replace("redis: {port: 16379}", "redis: {port: 16379, memory: 32}")
    + """\
schedules:
  close_valve: {every: 1s, stand: phytotron, set: chamber.valve, to: false}
"""
)
PIECE = 64 * 1024


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The running system with a Redis of 32 MB. Its folder `var` (but for what the simulators note) is on a small disk,
    what the agents keep in it on another, if this user may mount them.
    """
    with (
        System(tmp_path_factory.mktemp("system"), CONFIG) as made,
        small_disk(made.folder / "var", "100m"),
        small_disk(made.folder / "var/outbox", "1m"),
    ):
        (made.folder / "simulators").mkdir()
        (made.folder / "var/simulators").symlink_to(made.folder / "simulators")
        made.start()
        yield made
        made.stop()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of that size in the folder where we may mount one; else just the folder."""
    folder.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", f"size={size}", "clayhub-test", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(argv, capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def turns_off(system: System) -> None:
    """The panel's and an MQTT client's OFF are done."""
    assert system.ask(CHAMBER, "fan", False)["status"] == "done"
    with system.ear() as ear:
        assert ear.ask("fan", "false", f"off-{len(system.posts(BOARD))}", CHAMBER)["status"] == "done"


def fill_memory(system: System) -> None:
    """Write to Redis until it takes no more."""
    try:
        for n in range(1_000):
            system.redis_client.set(f"clayhub:ballast:{n}", bytes(PIECE))
    except OutOfMemoryError:
        return


def fill_disk(file: Path) -> None:
    """Write until nothing fits any more."""
    with file.open("wb", buffering=0) as ballast:
        try:
            while ballast.write(bytes(PIECE)):
                pass
        except OSError:
            return


def test_fault_27_a_full_redis_keeps_room_for_commands(system: System, case: Case) -> None:
    """Redis, which has 12,000 old readings, is filled to its last byte while a fan is on: an alarm; the oldest readings
    are forgotten, new ones are shown and wait with their agents; OFF is done from panel and MQTT, a schedule runs on.
    With room again the alarm ends, and no new reading is missing.
    """
    redis = system.redis_client
    with redis.pipeline() as pipe:
        for n in range(12_000):
            pipe.xadd(keys.READINGS, {"d": "phytotron/old", "a": "old", "e": "old", "n": n, "r": n, "j": "{}"})
        pipe.execute()
    History(system).wait_for_more(2)
    history = History(system)
    assert system.ask(CHAMBER, "fan", True)["status"] == "done"
    fill_memory(system)
    wait_until(lambda: "store-redis" in system.alarms(), "the alarm")
    wait_until(lambda: redis.xlen(keys.READINGS) <= 11_000, "the oldest readings are forgotten")
    kept, told = redis.xlen(keys.READINGS), len(system.posts(BOARD))
    turns_off(system)
    wait_until(lambda: len(system.posts(BOARD)) >= told + 5, "the schedule goes on")
    assert redis.xlen(keys.READINGS) <= kept
    shown = system.view.snapshot()["time"]
    wait_until(lambda: system.fresh(shown), "live values")
    redis.delete(*redis.scan_iter("clayhub:ballast:*"))
    wait_until(lambda: "store-redis" not in system.alarms(), "the alarm's end")
    history.check_whole()


def test_fault_28_a_full_disk_keeps_room_for_commands(system: System, case: Case) -> None:
    """The disk of hub and Redis and that of the agents are filled to the last byte while a fan is on: alarms for the
    hub and for the agent; nothing is confirmed; OFF is done from panel and MQTT. With room again the alarms end, and no
    reading is missing.
    """
    if not (system.folder / "var").is_mount():
        pytest.skip("only root may mount a small disk to be filled, and not in every container")
    history = History(system)
    assert system.ask(CHAMBER, "fan", True)["status"] == "done"
    ballasts = [system.folder / "var/ballast", system.folder / "var/outbox/ballast"]
    with system.ear() as ear:
        for ballast in ballasts:
            fill_disk(ballast)
        ear.wait("clayhub/alarm/disk-hub", lambda alarm: alarm["state"] == "unacknowledged")
        ear.wait("clayhub/alarm/disk-bench", lambda alarm: alarm["state"] == "unacknowledged")
        turns_off(system)
        kept = system.redis_client.xlen(keys.READINGS)
        history.wait_for_more()
        assert system.redis_client.xlen(keys.READINGS) == kept
        for ballast in ballasts:
            ballast.unlink()
        ear.wait("clayhub/alarm/disk-hub", lambda alarm: alarm["state"] == "normal")
        ear.wait("clayhub/alarm/disk-bench", lambda alarm: alarm["state"] == "normal")
    history.check_whole()


@pytest.mark.parametrize("what", ["reading", "command"])
def test_fault_29_a_lost_answer_of_redis_doubles_nothing(
    broker: MosquittoServer, redis_server: RedisServer, what: str
) -> None:
    """Between the hub and a real Redis the connection is cut after a write has been done and before its answer: a
    reading offered again stands in the history once; a command is sent once, and in the audit each of its states once.
    """
    with Proxy(redis_server.port) as network:
        lab = Lab(broker, redis_server, redis={"port": network.port})
        try:
            agent = lab.agent()
            agent.read()
            wait_until(lambda: not agent.kept, "the first reading is stored")
            if what == "reading":
                network.lose_answer(b"1234.5")
                agent.read(temp=1234.5)
            else:
                network.lose_answer(b'"who":"anna"')
                request = lab.ask("red", 60)
                agent.answer(agent.commands.get(timeout=30))
            assert network.lost.wait(30)
            wait_until(agent.offered_again, "all is stored")
            assert lab.history() == [("e1", 1), ("e1", 2)][: 2 if what == "reading" else 1]
            if what == "command":
                assert lab.outcome(request)["status"] == "done"
                assert agent.commands.empty()
                assert lab.audit() == ["pending", "done"]
        finally:
            lab.close()
