"""A small laboratory under `clayhub up` that tests do harm to."""

import re
import subprocess
from pathlib import Path
from typing import Any

import orjson
import redis

from hub.contract.config.load import load
from hub.contract.errors import ClayhubError
from hub.state import keys
from hub.state.requests import Requests
from hub.state.sessions import Sessions
from hub.state.view import View
from tests.cli.installation import Installation
from tests.servers import wait_until
from tests.web.panel import Visitor
from tests.wire.agents import Ear

Json = dict[str, Any]

HEAD = """\
version: 1
title: Laboratory of faults
web: {port: 8080}
mqtt: {port: 11883}
redis: {port: 16379}
agents: {bench: {}, roof: {}}
stands:
"""
PHYTOTRON = """\
  phytotron:
    agent: bench
    simulate: true
    devices:
      chamber:
        driver: esp32_relay
        address: http://192.168.1.50
        period: 200ms
        channels:
          fan: {source: ch0, safe: false, lease: 2s}
          valve: {source: ch1, safe: false}
          temp: {source: int_temp}
      supply:
        driver: serial_line
        address: /dev/serial/by-id/usb-supply
        period: 200ms
        terminator: LF
        channels:
          power: {ask: "VOLT?", set: "VOLT {value}", unit: V, low: 0, high: 12, safe: 0}
          measured: {ask: "MEAS:VOLT?", unit: V}
"""
GREENHOUSE = """\
  greenhouse:
    agent: roof
    simulate: true
    devices:
      heater:
        driver: esp32_relay
        address: http://192.168.1.60
        period: 200ms
        commands: hub
        channels:
          heat: {source: ch0, safe: false, lease: 2s}
          temp: {source: int_temp}
"""
BASIC = HEAD + PHYTOTRON + GREENHOUSE

CHAMBER, SUPPLY, HEATER = "phytotron/chamber", "phytotron/supply", "greenhouse/heater"


class System(Installation):
    """`clayhub up` with a configuration of the test's own, on free ports, all of it simulated."""

    def __init__(self, folder: Path, config: str = BASIC) -> None:
        super().__init__(folder)
        for usual, port in self.ports.items():
            config = config.replace(f"port: {usual}", f"port: {port}")
        self.config.write_text(config)
        self.clients: list[redis.Redis] = []

    def start(self) -> str:
        """Until all devices have been tried: those that answer have been made safe, and read."""
        said = super().start()
        self.redis_client = self.redis()
        self.view, self.requests = View(self.redis_client), Requests(self.redis_client)
        self.sessions = Sessions(self.redis_client)
        stands = load(self.config).stands
        devices = {f"{stand}/{device}" for stand in stands for device in stands[stand].devices}
        wait_until(lambda: self._tried() >= devices, "all devices tried")
        return said

    def __exit__(self, *exception: object) -> None:
        """Stop it."""
        super().__exit__(*exception)
        self.redis_client.close()

    # What one asks of it

    def secret(self, account: str) -> str:
        """The password of an MQTT account."""
        return (self.folder / f"secrets/mqtt-{account}.password").read_text().strip()

    def ear(self, account: str = "operator") -> Ear:
        """An MQTT client that hears all that its account may, and can speak; to be used in a `with`."""
        return Ear(self.ports["11883"], account, self.secret(account))

    def mosquitto(self, program: str, *more: str, account: str = "operator") -> list[str]:
        """The command line of mosquitto_pub or mosquitto_sub, with an account."""
        where = ["-h", "127.0.0.1", "-p", str(self.ports["11883"])]
        return [program, *where, "-u", account, "-P", self.secret(account), *more]

    def publish(self, topic: str, payload: str | bytes, *more: str, account: str = "operator") -> None:
        """What somebody does in a shell: mosquitto_pub, the payload from its standard input."""
        argv = self.mosquitto("mosquitto_pub", "-t", topic, "-s", *more, account=account)
        given = payload.encode() if isinstance(payload, str) else payload
        subprocess.run(argv, input=given, timeout=20, capture_output=True)

    def guest(self) -> Visitor:
        """A program with a cookie jar that has not signed in."""
        return Visitor(f"http://127.0.0.1:{self.ports['8080']}")

    def visitor(self, user: str = "operator") -> Visitor:
        """A program with a cookie jar, signed in at the panel."""
        visitor = self.guest()
        assert visitor.get(f"/link/{self.sessions.create_link(user)}").status == 200
        return visitor

    def ask(self, key: str, channel: str, value: object) -> Json:
        """Command a channel as the panel does, through the hub; the record, once it is final. While there is no hub,
        between two of them, it is not even taken."""
        try:
            request = self.requests.send("set", "operator", "panel", key=key, channel=channel, value=value)  # type: ignore[arg-type]
        except ClayhubError as error:
            return {"status": "not taken", "code": error.code}
        record = self.requests.wait(request, 20)
        assert record is not None
        return dict(record)

    # Where one looks

    def device(self, key: str) -> Json:
        """A device as the panel shows it."""
        return dict(self.view.snapshot()["devices"][key])

    def health(self, key: str) -> object:
        """How a device is, as its agent's latest heartbeat says: `ok` or a code."""
        found = self.view.snapshot()
        return found["agents"][found["devices"][key]["info"]["agent"]]["health"][key]

    def alarms(self) -> Json:
        """The alarms that are not normal, by id."""
        return dict(self.view.snapshot()["alarms"])

    def newest(self, key: str) -> str:
        """The id of the newest entry of a stream in Redis."""
        entries: Any = self.redis_client.xrevrange(key, count=1)
        return str(entries[0][0].decode())

    def stream(self, key: str, after: str = "0") -> list[dict[str, Any]]:
        """A stream in Redis: the fields as text of each entry behind this id."""
        entries: Any = self.redis_client.xrange(key, f"({after}")
        return [
            {name.decode(): value.decode(errors="replace") for name, value in fields.items()} for _, fields in entries
        ]

    def dead_letters(self) -> list[dict[str, str]]:
        """The messages that the hub refused."""
        return self.stream(keys.DEAD)

    def audit(self) -> list[Json]:
        """What is on record of commands, oldest first, one entry a change."""
        return [orjson.loads(entry["j"]) for entry in self.stream(keys.AUDIT)]

    def recorded(self, command_id: str, status: str) -> None:
        """Wait until this command stands in the audit with its end, and see that it has only this one."""

        def ends() -> list[str]:
            return [record["status"] for record in self.audit() if record["id"] == command_id]

        wait_until(lambda: set(ends()) - {"pending"}, f"{command_id} on record")
        assert [end for end in ends() if end != "pending"] == [status]

    def names_in_redis(self) -> set[str]:
        """All keys, but those of requests and sessions, and the fields of all hashes."""
        client = self.redis_client
        keys: Any = client.scan_iter(count=1000)
        found = {key.decode() for key in keys if not re.match(rb"clayhub:(command|session|link):", key)}
        hashes = {key for key in found if client.type(key) == b"hash"}
        fields: Any = {key: client.hkeys(key) for key in hashes}
        return found | {f"{key} {field.decode()}" for key in hashes for field in fields[key]}

    def posts(self, device: str) -> list[str]:
        """What a simulated device was told to do; what only asks it is left out. `device` as in `seen`."""
        return [entry["request"] for entry in self.seen(device) if not re.match(r"GET |.*\?$", entry["request"])]

    def simulated(self) -> list[str]:
        """The simulated devices, as `stand.device`."""
        return [file.stem for file in (self.folder / "var/simulators").glob("*.*.log")]

    def log(self, name: str) -> str:
        """What a process has logged."""
        return (self.folder / f"var/log/{name}.log").read_text(errors="replace")

    # What must hold

    def redis_answers(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self.redis_client.ping())
        except redis.RedisError:
            return False

    def healthy(self) -> bool:
        """Whether the panel serves, and has a hub."""
        try:
            health = self.guest().get("/health")
        except OSError:
            return False  # it is being started
        return health.status == 200 and health.json == {"status": "ok", "hub": True}

    def _tried(self) -> set[str]:
        """The devices of which their agents have said how they are."""
        found = self.view.snapshot()["devices"].items()
        return {key for key, device in found if device["availability"] in ("online", "fault")}

    def safe(self) -> bool:
        """Whether every output with a safe value is there: by what the devices show, not by what was sent."""
        return all(
            (device["state"] or {}).get(name) == channel["safe"]
            for device in self.view.snapshot()["devices"].values()
            for name, channel in device["info"]["channels"].items()
            if channel.get("safe") is not None
        )

    def fresh(self, since: int) -> bool:
        """Whether every device is online and was read after `since` (ms of Redis's clock); or of a slow one that its
        values are not old.
        """
        return all(
            device["availability"] == "online"
            and (device["received"] or 0) > since - (3_000 * period if (period := device["info"]["period"]) > 1 else 0)
            for device in self.view.snapshot()["devices"].values()
        )
