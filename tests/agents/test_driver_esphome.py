"""ESPHome over its web API: new and old addresses, NA, and commands that are carried out a moment later."""

from pathlib import Path

import pytest

from hub.contract.channels import Choice, Number, Switch
from hub.contract.errors import Code, ConfigError, DeviceError
from hub.contract.reading import Quality
from tests.agents.driving import becomes, error_of, reads
from tests.agents.generic import configured, opened, patient, quick

PATIENT, QUICK = patient("esphome"), quick("esphome")


def test_what_a_channel_is_follows_from_its_domain(tmp_path: Path) -> None:
    assert configured(tmp_path, PATIENT).description.channels == (
        Number("temp", unit="°C", decimals=1),
        Switch("door"),
        Switch("pump", writable=True, safe=False),
        Number("target", unit="°C", low=5, high=30, writable=True),
        Choice("mode", options=("eco", "normal", "boost"), writable=True),
    )


@pytest.mark.parametrize("old", [False, True])
def test_it_reads_and_sets_at_new_and_at_old_addresses(old: bool, tmp_path: Path) -> None:
    with opened("esphome", tmp_path, PATIENT) as (simulated, driver):
        if old:
            simulated.suffer(old=True)
            becomes(driver, Code.DEVICE_REFUSED)
            driver.open()
        assert driver.read().values["door"] is False
        for channel, value in (("pump", True), ("target", 21.5), ("mode", "boost")):
            driver.write(channel, value)
            assert driver.read().values[channel] == value
        word = "room_temp" if old else "Room%20temp"
        assert f"GET /sensor/{word}" in simulated.requests[-5:]
        posted = [request for request in simulated.requests if request.startswith("POST")]
        assert [request.rpartition("/")[2] for request in posted] == ["turn_on", "set?value=21.5", "set?option=boost"]


def test_na_is_no_value(tmp_path: Path) -> None:
    with opened("esphome", tmp_path, PATIENT) as (simulated, driver):
        simulated.suffer(absent=True)
        snapshot = reads(driver, lambda found: found.values["temp"] is None)
        assert snapshot.quality == {"temp": Quality.SENTINEL}
        assert snapshot.values["target"] == 22.5


@pytest.mark.parametrize("faults", [{"refuse": True}, {"slow": 1.5}])
def test_no_answer(faults: dict[str, object], tmp_path: Path) -> None:
    with opened("esphome", tmp_path, QUICK) as (simulated, driver):
        simulated.suffer(**faults)
        becomes(driver, Code.NO_ANSWER)
        simulated.suffer()
        becomes(driver, None)


def test_what_the_device_does_not_know_or_take_is_an_error(tmp_path: Path) -> None:
    unknown = PATIENT.replace("Room temp", "Roof temp")
    with pytest.raises(DeviceError, match="has no sensor/Roof temp"), opened("esphome", tmp_path, unknown):
        pass
    with opened("esphome", tmp_path, PATIENT) as (_, driver):
        assert error_of(lambda: driver.write("mode", "unheard")) is Code.DEVICE_REFUSED


@pytest.mark.parametrize("entity", ["Room temp", "sensor/", "camera/Door"])
def test_an_entity_that_cannot_be(tmp_path: Path, entity: str) -> None:
    with pytest.raises(ConfigError, match=r"channels.a.entity: write domain and name, as in sensor/Room temp"):
        configured(tmp_path, f"  driver: esphome\n  address: http://a\n  channels: {{a: {{entity: {entity}}}}}")
