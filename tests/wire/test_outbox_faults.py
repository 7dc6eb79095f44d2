"""The way of a reading when any process on it is killed: nothing lost, nothing twice, in order."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.outbox import farewell
from hub.state import keys
from hub.state.view import View
from tests.agents.simulated import ROOT, Simulated
from tests.servers import MosquittoServer, RedisServer, Server, wait_until
from tests.wire.hubs import entries

CONFIG = """
version: 1
mqtt: {port: MQTT}
redis: {port: REDIS}
agents: {a1: {}}
stands:
  stand:
    agent: a1
    simulate: true
    devices:
      sba5: {driver: sba5, address: /dev/ttyUSB0, period: 50ms}
"""


A_SECOND = 20
"""Readings: so many an agent on a busy machine may have in hand."""


class Running:
    """A process of clayhub's in an installation of the test's own."""

    def __init__(self, folder: Path, *argv: str) -> None:
        places = {"CLAYHUB_CONFIG": str(folder / "config.yaml"), "CLAYHUB_SECRETS": str(folder / "secrets")}
        self._argv, self._environment = [sys.executable, "-m", *argv], os.environ | places
        self._log = folder / f"{argv[-1]}.log"
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._argv, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(30) == 0

    def said(self) -> str:
        return self._log.read_text()


class Installation:
    """Simulator, agent, broker, hub and Redis, each a process."""

    def __init__(self, folder: Path, broker: MosquittoServer, redis_server: RedisServer) -> None:
        self.folder, self.broker, self.redis_server = folder, broker, redis_server
        (folder / "config.yaml").write_text(
            CONFIG.replace("MQTT", str(broker.port)).replace("REDIS", str(redis_server.port))
        )
        (folder / "secrets").mkdir()
        for name, secret in {"redis": redis_server.password, "mqtt-hub": "x", "mqtt-agent-a1": "x"}.items():
            (folder / "secrets" / f"{name}.password").write_text(secret)
        simulators = folder / "var" / "simulators"
        simulators.mkdir(parents=True)
        self.device = Simulated("sba5", simulators).start()
        self.outbox = folder / "var" / "outbox"
        self.redis = redis_server.client()
        self.hub = Running(folder, "hub.cli.main", "hub")
        wait_until(lambda: self.redis.exists(keys.HUB), "the hub works")  # else the agent might keep much on its disk
        self.agent = Running(folder, "agents", "a1")

    def stop(self) -> None:
        self.agent.process.kill()
        self.hub.process.kill()
        self.agent.process.wait()
        self.hub.process.wait()
        self.device.stop()
        self.redis.close()

    def made(self) -> int:
        """Measurements that the device has answered."""
        return sum(request.strip() == "M" for request in self.device.requests)

    def wait_for_measurements(self, count: int) -> None:
        """The device answers so many more times."""
        before = self.made()
        wait_until(lambda: self.made() >= before + count, "the device is read")

    def history(self) -> list[tuple[bytes, bytes]]:
        """Epoch and number, or gap."""
        return [(fields[b"e"], fields.get(b"gap", fields[b"n"])) for _, fields in entries(self.redis, keys.READINGS)]

    def stored(self) -> int:
        return int(self.redis.xlen(keys.READINGS))

    def wait_for_more(self, count: int = 20) -> None:
        """So many more readings are stored."""
        before = self.stored()
        wait_until(lambda: self.stored() >= before + count, "readings go on")


@pytest.fixture
def installation(tmp_path: Path, broker: MosquittoServer, redis_server: RedisServer) -> Iterator[Installation]:
    made = Installation(tmp_path, broker, redis_server)
    yield made
    made.stop()


def test_whatever_is_killed_each_reading_is_stored_once_and_in_order(installation: Installation) -> None:
    each: list[Running | Server] = [
        installation.agent,
        installation.hub,
        installation.broker,
        installation.redis_server,
    ]
    installation.wait_for_more()
    for victim in each:
        victim.kill()
        if victim is not installation.agent:
            installation.wait_for_measurements(10)
        victim.start()
        installation.wait_for_more()
    for victim in each[::-1]:
        victim.kill()
    for victim in each:
        victim.start()
    installation.wait_for_more()
    installation.agent.stop()
    installation.agent.start()
    installation.wait_for_more()
    installation.agent.stop()
    last = farewell.take(installation.outbox / "a1")
    assert last is not None
    wait_until(lambda: installation.stored() >= last.newest, "all that was numbered is stored")
    assert installation.history() == [(last.epoch.encode(), b"%d" % n) for n in range(1, last.newest + 1)]
    assert installation.made() - last.newest <= 3 * A_SECOND, "all but what was under way when an agent ended"


def test_in_normal_operation_nothing_is_written_to_the_disk(installation: Installation) -> None:
    installation.wait_for_more(100)
    assert not installation.outbox.exists()
    installation.hub.kill()
    wait_until(lambda: list(installation.outbox.glob("a1/*.log")), "what is not confirmed moves to the disk")
    installation.hub.start()
    wait_until(lambda: not list(installation.outbox.glob("a1/*.log")), "what is stored is removed")


def test_a_second_agent_of_the_same_name_is_told_to_wait(installation: Installation) -> None:
    installation.wait_for_more(1)
    second = Running(installation.folder, "agents", "a1")
    assert second.process.wait(30) == 2
    assert "The agent a1 of this installation runs already" in second.said()
    installation.wait_for_more()


def test_fault_28_an_agent_whose_disk_is_full_is_an_alarm_until_there_is_room(installation: Installation) -> None:
    installation.wait_for_more()
    installation.outbox.write_text("a file in the place of the folder: nothing can be written there")
    installation.hub.kill()
    wait_until(lambda: "in memory only" in installation.agent.said(), "the agent has found out")
    installation.hub.start()
    alarms = View(installation.redis)
    wait_until(lambda: "disk-a1" in alarms.snapshot()["alarms"], "the alarm stands")
    installation.wait_for_more()
    assert installation.agent.said().count("in memory only") == 1
    installation.outbox.unlink()
    wait_until(lambda: "disk-a1" not in alarms.snapshot()["alarms"], "the alarm is over")
