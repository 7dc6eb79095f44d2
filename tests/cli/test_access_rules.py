"""Who may read and write what, tried out on a real Mosquitto with the files that `clayhub render` writes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from hub.cli import render, secrets
from hub.contract.config.load import load
from hub.contract.places import Places
from tests.servers import MosquittoServer, free_port, wait_until

CONFIG = """
version: 1
mqtt: {{port: {port}}}
agents: {{bench: {{}}, roof: {{}}}}
stands:
  phytotron:
    agent: bench
    devices:
      chamber: {{driver: esp32_relay, address: http://127.0.0.1}}
      heater: {{driver: esp32_relay, address: http://127.0.0.1, commands: hub}}
  weather:
    agent: roof
    devices:
      mast: {{driver: sba5, address: /dev/null}}
      plug:
        driver: mqtt
        availability: tele/plug/LWT
        channels: {{power: {{topic: stat/plug/POWER, set: cmnd/plug/POWER, kind: switch}}}}
"""

ACCOUNTS = ("hub", "agent-bench", "agent-roof", "device-weather-plug", "operator", "viewer")
WRITERS = {
    "clayhub/phytotron/chamber/state": {"agent-bench"},
    "clayhub/phytotron/chamber/info": {"agent-bench"},
    "clayhub/phytotron/chamber/result": {"agent-bench"},
    "clayhub/phytotron/chamber/availability": {"agent-bench", "hub"},
    "clayhub/phytotron/chamber/fan/set": {"agent-bench", "operator"},
    "clayhub/phytotron/chamber/command": {"hub", "agent-bench"},
    "clayhub/phytotron/heater/red/set": {"agent-bench"},
    "clayhub/weather/mast/state": {"agent-roof"},
    "clayhub/weather/mast/availability": {"agent-roof", "hub"},
    "clayhub/weather/mast/pump/set": {"agent-roof", "operator"},
    "clayhub/agent/bench/heartbeat": {"agent-bench"},
    "clayhub/agent/bench/availability": {"agent-bench"},
    "clayhub/agent/roof/backlog": {"agent-roof"},
    "clayhub/hub/heartbeat": {"hub"},
    "clayhub/hub/stored/bench": {"hub"},
    "clayhub/alarm/too_hot": {"hub"},
    "clayhub/alarm/stale-phytotron-chamber": {"hub"},
    "reply/somebody": {"agent-bench", "agent-roof"},
    "clayhub/other/device/state": set(),
    "stat/plug/POWER": {"device-weather-plug"},
    "tele/plug/LWT": {"device-weather-plug"},
    "cmnd/plug/POWER": {"agent-roof"},
    "cmnd/plug/Backlog": set(),
    "elsewhere": set(),
}
PEOPLE = {"operator", "viewer"}
READERS = {
    "clayhub/phytotron/chamber/state": {"hub", *PEOPLE},
    "clayhub/phytotron/chamber/info": {"hub", *PEOPLE},
    "clayhub/phytotron/chamber/result": {"hub", *PEOPLE},
    "clayhub/phytotron/chamber/availability": {"hub", *PEOPLE},
    "clayhub/phytotron/chamber/fan/set": {"agent-bench", *PEOPLE},
    "clayhub/phytotron/chamber/command": {"agent-bench"},
    "clayhub/phytotron/heater/red/set": {"agent-bench", *PEOPLE},
    "clayhub/weather/mast/state": {"hub", *PEOPLE},
    "clayhub/weather/mast/availability": {"hub", *PEOPLE},
    "clayhub/weather/mast/pump/set": {"agent-roof", *PEOPLE},
    "clayhub/agent/bench/heartbeat": {"hub", "agent-bench", *PEOPLE},
    "clayhub/agent/bench/availability": {"hub", "agent-bench", *PEOPLE},
    "clayhub/agent/roof/backlog": {"hub"},
    "clayhub/hub/heartbeat": {"agent-bench", "agent-roof", *PEOPLE},
    "clayhub/hub/stored/bench": {"agent-bench"},
    "clayhub/alarm/too_hot": PEOPLE,
    "clayhub/alarm/stale-phytotron-chamber": PEOPLE,
    "reply/somebody": {"operator"},
    "stat/plug/POWER": {"agent-roof"},
    "tele/plug/LWT": {"agent-roof"},
    "cmnd/plug/POWER": {"device-weather-plug"},
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("rules")
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(port=free_port()))
    found = Places(config, folder / "var", folder / "secrets")
    render.render(load(config), found)
    return found


@pytest.fixture(scope="module")
def broker(places: Places) -> Iterator[MosquittoServer]:
    with MosquittoServer(render.broker_file(places), load(places.config).mqtt.port) as server:
        yield server


class Guest:
    """A client of somebody's account, with what it has received: payloads by topic."""

    def __init__(self, port: int, account: str | None, password: str | None, version: MQTTProtocolVersion) -> None:
        self.received: dict[str, list[bytes]] = {}
        self.codes: list[str] = []
        self._subscribed = False
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=version, reconnect_on_failure=False)
        self._client.username_pw_set(account, password)
        self._client.on_message = lambda _client, _data, message: self.received.setdefault(message.topic, []).append(
            bytes(message.payload)
        )
        self._client.on_connect = lambda _client, _data, _flags, code, _properties: self.codes.append(str(code))
        self._client.on_subscribe = lambda *_: setattr(self, "_subscribed", True)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        wait_until(lambda: self.codes, "the broker's answer")

    def subscribe(self, topic: str) -> None:
        self._client.subscribe(topic, 1)
        wait_until(lambda: self._subscribed, "the subscription")

    def publish(self, topic: str, payload: str) -> paho.MQTTMessageInfo:
        return self._client.publish(topic, payload, 1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(params=[MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5], ids=["3.1.1", "5"])
def guests(request: pytest.FixtureRequest, places: Places, broker: MosquittoServer) -> Iterator[dict[str, Guest]]:
    found = {
        name: Guest(broker.port, name, places.read_secret(places.password_file(name)), request.param)
        for name in ACCOUNTS
    }
    yield found
    for guest in found.values():
        guest.close()


def test_everybody_writes_and_reads_what_is_theirs_and_nothing_else(guests: dict[str, Guest]) -> None:
    for guest in guests.values():
        guest.subscribe("#")
        guest.subscribe("+/+/+/+")
    for name, guest in guests.items():
        for topic in WRITERS:
            guest.publish(topic, name)
    for guest in guests.values():  # when this has arrived, so has what was sent before it
        guest.publish("nowhere", "").wait_for_publish(5)
    guests["hub"].publish("clayhub/hub/heartbeat", "last")
    guests["agent-bench"].publish("clayhub/agent/bench/availability", "last")
    guests["agent-roof"].publish("cmnd/plug/POWER", "last")
    others = {"hub": "clayhub/agent/bench/availability", "device-weather-plug": "cmnd/plug/POWER"}
    for name, guest in guests.items():
        last = others.get(name, "clayhub/hub/heartbeat")
        wait_until(lambda guest=guest, last=last: b"last" in guest.received.get(last, []), f"{name}: all messages")  # type: ignore[misc]
    for name, guest in guests.items():
        got = {
            topic: {payload.decode() for payload in payloads} - {"last"} for topic, payloads in guest.received.items()
        }
        wanted = {topic: WRITERS[topic] for topic, readers in READERS.items() if name in readers}
        assert got == wanted, name


@pytest.mark.parametrize("version", [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5])
@pytest.mark.parametrize(
    ("account", "password"),
    [(None, None), ("operator", None), ("operator", "wrong"), ("+", "wrong"), ("", "")],
)
def test_without_the_right_password_nobody_gets_in(
    broker: MosquittoServer, version: MQTTProtocolVersion, account: str | None, password: str | None
) -> None:
    guest = Guest(broker.port, account, password, version)
    guest.close()
    assert guest.codes[0] in ("Not authorized", "Bad user name or password", "Unspecified error")


def test_two_clients_of_one_account_both_work(places: Places, broker: MosquittoServer) -> None:
    password = places.read_secret(places.password_file("operator"))
    pair = [Guest(broker.port, "operator", password, MQTTProtocolVersion.MQTTv5) for _ in range(2)]
    for guest in pair:
        guest.subscribe("clayhub/#")
    pair[0].publish("clayhub/phytotron/chamber/fan/set", "ON")
    for guest in pair:
        wait_until(lambda guest=guest: guest.received, "the message")  # type: ignore[misc]
        guest.close()


def test_the_broker_listens_on_loopback_only_and_keeps_nothing(places: Places, broker: MosquittoServer) -> None:
    listening = subprocess.run(["ss", "-ltnH", f"sport = :{broker.port}"], capture_output=True, text=True).stdout
    assert [line.split()[3] for line in listening.splitlines()] == [f"127.0.0.1:{broker.port}"]
    assert {path.name for path in (places.var / "mosquitto").iterdir()} <= {"mosquitto.conf", "acl", "mosquitto.log"}


def test_secrets_are_for_their_owner_only_and_hashed_for_the_broker(places: Places) -> None:
    assert places.secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in _files(places.secrets)} == {0o600}
    words = [places.read_secret(places.password_file(name)) for name in ACCOUNTS]
    assert len(set(words)) == len(ACCOUNTS)
    written = "".join(path.read_text() for path in (places.secrets / secrets.BROKER, *_files(places.var)))
    assert not any(word in written for word in (*words, places.read_secret(places.secrets / secrets.REDIS)))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
