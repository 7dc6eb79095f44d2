"""Devices that answer with JSON: the page's weather station, and a device of the test's own that wants a login."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.driver import Snapshot
from agents.drivers.described import DescribedChannel
from agents.drivers.http_json import follow, load
from hub.contract.errors import Code, ConfigError, DeviceError
from hub.contract.reading import Quality
from tests.agents.driving import becomes, error_of, reads
from tests.agents.generic import configured, opened, patient, quick
from tests.servers import free_port, wait_until

PATIENT, QUICK = patient("http_json"), quick("http_json")


def test_it_reads_everything_with_one_request_and_sets_each_channel(tmp_path: Path) -> None:
    with opened("http_json", tmp_path, PATIENT) as (simulated, driver):
        before = len(simulated.requests)
        values = driver.read().values
        assert simulated.requests[before:] == ["GET /status"]
        assert isinstance(values["temp"], float)
        assert {name: values[name] for name in ("heater", "target", "mode")} == {
            "heater": False,
            "target": 20,
            "mode": "auto",
        }
        for channel, value in (("heater", True), ("target", 22.5), ("mode", "manual")):
            driver.write(channel, value)
            assert driver.read().values[channel] == value
        assert simulated.requests[-6::2] == ['POST /heater {"on": true}', "PUT /target/22.5", "GET /mode?is=manual"]


def test_null_is_no_value(tmp_path: Path) -> None:
    with opened("http_json", tmp_path, PATIENT) as (simulated, driver):
        simulated.suffer(absent=True)
        snapshot = reads(driver, lambda found: found.values["temp"] is None)
        assert snapshot.quality == {"temp": Quality.SENTINEL}


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"missing": True}, Code.BAD_ANSWER),
        ({"wrong_type": True}, Code.BAD_ANSWER),
        ({"page": True}, Code.BAD_ANSWER),
        ({"error": True}, Code.DEVICE_REFUSED),
        ({"refuse": True}, Code.NO_ANSWER),
        ({"slow": 1.5}, Code.NO_ANSWER),
    ],
)
def test_faults_of_the_device(faults: dict[str, object], code: Code, tmp_path: Path) -> None:
    with opened("http_json", tmp_path, QUICK) as (simulated, driver):
        simulated.suffer(**faults)
        becomes(driver, code)
        wait_until(lambda: error_of(driver.open) is code, f"opening to give {code}")
        simulated.suffer()
        becomes(driver, None)


class Guarded(BaseHTTPRequestHandler):
    """A device that shows its value to who knows the password."""

    def do_GET(self) -> None:
        right = "Basic " + base64.b64encode(b"lab:geheim").decode()
        self.send_response(200 if self.headers.get("Authorization") == right else 401)
        self.end_headers()
        self.wfile.write(b'{"a": 1}')

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def guarded() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", free_port()), Guarded) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


def test_the_password_is_a_secret_of_its_own(guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAYHUB_SECRETS", str(tmp_path))
    login = "  user: lab\n  password: meter\n  timeout: 30s\n"
    entry = configured(tmp_path, f"  driver: http_json\n  address: {guarded}\n{login}  channels: {{a: {{path: a}}}}")
    driver = entry.driver(entry.options(tmp_path))
    with pytest.raises(DeviceError, match=r"write it into .*device-meter.password, with mode 600") as caught:
        driver.open()
    assert caught.value.code is Code.BAD_CONFIG
    (tmp_path / "device-meter.password").write_text("wrong\n")
    with pytest.raises(DeviceError, match="see to user and password"):
        driver.open()
    (tmp_path / "device-meter.password").write_text("geheim\n")
    driver.open()
    assert driver.read().values == {"a": 1}
    driver.close()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("address: 10.10.0.5", "write where the device is, and no more"),
        ("address: http://lab:geheim@10.10.0.5", "write where the device is, and no more"),
        ("address: http://10.10.0.5/status", "write where the device is, and no more"),
        ("address: http://a\n  user: lab", "`user` and `password` belong together"),
        ("address: http://a\n  url: status", "'status' is no path on the device"),
        ("address: http://a\n  channels: {a: {path: a, set: {url: /a}}}", "write {value} in `url` or `body`"),
        ("address: http://a\n  channels: {a: {path: a, kind: text, set: {url: '/{value}'}}}", "a text cannot be set"),
        (
            "address: http://a\n  channels: {a: {path: a, set: {verb: GET, url: '/{value}'}}}",
            "verb: there is no such key",
        ),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, options: str, told: str) -> None:
    text = options if "channels" in options else options + "\n  channels: {a: {path: a}}"
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, f"  driver: http_json\n  {text}")
    assert told in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab0"), inner, max_size=3),
)


@given(
    st.binary() | JSON.map(lambda data: json.dumps(data).encode()), st.sampled_from(["a", "a.0", "a.b.0", "0.a", ""])
)
def test_any_answer_is_a_value_or_a_bad_answer(body: bytes, path: str) -> None:
    for channel in (DescribedChannel(), DescribedChannel(kind="switch"), DescribedChannel(kind="text")):
        snapshot = Snapshot({})

        def put(channel: DescribedChannel = channel, snapshot: Snapshot = snapshot) -> None:
            channel.put("x", follow(load(body), path), snapshot)

        if error_of(put) is Code.BAD_ANSWER:
            continue
        value = snapshot.values["x"]
        assert value is None or type(value) in {"number": (int, float), "switch": (bool,), "text": (str,)}[channel.kind]
