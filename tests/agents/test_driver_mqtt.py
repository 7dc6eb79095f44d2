"""Devices that speak MQTT themselves: the page's Tasmota plug, and devices of the test's own on a real Mosquitto."""

from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion

from agents.driver import Driver
from agents.drivers.mqtt import said
from agents.drivers.mqtt_options import MqttChannel
from hub.contract.errors import Code, ConfigError
from hub.contract.reading import Quality
from tests.agents.driving import becomes, error_of, opens, reads
from tests.agents.generic import configured, example, opened, patient, quick
from tests.servers import MosquittoServer, free_port, wait_until

PATIENT, QUICK = patient("mqtt"), quick("mqtt")


@pytest.fixture(autouse=True)
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of the test's own, not those of an installation in this checkout."""
    monkeypatch.setenv("CLAYHUB_SECRETS", str(tmp_path))
    (tmp_path / "mqtt-agent-bench.password").write_text("soil\n")


def test_it_asks_for_the_state_and_sets(tmp_path: Path) -> None:
    with opened("mqtt", tmp_path, PATIENT) as (simulated, driver):
        values = reads(driver, lambda found: not found.quality).values
        assert values["power"] is False
        assert isinstance(values["temp"], float)
        for value in (True, True, False):
            driver.write("power", value)
            assert driver.read().values["power"] is value
        assert simulated.requests[:2] == ["cmnd/plug/POWER", "cmnd/plug/TelePeriod"]
        assert simulated.requests[2:] == ["cmnd/plug/POWER ON", "cmnd/plug/POWER ON", "cmnd/plug/POWER OFF"]


def test_a_device_without_power_is_no_answer(tmp_path: Path) -> None:
    with opened("mqtt", tmp_path, QUICK) as (simulated, driver):
        simulated.suffer(offline=True)
        becomes(driver, Code.NO_ANSWER)
        assert error_of(lambda: driver.write("power", True)) is Code.NO_ANSWER
        simulated.suffer()
        becomes(driver, None)


def test_a_command_without_an_answer_is_not_shown_as_done(tmp_path: Path) -> None:
    with opened("mqtt", tmp_path, QUICK) as (simulated, driver):
        reads(driver, lambda found: not found.quality)
        simulated.freeze()
        driver.write("power", True)
        assert driver.read().values["power"] is False  # so the agent answers `not_confirmed`


def test_null_is_no_value_and_garbage_an_error(tmp_path: Path) -> None:
    with opened("mqtt", tmp_path, PATIENT) as (simulated, driver):
        simulated.suffer(absent=True)
        assert reads(driver, lambda found: found.values["temp"] is None).quality == {"temp": Quality.SENTINEL}
        simulated.suffer(garbage=True)
        becomes(driver, Code.BAD_ANSWER)


def test_a_broker_that_went_away_is_no_answer_until_it_is_back(tmp_path: Path) -> None:
    with opened("mqtt", tmp_path, QUICK) as (simulated, driver):
        simulated.stop()
        becomes(driver, Code.NO_ANSWER)
        driver.close()
        assert error_of(driver.open) is Code.NO_ANSWER
        simulated.start()
        driver.close()

        wait_until(lambda: not error_of(driver.open) and not error_of(driver.read), "the driver to work again")


@pytest.fixture
def device(broker: MosquittoServer) -> Iterator[paho.Client]:
    """A client that plays a device."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def on(broker: MosquittoServer, folder: Path, channel: str, more: str = "") -> Driver:
    """A driver for a device on the broker, open."""
    where = f"  driver: mqtt\n  address: mqtt://127.0.0.1:{broker.port}\n  timeout: 300ms\n"
    entry = configured(folder, f"{where}{more}  channels: {{a: {channel}}}")
    driver = entry.driver(entry.options(folder))
    opens(driver)
    return driver


def test_without_availability_a_kept_message_is_suspect_until_a_fresh_one_comes(
    broker: MosquittoServer, device: paho.Client, tmp_path: Path
) -> None:
    device.publish("meter/a", "5", 1, retain=True).wait_for_publish(5)
    driver = on(broker, tmp_path, "{topic: meter/a}")
    snapshot = reads(driver, lambda found: found.values["a"] == 5)
    assert snapshot.quality == {"a": Quality.SUSPECT}
    device.publish("meter/a", "6", 1, retain=True)
    assert not reads(driver, lambda found: found.values["a"] == 6).quality
    driver.close()


def test_without_availability_a_command_without_an_answer_has_failed(
    broker: MosquittoServer, device: paho.Client, tmp_path: Path
) -> None:
    device.publish("valve/a", "OPEN", 1, retain=True).wait_for_publish(5)
    driver = on(broker, tmp_path, "{topic: valve/a, set: valve/a/set, kind: choice, options: [OPEN, SHUT]}")
    reads(driver, lambda found: found.values["a"] == "OPEN")
    assert error_of(lambda: driver.write("a", "OPEN")) is Code.NO_ANSWER
    driver.close()


def test_a_value_that_is_too_old_does_not_count(broker: MosquittoServer, device: paho.Client, tmp_path: Path) -> None:
    device.publish("meter/a", "5", 1, retain=True).wait_for_publish(5)
    driver = on(broker, tmp_path, "{topic: meter/a}", "  expires: 200ms\n")
    becomes(driver, Code.NO_ANSWER)
    driver.close()


def test_a_device_that_has_told_nothing_is_no_answer(broker: MosquittoServer, tmp_path: Path) -> None:
    driver = on(broker, tmp_path, "{topic: meter/a}")
    assert error_of(driver.read) is Code.NO_ANSWER
    driver.close()


def test_without_an_address_it_is_on_our_own_broker_with_the_agents_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAYHUB_SECRETS", str(tmp_path / "nowhere"))
    entry = configured(tmp_path, example("mqtt"))
    options = entry.options(tmp_path)
    assert (options.address, options.account) == ("mqtt://127.0.0.1:11883", "agent-bench")  # type: ignore[attr-defined]
    assert error_of(entry.driver(options).open) is Code.BAD_CONFIG  # its password is not there


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("channels: {a: {topic: 'a/#'}}", "'a/#' is no topic of a device"),
        ("channels: {a: {topic: clayhub/hub/heartbeat}}", "topics that begin with clayhub/"),
        ("channels: {a: {topic: a, set: $SYS/a}}", "topics that begin with"),
        ('channels: {a: {topic: "a\\nuser x"}}', "is no topic of a device"),
        ("channels: {a: {topic: a, payload: '{value}'}}", "`payload` is for `set`"),
        ("channels: {a: {topic: a, set: b, payload: '1'}}", "write {value} in `payload`"),
        ("channels: {a: {topic: a, set: b, kind: text}}", "a text cannot be set"),
        ("address: 10.0.0.1\n  channels: {a: {topic: a}}", "write mqtt://HOST:PORT"),
        ("setup: [{payload: x}]\n  channels: {a: {topic: a}}", "lacks 'topic'"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, options: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, f"  driver: mqtt\n  {options}")
    assert told in str(caught.value)


@given(st.binary(), st.sampled_from([None, "a", "a.0"]))
def test_any_payload_says_something_or_is_a_bad_answer(payload: bytes, path: str | None) -> None:
    channel = MqttChannel(topic="a", path=path)
    assert error_of(lambda: said(channel, payload)) in (None, Code.BAD_ANSWER)


def test_nobody_at_the_brokers_address(tmp_path: Path) -> None:
    where = f"  driver: mqtt\n  address: mqtt://127.0.0.1:{free_port()}\n  timeout: 200ms\n"
    entry = configured(tmp_path, where + "  channels: {a: {topic: a}}")
    driver = entry.driver(entry.options(tmp_path))
    assert error_of(driver.open) is Code.NO_ANSWER
    driver.close()
