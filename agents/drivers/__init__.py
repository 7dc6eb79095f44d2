"""The drivers: one file per kind of device."""

from agents.driver import Driver, Drivers
from agents.drivers.esp32_relay import Esp32Relay
from agents.drivers.esphome import Esphome
from agents.drivers.file import File
from agents.drivers.gpio import Gpio
from agents.drivers.http_json import HttpJson
from agents.drivers.modbus import Modbus
from agents.drivers.mqtt import Mqtt
from agents.drivers.pwm_lamp import PwmLamp
from agents.drivers.sba5 import Sba5
from agents.drivers.serial_line import SerialLine
from agents.drivers.w1 import W1

_ALL: tuple[type[Driver], ...] = (
    Esp32Relay,
    Esphome,
    File,
    Gpio,
    HttpJson,
    Modbus,
    Mqtt,
    PwmLamp,
    Sba5,
    SerialLine,
    W1,
)

DRIVERS: Drivers = {driver.kind: driver for driver in _ALL}
